import { spawn } from "node:child_process";
import { type Connection, sshCommand } from "@vpai/providers";

/**
 * Runs `argv` on a host as root, on this terminal.
 * @param stdin `inherit`: the command reads ours; `pipe`: it gets one that ends with us. Default: none
 * @returns its exit code; 255 where the host could not be reached
 */
export function runRemote(
  connection: Connection,
  argv: readonly string[],
  { stdin = "ignore", terminal = false }: { stdin?: "inherit" | "pipe" | "ignore"; terminal?: boolean } = {},
): Promise<number> {
  const [program = "", ...args] = sshCommand(connection, argv, terminal);
  const child = spawn(program, args, { stdio: [stdin, "inherit", "inherit"] });
  return new Promise((resolve, reject) => child.on("error", reject).on("close", (code) => resolve(code ?? 1)));
}

/**
 * A command that goes on for ever, and ends with the one that asked for it: by the end of its standard input, which a host
 * hears of without a terminal, too.
 */
export const untilWeEnd = (argv: readonly string[]): string[] => ["sh", "-c", UNTIL_INPUT_ENDS, "vpai", ...argv];

/** A background job's own standard input is none. */
const UNTIL_INPUT_ENDS = `exec 3<&0
"$@" & child=$!
{ cat <&3 >/dev/null; kill "$child" 2>/dev/null; } &
wait "$child"`;
