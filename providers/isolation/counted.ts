import type { CommandRunner } from "../ssh/transport";
import { ISOLATION } from "./ruleset";

/** Packets that a closed host has counted since its rules were loaded. */
export interface CountedPackets {
  /** To somewhere that it may not reach: refused. */
  refused: number;
  /** To the same, and past the rule that refuses them: dropped behind it. */
  past: number;
}

/** What a closed host's kernel has counted. @throws where it is not closed */
export async function countedPackets(host: Pick<CommandRunner, "name" | "run">): Promise<CountedPackets> {
  const { code, stdout } = await host.run(["nft", "list", "counters", "table", "inet", ISOLATION]);
  const [refused, past] = ["refused", "past"].map((name) => numberOf(stdout, name));
  if (code !== 0 || refused === undefined || past === undefined)
    throw new Error(`${host.name}: expected a closed host (table inet ${ISOLATION}), found none`);
  return { refused, past };
}

function numberOf(listed: string, name: string): number | undefined {
  const [, packets] = new RegExp(`counter ${name} \\{\\s+packets (\\d+) `).exec(listed) ?? [];
  return packets === undefined ? undefined : Number(packets);
}
