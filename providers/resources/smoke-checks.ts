import type { Kind } from "../implementation";
import { resourceOf } from "../resource";
import { type Reachability, reachabilityFaults } from "../smoke/reachability";
import { type SiteRequest, siteFault } from "../smoke/requests";
import { type ProgramVersion, versionFault } from "../smoke/versions";
import type { Connection } from "../ssh/connection";
import { type Transport, transportTo } from "../ssh/transport";

/** What must work on a host before an `up` has succeeded. */
export interface SmokeChecksInputs {
  connection: Connection;
  requests: SiteRequest[];
  /** Where the private authority of the sites' certificates keeps its root. Default: the public authorities. */
  authority?: { container?: string; file: string };
  reachability: Reachability;
  versions: ProgramVersion[];
  /** Names everything that runs: when it changes, everything is checked anew. */
  running: string[];
  /** Seconds that a site may take to answer rightly. */
  patience: number;
}

export const smokeChecksKind: Kind<SmokeChecksInputs> = {
  version: 1,
  identity: [],
  id: ({ connection }) => `${connection.host}:${connection.port}`,
  async ensure(inputs) {
    const host = transportTo(inputs.connection);
    const [sites, versions, reachable] = await Promise.all([
      siteFaults(host, inputs),
      Promise.all(inputs.versions.map((program) => versionFault(host, program))),
      reachabilityFaults(host, inputs.reachability),
    ]);
    const faults = [...sites, ...versions, ...reachable].filter((fault) => fault !== undefined);
    if (faults.length > 0)
      throw new Error(`${inputs.connection.host} fails ${faults.length} smoke check(s):\n  ${faults.join("\n  ")}`);
    return inputs;
  },
  /** They say how it was after the last change; how a container is now, its health gate observes. */
  observe: (state) => Promise.resolve(state),
  async remove() {},
};

/** @param container default: the host itself */
const insideOf = (container?: string): string[] => (container === undefined ? [] : ["docker", "exec", container]);

/** What is wrong with the answers to requests, in words; undefined for each that is right. */
export async function siteFaults(
  host: Transport,
  inputs: Pick<SmokeChecksInputs, "requests" | "authority" | "patience">,
): Promise<(string | undefined)[]> {
  const { requests, authority: from, patience } = inputs;
  if (requests.length === 0) return [];
  const authority = from === undefined ? undefined : await host.output([...insideOf(from.container), "cat", from.file]);
  return Promise.all(requests.map((asked) => siteFault(host, asked, { authority, patience })));
}

/** Checks a host from the outside in, whenever something that runs there has changed; fails with every wrong answer. */
export class SmokeChecks extends resourceOf(smokeChecksKind, {
  type: "vpai/host:SmokeChecks",
  name: "smokeChecks",
  outputs: {},
}) {}
