import { setTimeout as sleep } from "node:timers/promises";
import type { Connection } from "./connection";
import { SshRefused } from "./refusal";
import { Transport } from "./transport";

/** What came of an attempt to log in. `refused`: it answers, and waiting does not help. */
export type Reach = { outcome: "reached"; answer: string } | { outcome: "away" | "refused"; why: string };

/**
 * Tries to log in to a host, over a connection of its own.
 * @param seconds that it may take altogether
 * @param ask command that is run there; what it says is the answer. Default: one that says nothing
 */
export async function reach(
  connection: Connection,
  seconds: number,
  ask: readonly string[] = ["true"],
): Promise<Reach> {
  const host = new Transport(connection, seconds * 1000);
  const late = new AbortController();
  try {
    const login = host.run(ask).then(({ stdout }): Reach => ({ outcome: "reached", answer: stdout }), reasonOf);
    const silence = `${host.name}:${connection.port} did not let us in within ${seconds} s`;
    const timeout = sleep(seconds * 1000, undefined, { signal: late.signal }).then((): Reach => ({
      outcome: "away",
      why: silence,
    }));
    timeout.catch(() => undefined);
    return await Promise.race([login, timeout]);
  } finally {
    late.abort();
    host.close();
  }
}

const reasonOf = (error: unknown): Reach => ({
  outcome: error instanceof SshRefused ? "refused" : "away",
  why: (error as Error).message,
});
