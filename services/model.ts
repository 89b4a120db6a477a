import type { Output } from "@pulumi/pulumi";
import type { Architecture, ServiceGroup } from "../config";
import type { SecretDeclaration } from "../config/secret-declaration";

/** The Docker networks of a host (docs/requirements.md#networks). */
export type NetworkName = "frontend" | "backend" | "monitoring" | "egress" | "sandbox";

/** Who may reach a site: everybody, or members of the VPN only. */
export type Access = "public" | "vpn";

/** A website of a service; its route, name and certificate follow from it. */
export interface Exposure {
  /** First label of the hostname under the stack's domain; empty for the domain itself. */
  subdomain: string;
  /** The container's port that speaks HTTP. */
  port: number;
  access: Access;
  /**
   * Only requests whose path is this or, ending in `/*`, lies below it. Default: all that no other exposure of the
   * hostname takes; where none takes them, they are not found.
   */
  path?: string;
  /** Whether the program sees the request's path without `path`'s own part. Default: false. */
  stripPath?: boolean;
}

/** A website whose program runs on another host, which is reached through the VPN. */
export interface RemoteSite extends Exposure {
  /** The other host's VPN address. */
  address: string;
}

/** A container port that the host itself listens on. */
export interface PublishedPort {
  /** The container's port. */
  port: number;
  /** The host's port. */
  hostPort: number;
  protocol: "tcp" | "udp";
  /** Which of the host's addresses listens. A public address is an explicit choice. */
  access: Access;
}

/** A configuration file that the host renders and the container reads. */
export interface ConfigFile {
  /** Absolute path in the container. */
  path: string;
  content: string | Output<string>;
  /** The image's own check of this file, run before it takes effect: arguments after the image, `{}` is the path. */
  validate?: readonly string[];
}

/** A secret that reaches the container as a file of its own. */
export interface SecretFile {
  secret: SecretDeclaration;
  /** Environment variable that names the file. Default: none, the program is told otherwise. */
  variable?: string;
  /**
   * Environment variable that holds what the file holds, for a program that reads no file: set by a shell inside the
   * container, so that neither `docker inspect` nor the state shows it. The service then needs `entrypoint`, its image
   * a `/bin/sh`, and trailing line breaks are lost.
   */
  exported?: string;
  /** What the file holds, from the secret's value. Default: the value, byte for byte. */
  render?: (value: string) => string;
}

/** A folder of the container whose content outlives it. */
export interface DataDirectory {
  /** Absolute path in the container. */
  path: string;
  /** Folder under `/opt/<platform>/data` on the host. Default: the service's name. */
  directory?: string;
  /** Permissions of the folder. Default: `0700`. */
  mode?: string;
}

/** Something of the host itself that the container sees at a path of its own; read-only. */
export interface HostMount {
  /** Absolute path on the host. */
  source: string;
  /** Absolute path in the container. */
  target: string;
}

/** Where a program tells its metrics in Prometheus' text format. */
export interface Metrics {
  /** The container's port. Default: the service's own. */
  port?: number;
  /** Default: `/metrics`. */
  path?: string;
  /** The collector's exporter that asks a program which has no metrics of its own. Default: the program has them. */
  exporter?: "postgresql" | "redis";
}

/** What a container may use. */
export interface Limits {
  /** MiB; the container may not swap. */
  memoryMiB: number;
  cpus: number;
}

/** How Docker sees that the program works; `test` runs in the container, without a shell. */
export interface HealthCheck {
  test: readonly string[];
  /** Seconds. Default: 30. */
  interval?: number;
  /** Seconds. Default: 5. */
  timeout?: number;
  /** Seconds in which failures do not count. Default: 60. */
  startPeriod?: number;
  /** Failures in a row that make it unhealthy. Default: 3. */
  retries?: number;
}

