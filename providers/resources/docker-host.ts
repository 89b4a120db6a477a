import { lookUntil } from "../../model/look-until";
import { factsOf } from "../host/facts";
import { engineFaults } from "../host/faults";
import type { Kind } from "../implementation";
import { resourceOf } from "../resource";
import type { Connection } from "../ssh/connection";
import { expectEngineFor, expectForwarding, expectRoot } from "../ssh/login-rights";
import { transportTo } from "../ssh/transport";

/** A host whose Docker engine answers over SSH. */
export interface DockerHostInputs {
  connection: Connection;
  /** Seconds that the engine may take to answer, after the first login. Default in the resource: 120. */
  patience: number;
}

export interface DockerHostState extends DockerHostInputs {
  /** The engine's address as the Docker provider takes it: `ssh://user@host:port`. */
  endpoint: string;
}

const VERSION = ["docker", "version", "--format", "{{.Server.Version}}"];

export const dockerHostKind: Kind<DockerHostInputs, DockerHostState> = {
  version: 1,
  identity: [],
  rehomes: false,
  id: ({ connection }) => endpointOf(connection),
  async ensure(inputs) {
    const host = transportTo(inputs.connection);
    await expectRoot(host);
    const { code, stderr } = await lookUntil(
      () => host.run(VERSION),
      (answer) => answer.code === 0,
      { pause: 1000, seconds: inputs.patience },
    );
    if (code !== 0)
      throw new Error(
        `${host.name}: expected a Docker engine that answers within ${inputs.patience} s, found: ${stderr.trim()}. ` +
          "Install docker on the host, or look at `journalctl -u docker` there.",
      );
    await Promise.all([expectEngineFor(host), expectForwarding(host)]);
    const faults = engineFaults((await factsOf(host, "/")).engine);
    if (faults.length > 0) throw new Error(`${host.name}: ${faults.join(". And ")}.`);
    return { ...inputs, endpoint: endpointOf(inputs.connection) };
  },
  async observe(state) {
    await transportTo(state.connection).output(VERSION);
    return state;
  },
  async remove() {
    // The host belongs to its machine.
  },
};

/** The engine's address as the Docker provider takes it. */
export const endpointOf = ({ user, host, port }: Connection): string => `ssh://${user}@${host}:${port}`;

/** Opens when the host accepts our login and its Docker engine answers. */
export class DockerHost extends resourceOf(dockerHostKind, {
  type: "vpai/host:DockerHost",
  name: "dockerHost",
  defaults: { patience: 120 },
  outputs: { endpoint: "plain" },
}) {}
