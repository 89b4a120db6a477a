import { spawn } from "node:child_process";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { projectRoot, pulumiEnvironment } from "../../toolchain/environment";
import { watchPeakMemory } from "./memory";
import { type Shares, sharesOf } from "./shares";
import { parseTrace } from "./trace";

/** Figures of one run. */
export interface Measurement extends Shares {
  /** Peak resident memory of `pulumi` and everything it started, in bytes. */
  peakMemory: number;
}

/**
 * Runs `pulumi` once and measures it. The times come from the engine's own trace (`--otel-traces`), which made no
 * measurable difference to the duration; the total is that of the process, from its start to its end.
 *
 * @throws Error when the run fails, with the end of what it printed
 */
export async function measure(stack: string, args: readonly string[]): Promise<Measurement> {
  // A trace holds the providers' answers, secrets included: mkdtemp's folder is readable by this user only.
  const folder = await mkdtemp(path.join(os.tmpdir(), "vpai-bench-"));
  try {
    const trace = path.join(folder, "trace.jsonl");
    const peakMemory = await run(stack, [
      ...args,
      "--stack",
      stack,
      "--non-interactive",
      "--otel-traces",
      `file://${trace}`,
    ]);
    return { ...sharesOf(parseTrace(await readFile(trace, "utf8"))), peakMemory };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Characters of a failed run's output that its error quotes. */
const QUOTED_OUTPUT = 3000;

function run(stack: string, args: readonly string[]): Promise<number> {
  return new Promise((resolve, reject) => {
    const child = spawn("pulumi", args, {
      cwd: projectRoot,
      env: pulumiEnvironment(stack),
      stdio: ["ignore", "pipe", "pipe"],
    });
    const output: Buffer[] = [];
    child.stdout.on("data", (chunk: Buffer) => output.push(chunk));
    child.stderr.on("data", (chunk: Buffer) => output.push(chunk));
    const peakMemory = child.pid === undefined ? (): number => 0 : watchPeakMemory(child.pid);
    child.on("error", reject);
    child.on("close", (code) => {
      const peak = peakMemory();
      if (code === 0) resolve(peak);
      else
        reject(
          new Error(
            `pulumi ${args[0] ?? ""} ended with ${code ?? "a signal"}: ${Buffer.concat(output).toString("utf8").slice(-QUOTED_OUTPUT)}`,
          ),
        );
    });
  });
}
