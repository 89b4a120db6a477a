import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { outcomeOf } from "./events";
import { summaryOf } from "./summary";

/**
 * Runs `pulumi` with the engine's log kept aside, and sums it up where the run failed.
 * @param run is given the arguments that make the engine keep the log
 * @param succeeded what is done with the log of a run that did not fail. Default: nothing
 */
export const withSummary = (
  run: (logging: string[]) => Promise<number>,
  succeeded: (log: string) => Promise<void> = () => Promise.resolve(),
): Promise<number> =>
  withLog(run, async (log, code) => {
    if (code !== 0) return summaryOf(outcomeOf(log), Boolean(process.env["VERBOSE"]));
    await succeeded(log);
    return "";
  });

/**
 * The same for any run.
 * @param told what a person is told of it at the end, from the engine's log and exit code
 */
export async function withLog(
  run: (logging: string[]) => Promise<number>,
  told: (log: string, code: number) => string | Promise<string>,
): Promise<number> {
  const folder = mkdtempSync(path.join(os.tmpdir(), "vpai-log-"));
  const file = path.join(folder, "events");
  // The engine has the option with this variable alone.
  process.env["PULUMI_DEBUG_COMMANDS"] = "true";
  try {
    const code = await run(["--event-log", file]);
    const text = existsSync(file) ? await told(readFileSync(file, "utf8"), code) : "";
    if (text !== "") console.error(text);
    return code;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
