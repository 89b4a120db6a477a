import { defineService, type SecretFile, type ServiceContext } from "../../../model/service";
import { caddyfile, METRICS_LISTENER } from "../../../programs/caddy/caddyfile";
import { VPN_LISTENER } from "../../../programs/caddy/routes";

const CADDYFILE = "/etc/caddy/Caddyfile";

/** OVH's API answers the DNS-01 challenge; a person creates the three keys at OVH. */
const ovh = (name: string, ansible: string, what: string): SecretFile => ({
  secret: {
    name,
    ansible,
    description: `OVH API ${what}, for DNS-01 certificates`,
    origin: "supplied",
    needed: ({ tls }) => tls === "acme-ovh",
  },
});

export default defineService({
  name: "caddy",
  group: "core",
  image: "ghcr.io/mobutoo/vpai-caddy:2.10.2",
  user: { uid: 0, gid: 0 },
  networks: ["frontend", "backend"],
  port: 443,
  publish: [
    { port: 80, hostPort: 80, protocol: "tcp", access: "public" },
    { port: 443, hostPort: 443, protocol: "tcp", access: "public" },
    { port: 443, hostPort: 443, protocol: "udp", access: "public" },
    { port: 80, hostPort: 80, protocol: "tcp", access: "vpn" },
    { port: VPN_LISTENER, hostPort: 443, protocol: "tcp", access: "vpn" },
    { port: VPN_LISTENER, hostPort: 443, protocol: "udp", access: "vpn" },
  ],
  command: ["caddy", "run", "--config", CADDYFILE, "--adapter", "caddyfile"],
  files: (context: ServiceContext) => [
    {
      path: CADDYFILE,
      content: caddyfile(context),
      validate: ["caddy", "validate", "--config", CADDYFILE, "--adapter", "caddyfile"],
    },
  ],
  secrets: {
    ovh_application_key: ovh("ovhApplicationKey", "ovh_application_key", "application key"),
    ovh_application_secret: ovh("ovhApplicationSecret", "ovh_application_secret", "application secret"),
    ovh_consumer_key: ovh("ovhConsumerKey", "ovh_consumer_key", "consumer key"),
  },
  data: [{ path: "/data" }],
  scratch: ["/config"],
  limits: { memoryMiB: 256, cpus: 1 },
  capabilities: ["NET_BIND_SERVICE"],
  health: { test: ["wget", "-q", "-O", "/dev/null", "http://127.0.0.1:2019/config/"], interval: 10 },
  metrics: { port: METRICS_LISTENER },
  onChange: { reload: ["caddy", "reload", "--config", CADDYFILE, "--adapter", "caddyfile"] },
  gateway: { authority: "/data/caddy/pki/authorities/local/root.crt" },
  smoke: [{ subdomain: "", access: "public", path: "/health", status: 200, contains: "OK" }],
  version: { test: ["caddy", "version"], pattern: "^v?(\\d+\\.\\d+\\.\\d+)" },
  backup: { kind: "none", reason: "certificates are issued anew" },
});