/** How a service's data is kept safe, or why it needs no backup. */
export type Backup =
  | { kind: "postgresql-dump" }
  | { kind: "redis-snapshot" }
  | { kind: "files"; paths: readonly string[] }
  | { kind: "none"; reason: string };

/** A database and its role in the platform's PostgreSQL. */
export interface Database {
  name: string;
  role: string;
  password: SecretDeclaration;
  /** Roles of the server whose rights the role has, and no others, e.g. `pg_monitor`. Default: left as they are. */
  memberOf?: readonly string[];
}

/** What makes a service the one that keeps the others' databases. */
export interface DatabaseServer {
  superuser: string;
  password: SecretDeclaration;
}

/** How alike two vectors are, in Qdrant's words. */
export type Distance = "Cosine" | "Dot" | "Euclid" | "Manhattan";

/** A collection of vectors in the platform's vector database. */
export interface Collection {
  name: string;
  /** Numbers in a vector: those of the model that makes them. */
  size: number;
  distance: Distance;
}

/** What makes a service the one that keeps the others' collections. */
export interface VectorServer {
  apiKey: SecretDeclaration;
}

/** A key of the platform's LLM proxy, with a budget of its own. */
export interface VirtualKey {
  /** Name that spend is told under; unique in the platform. */
  alias: string;
  /** US dollars that may be spent in one `budgetDuration`. */
  maxBudget: number;
  /** After what time the budget starts anew: a number and s, m, h or d, e.g. `1d`. */
  budgetDuration: string;
  /** Names of models that it may use. Default: all. */
  models?: readonly string[];
  /** The key's secret part; the key itself is {@link llmKey} of it. */
  key: SecretDeclaration;
}

/** What makes a service the one that keeps the others' virtual keys. */
export interface LlmProxy {
  /** The administrator's key; {@link llmKey} of it is what the proxy knows. */
  masterKey: SecretDeclaration;
}

/** A request that a site must answer before an `up` has succeeded. */
export interface SmokeCheck extends Pick<Exposure, "subdomain" | "access"> {
  /** Absolute path, with a query where one is needed. */
  path: string;
  /** HTTP status of the right answer. */
  status: number;
  /** What the right answer's body holds. Default: anything. */
  contains?: string;
}

/** How a running program tells its version. */
export interface VersionCheck {
  /** Command in the container, without a shell. */
  test: readonly string[];
  /** Regular expression over what it prints to stdout and stderr, whose first group is the version. */
  pattern: string;
}

/** What makes a service the one that serves the others' sites. */
export interface Gateway {
  /** File in the container with the root certificate of its own authority, which signs where `tls` is `internal`. */
  authority: string;
}

/** What a service may know of the stack and the host it runs on. */
export interface ServiceContext {
  /** The host's name in the platform, e.g. `sese-ai`. */
  host: string;
  /** The stack's domain, e.g. `ewutelo.cloud`. */
  domain: string;
  /** Where TLS certificates come from: Caddy's own authority, or Let's Encrypt by OVH DNS. */
  tls: "internal" | "acme-ovh";
  /** Contact of the certificate account. */
  acmeEmail?: string;
  /** Whether VPN-only sites answer on the VPN address only. */
  vpnEnforce: boolean;
  /** All services of the host, this one too. */
  services: readonly Service[];
  /** Sites that this host answers for and another one serves. Default: none. */
  remoteSites?: readonly RemoteSite[];
}

