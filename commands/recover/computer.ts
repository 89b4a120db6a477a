import { type Connection, reach, Transport } from "@vpai/providers";
import type { StackHost } from "../reach/stack";

/**
 * How the computer of a host is that is to be recovered. `there`: it has what the stack put there; `empty`: it lets us in, and has
 * nothing of that; `away`: nobody answers; `unmade`: the stack has yet to make it.
 */
export type Computer = "there" | "empty" | "away" | "unmade";

/** Seconds that a computer may take to let us in: one that was lost is not coming. */
const PATIENCE = 20;

/**
 * @param folder of the platform on the host
 * @param seconds that it may take to let us in
 * @throws for a computer that the stack does not make and that does not let us in, with what to do
 */
export async function computerOf(
  name: string,
  { connection, vanishes }: Pick<StackHost, "connection" | "vanishes">,
  folder: string,
  seconds = PATIENCE,
): Promise<Computer> {
  if (connection === undefined) {
    if (vanishes) return "unmade";
    throw new Error(
      `${name}: expected the key of the new computer in vpai:hosts.${name}.machine.hostKey, found none: ${FRESH}`,
    );
  }
  const found = await reach(connection, seconds);
  if (found.outcome === "reached") return (await hasStack(connection, folder)) ? "there" : "empty";
  if (found.outcome === "away" && vanishes) return "away";
  throw new Error(`${name}: expected the new computer to let us in, found that it does not: ${found.why}\n${FRESH}`);
}

const FRESH =
  "Address, port, user and host key of a new computer stand in the stack's file (docs/hosts.md#a-fresh-machine)";

/** Whether an `up` has put files there: the first thing of any service. */
async function hasStack(connection: Connection, folder: string): Promise<boolean> {
  const host = new Transport(connection);
  try {
    const { code, stderr } = await host.run(["test", "-d", `${folder}/configs`]);
    if (code > 1)
      throw new Error(`${host.name}: expected to see whether ${folder}/configs is there, found: ${stderr.trim()}`);
    return code === 0;
  } finally {
    host.close();
  }
}
