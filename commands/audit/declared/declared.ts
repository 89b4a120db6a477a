import type { Connection, SiteRequest } from "@vpai/providers";
import type { Accepted } from "../../../model/audit";

/** A container as the stack's state has it. */
export interface DeclaredContainer {
  name: string;
  service: string;
  /** Id of its image. */
  image: string;
  user: string;
  capabilities: readonly string[];
  readOnly: boolean;
  /** Sources of what it mounts of the host. */
  mounts: readonly string[];
  networks: readonly string[];
  ports: readonly { address: string; hostPort: number; protocol: string }[];
  isOnDemand: boolean;
}

/** A port of a host that somebody is to reach. */
export interface DeclaredPort {
  protocol: "tcp" | "udp";
  port: number;
  /** Where it listens: on one address, on the host's own alone, or anywhere. */
  on: { address: string } | "host" | "anywhere";
  /** Who listens, for messages. */
  by: string;
  /** Whether nobody may be there at the moment. */
  mayBeOff: boolean;
}

/** A file with its rights; without owner, anybody's. */
export interface DeclaredFile {
  path: string;
  mode: string;
  owner: string | undefined;
}

/** What is below a host's services and has a resource that observes it: the baseline, sshd, the kernel, the firewall. */
export interface DeclaredLayer {
  /** The resource's name without the host: `sshd`. */
  name: string;
  /** Name of its kind's implementation. */
  implementation: string;
  id: string;
  state: Readonly<Record<string, unknown>>;
}

/** What makes a container the gateway of a host. */
interface DeclaredGateway {
  /** Undefined for a unit. */
  container: string | undefined;
}

/** All that a platform says of a host, as its stack has brought it up. */
export interface Declared {
  host: string;
  stack: string;
  connection: Connection;
  publicAddress: string;
  vpnAddress: string | undefined;
  /** False for a container, such as a lab machine: its kernel and clock are those of the machine that it runs on. */
  ownsKernel: boolean;
  /** Folder of the platform on the host. */
  folder: string;
  containers: readonly DeclaredContainer[];
  /** Names of services and jobs, whose label a container may carry that is not in the state: a job's, a previous version's. */
  owners: ReadonlySet<string>;
  /** Names of services that make containers of their own, under the label `dev.vpai.sandbox`. */
  hosting: readonly string[];
  networks: readonly { name: string; internal: boolean }[];
  volumes: readonly string[];
  ports: readonly DeclaredPort[];
  /** Names of units: services and timers. */
  units: ReadonlySet<string>;
  files: readonly DeclaredFile[];
  /** Paths of what layers put where the host starts it by itself. */
  placed: ReadonlySet<string>;
  layers: readonly DeclaredLayer[];
  /** Where the stack sets sshd: options beside the checklist's, and whom it lets in. */
  sshd: { options: Readonly<Record<string, string>>; users: readonly string[] } | undefined;
  /** Values of the kernel's settings that the stack sets, by key. */
  sysctl: Readonly<Record<string, string>>;
  /** Names of users that may log in, by the keys that may open their accounts. */
  users: ReadonlyMap<string, readonly string[]>;
  gateway: DeclaredGateway | undefined;
  /** The VPN's coordinator, with the nodes that may be, each with its user; undefined where another host has it, or none. */
  coordinator: { server: { container: string; port: number }; nodes: ReadonlyMap<string, string> } | undefined;
  /** What its sites are asked, as after each `up`. */
  sites: readonly SiteRequest[];
  /** What is meant to be otherwise. */
  exceptions: readonly Accepted[];
}
