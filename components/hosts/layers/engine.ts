import * as docker from "@pulumi/docker";
import type { Output, Resource } from "@pulumi/pulumi";
import { type Connection, DockerHost, sshOptions } from "@vpai/providers";
import type { Machine } from "../../machines/machine";

/** A host that lets us in, and its Docker engine. Everything that uses either waits until both answer. */
export interface Engine {
  connection: Output<Connection>;
  engine: docker.Provider;
}

/** The first layer of a host: its login, and the engine behind it. @param name the host's */
export function engineLayer(name: string, { connection }: Machine, parent: Resource): Engine {
  const ready = new DockerHost(`${name}/docker`, { connection }, { parent });
  const engine = new docker.Provider(
    `${name}/engine`,
    { host: ready.endpoint, sshOpts: ready.connection.apply(sshOptions) },
    { parent },
  );
  return { connection: ready.connection, engine };
}
