import { APPS } from "./apps";
import type { ServiceFacts } from "./form";
import { MONITORING } from "./monitoring";

/**
 * Sese-AI's services: networks, ports and versions from docs/requirements.md#service-matrix, docs/requirements.md#inventory
 * and docs/requirements.md#networks; names of sites from docs/requirements.md#names; start order from
 * docs/requirements.md#start-order; users from the images' documentation; limits from docs/decisions/limits.md.
 */
export const SESE_AI: Readonly<Record<string, ServiceFacts>> = {
  caddy: {
    group: "core",
    image: "ghcr.io/mobutoo/vpai-caddy:2.10.2",
    user: "0:0",
    networks: ["frontend", "backend", "monitoring"],
    port: 443,
    sites: [],
    published: [
      "public 80/tcp -> 80",
      "public 443/tcp -> 443",
      "public 443/udp -> 443",
      "vpn 80/tcp -> 8080",
      "vpn 443/tcp -> 8443",
      "vpn 443/udp -> 8443",
    ],
    memoryMiB: 128,
    cpus: 1,
    capabilities: ["NET_BIND_SERVICE"],
    health: ["wget", "-q", "-O", "/dev/null", "http://127.0.0.1:2020/metrics"],
    data: { caddy: "/data" },
    hostMounts: {},
    // docs/requirements.md#start-order names n8n, LiteLLM, OpenClaw, Qdrant and Grafana; the others have sites as well.
    needs: [
      ...["grafana", "kaneo-api", "kaneo", "litellm", "loki", "n8n"],
      ...["nocodb", "openclaw", "palais", "qdrant", "sure", "victoriametrics"],
      // docs/requirements.md#obsidian-sync: it answers for `couch`.
      "couchdb",
    ],
  },
  n8n: {
    group: "core",
    image: "docker.io/n8nio/n8n:2.7.3",
    user: "1000:1000",
    networks: ["backend", "egress"],
    port: 5678,
    sites: [
      { subdomain: "mayi", access: "vpn", promise: "/ 200" },
      { subdomain: "", access: "public", path: "/webhook/*", promise: "/webhook/ping 200" },
      // docs/decisions/webhook-relay.md
      { subdomain: "mayi", access: "vpn", path: "/webhook/*", promise: "/webhook/ping 200" },
    ],
    closed: ["/rest/owner/setup*"],
    owner: "n8nAdminPassword",
    published: [],
    memoryMiB: 640,
    cpus: 1.5,
    capabilities: [],
    health: ["wget", "-q", "-O", "/dev/null", "http://127.0.0.1:5678/healthz/readiness"],
    data: { n8n: "/home/node/.n8n" },
    hostMounts: {},
    needs: ["postgresql"],
    database: "n8n",
    // docs/decisions/creative-pipeline.md
    otherDatabases: ["assets"],
  },
  postgresql: {
    group: "core",
    image: "docker.io/library/postgres:18.1",
    user: "999:999",
    networks: ["backend"],
    port: 5432,
    sites: [],
    published: [],
    memoryMiB: 640,
    cpus: 1.5,
    capabilities: [],
    health: ["pg_isready", "--username", "postgres", "--host", "127.0.0.1"],
    data: { postgresql: "/var/lib/postgresql" },
    hostMounts: {},
    needs: [],
  },
  redis: {
    group: "core",
    image: "docker.io/library/redis:8.0.2",
    user: "999:999",
    networks: ["backend"],
    port: 6379,
    sites: [],
    published: [],
    memoryMiB: 288,
    cpus: 0.5,
    capabilities: [],
    health: ["redis-cli", "-e", "-u", "redis://health:none@127.0.0.1:6379", "--no-auth-warning", "ping"],
    data: { redis: "/data" },
    hostMounts: {},
    needs: [],
  },
  ...APPS,
  ...MONITORING,
};