/** One service, as data: what is true of it, and nothing of how it is deployed. */
export interface Service {
  /** Unique in the platform; also its name on the networks. */
  name: string;
  /** Hosts and stacks take services by group. */
  group: ServiceGroup;
  /** Full image reference with its tag, as production pulls it. */
  image: string;
  /** Numeric user and group that the program runs as; they own its secrets and data. */
  user: { uid: number; gid: number };
  networks: readonly NetworkName[];
  /** Port that other services reach it on. Default: it answers nobody. */
  port?: number;
  expose?: readonly Exposure[];
  publish?: readonly PublishedPort[];
  /** The image's processor architectures. Default: amd64 and arm64. */
  architectures?: readonly Architecture[];
  /** Program and first arguments instead of the image's own; then `command` follows, and nothing of the image. */
  entrypoint?: readonly string[];
  /** Arguments instead of the image's own. */
  command?: readonly string[];
  environment?: (context: ServiceContext) => Readonly<Record<string, string>>;
  files?: (context: ServiceContext) => readonly ConfigFile[];
  secrets?: Readonly<Record<string, SecretFile>>;
  data?: readonly DataDirectory[];
  /** Writable folders without persistence, absolute paths. */
  scratch?: readonly string[];
  /** Parts of the host that the program watches. Default: none. */
  hostMounts?: readonly HostMount[];
  limits: Limits;
  /** Capabilities kept; all others are dropped. Default: none. */
  capabilities?: readonly string[];
  health: HealthCheck;
  /** Makes it a scrape target. Default: it has no metrics. */
  metrics?: Metrics;
  /** Services that must be healthy before this one starts. */
  needs?: readonly string[];
  database?: Database;
  databaseServer?: DatabaseServer;
  /** Collections that exist before it starts; list the vector database in `needs` as well. */
  collections?: readonly Collection[];
  vectorServer?: VectorServer;
  /** Virtual keys that exist before it starts; list the proxy in `needs` as well. */
  virtualKeys?: readonly VirtualKey[];
  llmProxy?: LlmProxy;
  /** Absolute path of a folder with one n8n workflow per `*.json` file; they run in this service. */
  workflows?: string;
  gateway?: Gateway;
  /** Requests beside those that follow from `expose`: any answer of each site that is no server error. */
  smoke?: readonly SmokeCheck[];
  /** Compared with the image's tag after each `up`. Default: not compared. */
  version?: VersionCheck;
  /** How a changed file takes effect: `restart`, or a command in the container that makes the program read it again. */
  onChange?: "restart" | { reload: readonly string[] };
  /** Seconds that the program gets to stop before it is killed. Default: 10. */
  stopTimeout?: number;
  backup: Backup;
}

/** The folder in a container where its secrets lie. */
export const SECRETS_FOLDER = "/run/secrets";

/** A key as LiteLLM takes it: it refuses one that does not begin with `sk-`. */
export const llmKey = (value: string): string => (value.startsWith("sk-") ? value : `sk-${value}`);

/** Marks an object as a service; the compiler checks it. */
export const defineService = (service: Service): Service => service;

/** Address of an exposure, without the wildcard of its path. */
export const urlOf = (exposure: Pick<Exposure, "subdomain" | "path">, domain: string): string =>
  `https://${hostnameOf(exposure, domain)}${(exposure.path ?? "/").replace(/\*$/, "")}`;

/** Full hostname of an exposure under a domain. */
export const hostnameOf = ({ subdomain }: Pick<Exposure, "subdomain">, domain: string): string =>
  subdomain === "" ? domain : `${subdomain}.${domain}`;

/** Port that others reach a service on. @throws for a service without port */
export function portOf({ name, port }: Pick<Service, "name" | "port">): number {
  if (port === undefined) throw new Error(`${name}: expected a port that others reach it on, found none`);
  return port;
}

/** `<name>:<port>` on the networks. @throws for a service without port */
export const addressOf = (service: Pick<Service, "name" | "port">): string => `${service.name}:${portOf(service)}`;

/**
 * A database of a service's own, with a role of the same name and a generated password.
 * @param name of database and role
 * @param whose the program in the possessive, for the description: `LiteLLM's`
 */
export const ownDatabase = (name: string, whose: string): Database => ({
  name,
  role: name,
  password: {
    name: `${name}DatabasePassword`,
    description: `Password of ${whose} role in PostgreSQL`,
    ansible: `${name}_db_password`,
    origin: "random",
    length: 32,
  },
});
