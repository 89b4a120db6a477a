import * as docker from "@pulumi/docker";
import type { Output, Resource } from "@pulumi/pulumi";
import { type Connection, DockerHost, endpointOf, engineOptions } from "@vpai/providers";
import type { Machine } from "../../machines/machine";
import type { Layer, Ready } from "./layer";

/** A host before anything is known of it but its machine. */
export interface BareHost {
  name: string;
  machine: Machine;
  /** Whether the run leaves it as it is. */
  isLeft: boolean;
  parent: Resource;
}

/** A host that lets us in, and its Docker engine. Everything that uses either waits until both answer. */
export interface Engine extends Ready {
  connection: Output<Connection>;
  /** Made when first asked for: each one is a process of its own in every run, and some hosts run nothing. */
  engine: () => docker.Provider;
}

/** The first layer of a host: its login, and the engine behind it. */
export const engineLayer: Layer<BareHost, Engine> = ({ name, machine, isLeft, parent }, after) => {
  const host = new DockerHost(`${name}/docker`, { connection: machine.connection }, { parent, dependsOn: [...after] });
  // The engine makes every provider, also that of a host which nobody has ever reached: it would be this machine's engine.
  const connection = isLeft ? machine.connection : host.connection;
  const endpoint = isLeft ? machine.connection.apply(endpointOf) : host.endpoint;
  let provider: docker.Provider | undefined;
  const engine = (): docker.Provider =>
    (provider ??= new docker.Provider(
      `${name}/engine`,
      { host: endpoint, sshOpts: connection.apply(engineOptions) },
      { parent },
    ));
  return { connection: host.connection, engine, ready: [host] };
};
