/** What is known of a service from the sources, in their words; nothing here is taken from the service files. */
export interface ServiceFacts {
  group: "core" | "apps" | "monitoring" | "vpn" | "studio";
  /** As production pulls it. */
  image: string;
  /** `uid:gid` that the program runs as in that image. */
  user: string;
  networks: readonly string[];
  /** Port that other services reach it on. Default: none. */
  port?: number;
  sites: readonly SiteFacts[];
  /** Ports of the host, by address: `public 443/tcp -> 443`. */
  published: readonly string[];
  memoryMiB: number;
  cpus: number;
  /** Kept capabilities, without `CAP_`. */
  capabilities: readonly string[];
  /** The health check's arguments. */
  health: readonly string[];
  /** Folder of its own on the host, for its `config` and `data`. Default: they lie in the platform's. */
  home?: string;
  /** Folders under the platform's `data` and where the container sees them. */
  data: Readonly<Record<string, string>>;
  /** Parts of the host that the container sees, read-only: absolute source and target. */
  hostMounts: Readonly<Record<string, string>>;
  /** What must be healthy first; what keeps something for it too. */
  needs: readonly string[];
  /** Paths of the requests that make a first user, which nobody reaches through the gateway. Default: none. */
  closed?: readonly string[];
  /** Name of the secret that is its owner's password. Default: it gives itself to nobody. */
  owner?: string;
  /** Its database, which is also the name of its role. */
  database?: string;
  /** Databases that are made for what it runs, each with a role of its name. Default: none. */
  otherDatabases?: readonly string[];
}

/** What is known of a service that is a systemd unit. */
export interface UnitFacts extends Pick<ServiceFacts, "group" | "user" | "sites" | "published" | "memoryMiB" | "cpus"> {
  /** What it runs, in production. */
  program: string;
  /** Programs that it needs beside that. */
  runtimes: readonly string[];
  /** Default: none. */
  port?: number;
  /** How it is seen to work: `http 3001 /health 200`. */
  health: string;
  /** Folders under the platform's `data` and where the program sees them. */
  data: Readonly<Record<string, string>>;
}

/** What is known of a host. */
export interface HostFacts {
  groups: readonly string[];
  /** Docker networks: `172.20.1.0/24`, with ` internal` where it has no way out. */
  networks: Readonly<Record<string, string>>;
  /** Folder of the platform there, and first part of its containers' names. */
  folder: string;
  prefix: string;
  /** Whether it may be away. */
  oftenOffline: boolean;
  /** Commands for those who log in, with their version. */
  tools: Readonly<Record<string, string>>;
}

/** A name under the stack's domain, or one path of it. */
interface SiteFacts {
  /** Empty for the domain itself. */
  subdomain: string;
  access: "public" | "vpn";
  /** Default: everything. */
  path?: string;
  /** Whole paths that reach the program, as it sees them. Default: all. */
  only?: readonly string[];
  /** Another host whose gateway answers. Default: the own one's. */
  via?: string;
  /** What is asked after each `up` and the right answer: `/sessions/new 200`, `/ 302 /login`. */
  promise: string;
}

/** For every container: 10 MB of logs three times, a restart unless stopped (docs/requirements.md#ansible-conventions). */
export const EVERY_CONTAINER = {
  restart: "unless-stopped",
  logDriver: "json-file",
  logOpts: { "max-size": "10m", "max-file": "3" },
} as const;
