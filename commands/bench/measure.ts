import { spawn } from "node:child_process";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { watchPeakMemory } from "./memory";
import { registrations, type Shares, sharesOf } from "./shares";
import { parseTrace } from "./trace";

/** What is measured: a stack of the project in a folder. */
export interface Subject {
  stack: string;
  folder: string;
  env: NodeJS.ProcessEnv;
}

/** Figures of one run. */
export interface Measurement extends Shares {
  /** How many resources the program registered; 0 when no program runs. */
  resources: number;
  /** Peak resident memory of `pulumi` and everything it started, in bytes. */
  peakMemory: number;
}

/**
 * Runs `pulumi` once and measures it. The times come from the engine's own trace (`--otel-traces`), which made no
 * measurable difference to the duration; the total is that of the process, from its start to its end.
 *
 * @throws Error when the run fails, with the end of what it printed
 */
export async function measure(subject: Subject, args: readonly string[]): Promise<Measurement> {
  // A trace holds the providers' answers, secrets included: mkdtemp's folder is readable by this user only.
  const folder = await mkdtemp(path.join(os.tmpdir(), "vpai-bench-"));
  try {
    const trace = path.join(folder, "trace.jsonl");
    const peakMemory = await run(subject, [
      ...args,
      "--stack",
      subject.stack,
      "--non-interactive",
      "--otel-traces",
      `file://${trace}`,
    ]);
    const spans = parseTrace(await readFile(trace, "utf8"));
    return { ...sharesOf(spans), resources: registrations(spans).length, peakMemory };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Characters of a failed run's output that its error quotes. */
const QUOTED_OUTPUT = 3000;

function run({ folder, env }: Subject, args: readonly string[]): Promise<number> {
  return new Promise((resolve, reject) => {
    const child = spawn("pulumi", args, { cwd: folder, env, stdio: ["ignore", "pipe", "pipe"] });
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
