import type { SecretFile } from "../model/files";
import type { ContainerService } from "../model/service";
import type { Login } from "../model/site";
import { caddyfile, METRICS_LISTENER } from "./caddy/caddyfile";
import { CADDY_DASHBOARD } from "./caddy/dashboard";
import { credentialsOf, loginFile, VPN_LISTENER, VPN_REDIRECTS } from "./caddy/routes";

const CADDYFILE = "/etc/caddy/Caddyfile";

/** What differs between one Caddy and another. */
export interface CaddyArgs {
  /** Default: `caddy`. */
  name?: string;
  group: string;
  /** Networks on which it finds the programs of its sites; one of them must not be internal. */
  networks: readonly string[];
  /** Logins of the sites that ask for one. Default: none does. */
  logins?: readonly Login[];
  /** Whether the domain itself leads to its host, where it then answers `/health`. Default: true. */
  answersDomain?: boolean;
}

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

/** Caddy as the gateway of a host: the sites of all its services, public ones and VPN-only ones. */
export const caddy = ({
  name = "caddy",
  group,
  networks,
  logins = [],
  answersDomain = true,
}: CaddyArgs): ContainerService => ({
  name,
  group,
  run: {
    image: "ghcr.io/mobutoo/vpai-caddy:2.10.2",
    networks,
    publish: [
      { port: 80, hostPort: 80, protocol: "tcp", access: "public" },
      { port: 443, hostPort: 443, protocol: "tcp", access: "public" },
      { port: 443, hostPort: 443, protocol: "udp", access: "public" },
      { port: VPN_REDIRECTS, hostPort: 80, protocol: "tcp", access: "vpn" },
      { port: VPN_LISTENER, hostPort: 443, protocol: "tcp", access: "vpn" },
      { port: VPN_LISTENER, hostPort: 443, protocol: "udp", access: "vpn" },
    ],
    command: ["caddy", "run", "--config", CADDYFILE, "--adapter", "caddyfile"],
    scratch: ["/config"],
    capabilities: ["NET_BIND_SERVICE"],
  },
  user: { uid: 0, gid: 0 },
  port: 443,
  files: (context) => [
    {
      path: CADDYFILE,
      content: caddyfile(context, answersDomain),
      validate: ["caddy", "validate", "--config", CADDYFILE, "--adapter", "caddyfile"],
    },
  ],
  secrets: {
    ovh_application_key: ovh("ovhApplicationKey", "ovh_application_key", "application key"),
    ovh_application_secret: ovh("ovhApplicationSecret", "ovh_application_secret", "application secret"),
    ovh_consumer_key: ovh("ovhConsumerKey", "ovh_consumer_key", "consumer key"),
    ...Object.fromEntries(
      logins.map((login) => [
        loginFile(login),
        { secret: login.secret, render: (password: string) => credentialsOf(login, password) },
      ]),
    ),
  },
  data: [{ path: "/data", backup: { kind: "none", reason: "certificates are issued anew" } }],
  limits: { memoryMiB: 128, cpus: 1 },
  health: { test: ["wget", "-q", "-O", "/dev/null", "http://127.0.0.1:2019/config/"], interval: 10 },
  metrics: { port: METRICS_LISTENER },
  dashboards: [CADDY_DASHBOARD],
  // Without `--force` it loads nothing, and says so with success, where a secret's file alone has changed.
  onChange: { reload: ["caddy", "reload", "--force", "--config", CADDYFILE, "--adapter", "caddyfile"] },
  gateway: { authority: "/data/caddy/pki/authorities/local/root.crt" },
  ...(answersDomain
    ? { smoke: [{ subdomain: "", access: "public", path: "/health", status: 200, contains: "OK" }] }
    : {}),
  version: { test: ["caddy", "version"], pattern: "^v?(\\d+\\.\\d+\\.\\d+)" },
});
