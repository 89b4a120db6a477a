import type { Connection } from "@vpai/providers";
import type { BackupProgram } from "../backups/host";
import { runRemote } from "../terminal/remote";

/** A set of backups of a host, and what of it is meant. */
export interface SetOnHost {
  connection: Connection;
  program: BackupProgram;
  set: string;
  /** Undefined: everything in it. */
  service: string | undefined;
}

/**
 * Asks the host whether a set may be laid out in one of its folders; it says why not, and writes nothing.
 * @param bytes of a set that the host does not have yet. Of a service alone nobody knows how many of them it is
 * @returns the exit code
 */
export const tryTarget = (
  { connection, program, service }: SetOnHost,
  to: string,
  bytes: number | undefined,
): Promise<number> =>
  runRemote(
    connection,
    program.command("target", to, ...(bytes === undefined || service !== undefined ? [] : [String(bytes)])),
  );

/** Lays a set out in a folder of its host, to look at; what is in use goes on. @returns the exit code */
export const extract = ({ connection, program, set, service }: SetOnHost, to: string): Promise<number> =>
  runRemote(connection, program.command("extract", set, to, ...(service === undefined ? [] : [service])));
