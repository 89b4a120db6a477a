import { mkdirSync, readdirSync, renameSync, rmSync } from "node:fs";
import { availableParallelism } from "node:os";
import path from "node:path";
import { buildArguments } from "./go-build";
import { withLock } from "./lock";
import type { Binary } from "./pieces";
import { withProgress } from "./progress";
import { findProgram, isExecutable, run } from "./run";
import { compareVersions, formatVersion, parseVersion } from "./versions";

/** From this version on, Go fetches by itself the newer release that a module asks for. */
const minimumGo = [1, 21, 0] as const;

/** How much of a failed build's output is shown, in lines. */
const shownLines = 40;

/** Those that are not built yet. */
export const missingBinaries = (binaries: readonly Binary[]): Binary[] =>
  binaries.filter((binary) => !isExecutable(binary.file));

/**
 * Builds what is missing, independent programs side by side: at least two, at most four at once. What is built
 * stays, so that an interrupted set-up goes on where it was; two set-ups at a time build each program once.
 */
export async function buildMissing(binaries: readonly Binary[]): Promise<void> {
  const queue = missingBinaries(binaries);
  if (queue.length === 0) return;
  await checkGo();
  const workers = Math.min(4, Math.max(2, availableParallelism()));
  await Promise.all(Array.from({ length: workers }, () => work(queue)));
}

async function work(queue: Binary[]): Promise<void> {
  for (let binary = queue.shift(); binary; binary = queue.shift()) await buildOnce(binary);
}

async function checkGo(): Promise<void> {
  const expected = `expected Go ${formatVersion(minimumGo)} or newer on PATH to build the Pulumi engine`;
  const advice = "install Go (https://go.dev/doc/install, or apt-get install golang-go), or the official Pulumi CLI";
  if (!findProgram("go")) throw new Error(`${expected}, found none: ${advice}`);
  const { stdout } = await run("go", ["env", "GOVERSION"]);
  const found = parseVersion(stdout);
  if (!found || compareVersions(found, minimumGo) < 0)
    throw new Error(`${expected}, found ${stdout.trim()}: ${advice}`);
}

async function buildOnce(binary: Binary): Promise<void> {
  await withLock(`${binary.file}.lock`, async () => {
    if (isExecutable(binary.file)) return;
    removeLeftovers(binary);
    await withProgress(`building ${binary.title}`, () => build(binary));
  });
}

/** Unfinished results of set-ups that were interrupted. */
function removeLeftovers({ file }: Binary): void {
  const directory = path.dirname(file);
  for (const name of readdirSync(directory)) {
    if (name.startsWith(`${path.basename(file)}.part-`)) rmSync(path.join(directory, name));
  }
}

async function build(binary: Binary): Promise<void> {
  const unfinished = `${binary.file}.part-${process.pid}`;
  mkdirSync(path.dirname(binary.file), { recursive: true });
  const args = buildArguments({ ...binary, file: unfinished });
  const directory = path.join(__dirname, binary.module);
  const { code, stderr } = await run("go", args, { cwd: directory });
  if (code !== 0) {
    const output = stderr.trim().split("\n").slice(-shownLines).join("\n");
    throw new Error(
      `building ${binary.title} failed: go ${args.join(" ")} in ${directory} ended with ${code}:\n${output}`,
    );
  }
  renameSync(unfinished, binary.file);
}
