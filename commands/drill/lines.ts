import { spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { type Connection, sshCommand } from "@vpai/providers";

/**
 * Runs a command on a host as root, and hands on each line that it prints, with the moment (ms since 1970) at which it came. What it
 * says of errors goes to this terminal.
 * @returns its exit code
 */
export function remoteLines(
  connection: Connection,
  argv: readonly string[],
  heard: (line: string, at: number) => void,
): Promise<number> {
  const [program = "", ...args] = sshCommand(connection, argv, false);
  const child = spawn(program, args, { stdio: ["ignore", "pipe", "inherit"] });
  createInterface({ input: child.stdout }).on("line", (line) => heard(line, Date.now()));
  return new Promise((resolve, reject) => child.on("error", reject).on("close", (code) => resolve(code ?? 1)));
}
