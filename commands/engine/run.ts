import { spawn } from "node:child_process";
import os from "node:os";
import { projectRoot, pulumiEnvironment } from "../../toolchain/environment";
import { handSignalsOn } from "./signals";

/**
 * Runs `pulumi` for a stack on this terminal. A signal that ends this process ends `pulumi` first.
 * @param started gets its process id, at once after its start
 * @returns its exit code
 */
export function runPulumi(
  stack: string,
  args: readonly string[],
  started: (pid: number) => Promise<void> = () => Promise.resolve(),
): Promise<number> {
  return new Promise((resolve, reject) => {
    // In a session of its own, the terminal's Ctrl-C reaches this process alone, which hands it on once.
    const child = spawn("pulumi", args, {
      cwd: projectRoot,
      env: pulumiEnvironment(stack),
      stdio: "inherit",
      detached: true,
    });
    const release = handSignalsOn(child);
    const noted = child.pid === undefined ? Promise.resolve() : started(child.pid);
    // It is looked at when pulumi ends: until then the run goes on.
    noted.catch(() => undefined);
    child.on("error", (error) => (release(), reject(error)));
    child.on("close", (code, signal) => {
      release();
      noted.then(() => resolve(code ?? 128 + (os.constants.signals[signal ?? "SIGTERM"] ?? 0)), reject);
    });
  });
}

/** What a `pulumi` that ended gave. */
export interface Captured {
  /** 1 for one that a signal ended. */
  exitCode: number;
  stdout: string;
  stderr: string;
}

/** Runs `pulumi` and gives what it printed, whatever the exit code. */
export function capturePulumi(stack: string, args: readonly string[]): Promise<Captured> {
  return new Promise((resolve, reject) => {
    const child = spawn("pulumi", args, {
      cwd: projectRoot,
      env: pulumiEnvironment(stack),
      stdio: ["ignore", "pipe", "pipe"],
    });
    const [stdout, stderr]: [Buffer[], Buffer[]] = [[], []];
    child.stdout.on("data", (chunk: Buffer) => stdout.push(chunk));
    child.stderr.on("data", (chunk: Buffer) => stderr.push(chunk));
    child.on("error", reject);
    child.on("close", (code) =>
      resolve({
        exitCode: code ?? 1,
        stdout: Buffer.concat(stdout).toString("utf8"),
        stderr: Buffer.concat(stderr).toString("utf8"),
      }),
    );
  });
}

/** Runs `pulumi` and gives its standard output. @throws when it fails, with what it printed */
export async function pulumiOutput(stack: string, ...args: string[]): Promise<string> {
  const { exitCode, stdout, stderr } = await capturePulumi(stack, args);
  if (exitCode !== 0) throw new Error(`pulumi ${args[0] ?? ""} failed: ${`${stderr}${stdout}`.trim()}`);
  return stdout;
}
