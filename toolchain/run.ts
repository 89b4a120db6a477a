import { spawn, type SpawnOptions } from "node:child_process";
import { accessSync, constants, statSync } from "node:fs";
import path from "node:path";

/** How a program ended. */
export interface Result {
  /** Exit code; -1 when it was ended by a signal or could not be started. */
  code: number;
  stdout: string;
  stderr: string;
}

/**
 * Runs a program to its end and returns its output; never throws for a failure of the program.
 * @param options.timeout milliseconds after which the program is ended; none by default
 */
export function run(program: string, args: readonly string[], options: SpawnOptions = {}): Promise<Result> {
  return new Promise((resolve) => {
    const child = spawn(program, args, { ...options, stdio: ["ignore", "pipe", "pipe"] });
    const output = { stdout: "", stderr: "" };
    child.stdout.setEncoding("utf8").on("data", (text: string) => (output.stdout += text));
    child.stderr.setEncoding("utf8").on("data", (text: string) => (output.stderr += text));
    child.on("error", (error) => resolve({ code: -1, stdout: "", stderr: error.message }));
    child.on("close", (code) => resolve({ code: code ?? -1, ...output }));
  });
}

/** The absolute path of a program on a search path, or undefined. */
export function findProgram(name: string, searchPath: string = process.env["PATH"] ?? ""): string | undefined {
  return searchPath
    .split(path.delimiter)
    .filter((directory) => path.isAbsolute(directory))
    .map((directory) => path.join(directory, name))
    .find(isExecutable);
}

/** Whether a path is a file that this user may execute. */
export function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return statSync(file).isFile();
  } catch {
    return false;
  }
}
