import { spawn } from "node:child_process";
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { projectRoot, pulumiEnvironment } from "../toolchain/environment";
import { pulumiJson } from "./pulumi-json";
import { readLocks } from "./state-locks";

/** The stack that a command is about, as `make` hands it over. */
export const chosenStack = (): string => process.env["STACK"] || "lab";

/** Runs `pulumi` for a stack on this terminal. @returns its exit code */
export function pulumi(stack: string, ...args: string[]): Promise<number> {
  return new Promise((resolve, reject) => {
    const child = spawn("pulumi", args, { cwd: projectRoot, env: pulumiEnvironment(stack), stdio: "inherit" });
    child.on("error", reject);
    child.on("close", (code, signal) => resolve(code ?? 128 + (os.constants.signals[signal ?? "SIGTERM"] ?? 0)));
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

/** Makes sure that the stack exists and that no dead run holds its lock. */
export async function prepareStack(stack: string): Promise<void> {
  const state = stateFolder(stack);
  const known = state !== undefined && existsSync(path.join(state, ".pulumi", "stacks", "vpai", `${stack}.json`));
  if (!known) await pulumiOutput(stack, "stack", "select", "--create", stack);
  if (state !== undefined) await releaseDeadLock(stack, state);
}

/** The folder of a file backend; undefined for every other kind. */
function stateFolder(stack: string): string | undefined {
  const backend = pulumiEnvironment(stack)["PULUMI_BACKEND_URL"] ?? "";
  if (!backend.startsWith("file://")) return undefined;
  const url = new URL(backend.replace(/^file:\/\/~/, `file://${os.homedir()}`));
  return fileURLToPath(url);
}

/** The locks of a file backend never expire; one whose process on this machine is gone is released. */
async function releaseDeadLock(stack: string, state: string): Promise<void> {
  const folder = path.join(state, ".pulumi", "locks", "organization", "vpai", stack);
  const { locks, damaged } = readLocks(folder);
  const alive = locks.find(({ pid, hostname }) => hostname !== os.hostname() || isAlive(pid));
  if (alive !== undefined) {
    throw new Error(
      `another run (process ${alive.pid} on ${alive.hostname}) works on stack ${stack}; wait for it. If it is gone: eval "$(make -s env STACK=${stack})" && pulumi cancel --stack ${stack}`,
    );
  }
  const dead = [...locks.map(({ pid }) => `process ${pid}`), ...damaged.map((file) => `${file} is cut short`)];
  if (dead.length === 0) return;
  console.error(`Releasing the lock of a run that was interrupted (${dead.join(", ")}).`);
  await pulumiOutput(stack, "cancel", "--yes", "--stack", stack);
  await forgetPendingCreates(stack);
}

/**
 * An interrupted run leaves notes of what it was about to create, which Pulumi warns of for ever. Every resource of
 * this program adopts or sweeps what is there when it is created, so the notes say nothing that `up` does not find out.
 */
async function forgetPendingCreates(stack: string): Promise<void> {
  const printed = await pulumiOutput(stack, "stack", "export", "--stack", stack);
  const state = pulumiJson(printed, "pulumi stack export") as {
    deployment: { pending_operations?: { type: string }[] };
  };
  const pending = state.deployment.pending_operations ?? [];
  const others = pending.filter(({ type }) => type !== "creating");
  if (others.length === pending.length) return;
  state.deployment.pending_operations = others;
  const file = path.join(mkdtempSync(path.join(os.tmpdir(), "vpai-state-")), "state.json");
  writeFileSync(file, JSON.stringify(state), { mode: 0o600 });
  try {
    await pulumiOutput(stack, "stack", "import", "--stack", stack, "--file", file);
  } finally {
    rmSync(path.dirname(file), { recursive: true });
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}

/** Runs a command's main function: its result is the exit code, an error is one message. */
export function main(command: () => Promise<number>): void {
  command().then(
    (code) => (process.exitCode = code),
    (error: unknown) => {
      console.error(error instanceof Error ? error.message : String(error));
      process.exitCode = 1;
    },
  );
}
