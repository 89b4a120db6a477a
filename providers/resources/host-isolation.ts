import { isIPv4 } from "node:net";
import { fileDifferences } from "../host/system-files";
import { writeFile } from "../host/write-file";
import type { Kind } from "../implementation";
import { DIFFERENCES, LOAD, REMOVE, RULES, SERVICE, UNIT } from "../isolation/host";
import { isolationOf } from "../isolation/ruleset";
import { resourceOf } from "../resource";
import type { Connection } from "../ssh/connection";
import { type Transport, transportTo } from "../ssh/transport";

/** A host that reaches nothing but its own networks and these addresses, whatever it runs. */
interface HostIsolationInputs {
  connection: Connection;
  /** IPv4 addresses that it and its containers may reach. */
  own: string[];
  /** How the host differs from that, in words: not at all. */
  differences: string[];
}

const filesOf = (own: readonly string[]) => [
  { path: RULES, content: isolationOf(own), owner: "0:0", mode: "0600" },
  { path: UNIT, content: SERVICE, owner: "0:0", mode: "0644" },
];

const hostIsolationKind: Kind<HostIsolationInputs> = {
  version: 1,
  identity: [],
  id: ({ connection }) => connection.host,
  title: ({ connection }) => `isolation of ${connection.host}`,
  check: ({ own }) =>
    own
      .filter((address) => !isIPv4(address))
      .map((address) => ({ property: "own" as const, reason: `expected an IPv4 address, found ${address}` })),
  async ensure(inputs) {
    const host = transportTo(inputs.connection);
    await host.output(["nft", "--check", "--file", "-"], { stdin: isolationOf(inputs.own) });
    for (const file of filesOf(inputs.own)) await writeFile(host, file);
    await host.script(LOAD, []);
    const differences = await differencesOf(host, inputs.own);
    if (differences.length > 0) throw new Error(`expected a closed host, found ${differences.join("; ")}`);
    return { ...inputs, differences: [] };
  },
  async observe(state) {
    return { ...state, differences: await differencesOf(transportTo(state.connection), state.own) };
  },
  async remove({ connection }) {
    await transportTo(connection).script(REMOVE, []);
  },
};

/** How a host differs from a closed one, a line each. */
async function differencesOf(host: Transport, own: readonly string[]): Promise<string[]> {
  const files = await fileDifferences(host, filesOf(own));
  const said = await host.script(DIFFERENCES, [], { reads: true });
  return [...files, ...said.split("\n").filter((line) => line !== "")];
}

/** Closes a host: it and its containers reach nothing outside, and what they try is counted (docs/decisions/drill.md). */
export class HostIsolation extends resourceOf(hostIsolationKind, {
  type: "vpai/host:HostIsolation",
  name: "hostIsolation",
  defaults: { differences: [] },
  outputs: {},
}) {}
