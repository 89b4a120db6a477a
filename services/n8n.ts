import path from "node:path";
import { defineService, hostnameOf, ownDatabase } from "./model";
import { singleLine } from "./postgresql";

const SITE = { subdomain: "mayi", port: 5678, access: "vpn" } as const;

/** Callers of webhooks are no members of the VPN; the relay on the VPN hub comes by this way (docs/decisions/public-paths.md). */
const WEBHOOKS = { subdomain: "", path: "/webhook/*", port: SITE.port, access: "public" } as const;

/** The workflow `ping` answers it. */
const PING = { path: "/webhook/ping", status: 200, contains: '"answer":"pong"' };

const OWN = ownDatabase("n8n", "n8n's");
const DATABASE = { ...OWN, password: { ...OWN.password, check: singleLine } };

export default defineService({
  name: "n8n",
  group: "core",
  image: "docker.io/n8nio/n8n:2.7.3",
  user: { uid: 1000, gid: 1000 },
  networks: ["backend", "egress"],
  port: SITE.port,
  expose: [SITE, WEBHOOKS],
  environment: ({ domain }) => ({
    DB_TYPE: "postgresdb",
    DB_POSTGRESDB_HOST: "postgresql",
    DB_POSTGRESDB_PORT: "5432",
    DB_POSTGRESDB_DATABASE: DATABASE.name,
    DB_POSTGRESDB_USER: DATABASE.role,
    GENERIC_TIMEZONE: "Europe/Paris",
    N8N_HOST: hostnameOf(SITE, domain),
    N8N_PORT: String(SITE.port),
    N8N_PROTOCOL: "https",
    N8N_PROXY_HOPS: "1",
    N8N_EDITOR_BASE_URL: `https://${hostnameOf(SITE, domain)}/`,
    WEBHOOK_URL: `https://${hostnameOf(WEBHOOKS, domain)}/`,
    N8N_DIAGNOSTICS_ENABLED: "false",
    N8N_VERSION_NOTIFICATIONS_ENABLED: "false",
    N8N_PERSONALIZATION_ENABLED: "false",
    N8N_METRICS: "true",
    N8N_METRICS_INCLUDE_MESSAGE_EVENT_BUS_METRICS: "true",
    EXECUTIONS_DATA_PRUNE: "true",
  }),
  secrets: {
    database_password: { secret: DATABASE.password, variable: "DB_POSTGRESDB_PASSWORD_FILE" },
    encryption_key: {
      secret: {
        name: "n8nEncryptionKey",
        description: "Key that n8n encrypts its credentials with; losing it loses them",
        ansible: "n8n_encryption_key",
        origin: "random",
        length: 32,
      },
      variable: "N8N_ENCRYPTION_KEY_FILE",
    },
  },
  data: [{ path: "/home/node/.n8n" }],
  limits: { memoryMiB: 1024, cpus: 1.5 },
  health: { test: ["wget", "-q", "-O", "/dev/null", "http://127.0.0.1:5678/healthz/readiness"], startPeriod: 120 },
  metrics: {},
  needs: ["postgresql"],
  database: DATABASE,
  workflows: path.join(__dirname, "n8n/workflows"),
  smoke: [SITE, WEBHOOKS].map(({ subdomain, access }) => ({ subdomain, access, ...PING })),
  version: { test: ["n8n", "--version"], pattern: "^(\\d+\\.\\d+\\.\\d+)" },
  stopTimeout: 30,
  backup: { kind: "postgresql-dump" },
});
