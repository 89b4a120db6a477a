import type * as docker from "@pulumi/docker";
import type { Output, ResourceHookBinding } from "@pulumi/pulumi";
import type { Connection } from "@vpai/providers";
import type { Owner } from "./docker/ownership";
import type { Findings } from "./docker/findings";
import type { Machine } from "./machines/machine";
import type { SecretStore } from "./secret-store";
import type { Architecture } from "../model/stack";

/** The Docker networks of a host, by name. */
export interface HostNetworks {
  /** @throws when the platform gives the host no such network */
  get(name: string): docker.Network;
}

/** How a host copies what a service keeps before that gets another image. */
export interface Releases {
  /** Name of the job of its backups. */
  job: string;
  /** Name of the systemd service of that. */
  unit: string;
  /** How many stay of each service. */
  kept: number;
  /** Names of the services that keep data. */
  keepers: ReadonlySet<string>;
}

/** What everything on one host shares. */
export interface HostContext {
  owner: Owner;
  machine: Machine;
  /** Its processor. */
  architecture: Architecture;
  /** Folder of the platform on the host, e.g. `/opt/vpai`. */
  folder: string;
  /** First part of the names of its containers, e.g. `vpai_`. */
  prefix: string;
  /** Opens when host and engine answer. */
  connection: Output<Connection>;
  /** Provider of its Docker engine. */
  engine: () => docker.Provider;
  secrets: SecretStore;
  /** What it has that the state does not know of. */
  findings: Findings;
  /** Address that VPN-only ports listen on; without one they listen nowhere. */
  vpnAddress: string | undefined;
  /** Has the host looked at before an image, a file or a folder is changed there. */
  beforeChange: ResourceHookBinding;
  /** How data are copied before another image takes them on; undefined where the host makes no backups. */
  releases: Releases | undefined;
  /** Whether containers and networks of the same name that are not ours may be replaced. */
  adopt: boolean;
}
