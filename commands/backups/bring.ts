import type { Connection } from "@vpai/providers";
import type { BackupProgram } from "./host";
import { type End, transfer } from "./transfer";

/** A set of a host that is somewhere else. */
export interface GivenSet {
  /** Name of the host whose data it has. */
  host: string;
  set: string;
  bytes: number;
  /** Writes its files, as tar has them. */
  give: End;
}

/**
 * Has a computer have a set again, beside those it has.
 * @param said where what its program says goes. Default: standard output
 * @throws where it does not come whole, or has no room; nothing is there then
 */
export async function bringSet(
  { host, set, bytes, give }: GivenSet,
  to: { connection: Connection; program: BackupProgram },
  said?: 2,
): Promise<void> {
  const argv = to.program.command("accept", set, String(bytes));
  if (await transfer(give, { connection: to.connection, argv }, said)) return;
  throw new Error(`${host}: expected ${set} as it was written, found that it did not come: see above`);
}
