import { basename } from "node:path";
import { METRICS_PATH } from "../model/closed-paths";
import type { ContainerService, UnitService } from "../model/service";
import type { Login } from "../model/site";
import { acmeRoots, rootsFile, trusting } from "./caddy/acme";
import { ADMIN_FOLDERS, caddyfile, METRICS_LISTENER } from "./caddy/caddyfile";
import { ACCESS_LOG } from "./caddy/notes";
import { CADDY_DASHBOARD } from "./caddy/dashboard";
import { OVH_KEYS } from "./caddy/ovh";
import { credentialsOf, loginFile, loginFileBefore, VPN_LISTENER, VPN_REDIRECTS } from "./caddy/routes";

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

/** What differs between one Caddy on a host itself and another. */
export interface CaddyUnitArgs {
  name: string;
  group: string;
  limits: { memoryMiB: number; cpus: number };
}

/** The image of Caddy with the OVH module: Sese-AI's Caddy, and where units have the program from. */
const IMAGE = { reference: "ghcr.io/mobutoo/vpai-caddy:2.10.2", version: "2.10.2" };

const HOME = "/var/lib/caddy";

/** Checks a Caddyfile without leaving anything behind: it would make an authority of its own in the checker's home. */
const CHECK = [
  ...["systemd-run", "--quiet", "--pipe", "--wait", "--collect", "--property", "PrivateTmp=yes"],
  ...["--setenv", "XDG_DATA_HOME=/tmp", "--setenv", "XDG_CONFIG_HOME=/tmp"],
];

/** Caddy as the gateway of a host, as a systemd unit: VPN-only sites of all its services (docs/decisions/workstation.md). */
export function caddyUnit({ name, group, limits }: CaddyUnitArgs): UnitService {
  const program = `{${name}}/bin/${name}`;
  const config = ["--config", CADDYFILE, "--adapter", "caddyfile"];
  return {
    name,
    group,
    run: {
      program: {
        name,
        version: IMAGE.version,
        source: { kind: "image", reference: IMAGE.reference, path: "/usr/bin/caddy" },
      },
      exec: [program, "run", ...config],
      publish: [
        { port: 80, hostPort: 80, protocol: "tcp", access: "vpn" },
        { port: 443, hostPort: 443, protocol: "tcp", access: "vpn" },
        { port: 443, hostPort: 443, protocol: "udp", access: "vpn" },
      ],
      sandbox: {
        CapabilityBoundingSet: "CAP_NET_BIND_SERVICE",
        AmbientCapabilities: "CAP_NET_BIND_SERVICE",
        RuntimeDirectory: basename(ADMIN_FOLDERS.unit),
        RuntimeDirectoryMode: "0700",
      },
    },
    user: { uid: 2310, gid: 2310 },
    port: 443,
    environment: (context) => ({
      ...{ HOME, XDG_DATA_HOME: "/var/lib", XDG_CONFIG_HOME: "/var/lib" },
      ...trusting(context),
    }),
    files: (context) => [
      {
        path: CADDYFILE,
        content: caddyfile(context),
        validate: [...CHECK, program, "validate", "--config", "{}", "--adapter", "caddyfile"],
      },
      ...acmeRoots(context),
    ],
    secrets: OVH_KEYS,
    data: [{ path: HOME, backup: { kind: "none", reason: "certificates are issued anew" } }],
    limits,
    health: { http: { port: METRICS_LISTENER, path: METRICS_PATH } },
    onChange: { reload: [program, "reload", "--force", ...config] },
    gateway: { authority: `${HOME}/pki/authorities/local/root.crt`, roots: rootsFile },
    version: { test: [program, "version"], pattern: "^v?(\\d+\\.\\d+\\.\\d+)" },
  };
}

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
    image: IMAGE.reference,
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
    scratch: [ADMIN_FOLDERS.container],
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
    ...acmeRoots(context),
  ],
  environment: trusting,
  secrets: {
    ...OVH_KEYS,
    ...Object.fromEntries(
      logins.map((login) => [
        loginFile(login),
        {
          secret: login.secret,
          render: (password: string) => credentialsOf(login, password),
          both: { file: loginFileBefore(login) },
        },
      ]),
    ),
  },
  data: [{ path: "/data", backup: { kind: "none", reason: "certificates are issued anew" } }],
  limits: { memoryMiB: 128, cpus: 1 },
  health: {
    test: ["wget", "-q", "-O", "/dev/null", `http://127.0.0.1:${METRICS_LISTENER}${METRICS_PATH}`],
    interval: 10,
  },
  metrics: { port: METRICS_LISTENER },
  dashboards: [CADDY_DASHBOARD],
  // Without `--force` it loads nothing, and says so with success, where a secret's file alone has changed.
  onChange: { reload: ["caddy", "reload", "--force", "--config", CADDYFILE, "--adapter", "caddyfile"] },
  gateway: {
    authority: "/data/caddy/pki/authorities/local/root.crt",
    roots: rootsFile,
    accessLog: ACCESS_LOG,
  },
  ...(answersDomain
    ? { smoke: [{ subdomain: "", access: "public", path: "/health", status: 200, contains: "OK" }] }
    : {}),
  version: { test: ["caddy", "version"], pattern: "^v?(\\d+\\.\\d+\\.\\d+)" },
});
