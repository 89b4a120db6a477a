import * as docker from "@pulumi/docker";
import type { Output, Resource } from "@pulumi/pulumi";
import { type Connection, DockerHost, engineOptions } from "@vpai/providers";
import type { Machine } from "../../machines/machine";
import type { Layer, Ready } from "./layer";

/** A host before anything is known of it but its machine. */
export interface BareHost {
  name: string;
  machine: Machine;
  parent: Resource;
}

/** A host that lets us in, and its Docker engine. Everything that uses either waits until both answer. */
export interface Engine extends Ready {
  connection: Output<Connection>;
  /** When the state came to know the host, ISO 8601. */
  metAt: Output<string | undefined>;
  /** Made when first asked for: each one is a process of its own in every run, and some hosts run nothing. */
  engine: () => docker.Provider;
}

/** The first layer of a host: its login, and the engine behind it. */
export const engineLayer: Layer<BareHost, Engine> = ({ name, machine, parent }, after) => {
  const host = new DockerHost(`${name}/docker`, { connection: machine.connection }, { parent, dependsOn: [...after] });
  let provider: docker.Provider | undefined;
  const engine = (): docker.Provider =>
    (provider ??= new docker.Provider(
      `${name}/engine`,
      { host: host.endpoint, sshOpts: host.connection.apply(engineOptions) },
      { parent },
    ));
  return { connection: host.connection, metAt: host.metAt, engine, ready: [host] };
};
