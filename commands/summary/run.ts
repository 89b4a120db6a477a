import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { outcomeOf } from "./events";
import { summaryOf } from "./summary";

/**
 * Runs `pulumi` with the engine's log kept aside, and sums it up where the run failed.
 * @param run is given the arguments that make the engine keep the log
 */
export async function withSummary(run: (logging: string[]) => Promise<number>): Promise<number> {
  const folder = mkdtempSync(path.join(os.tmpdir(), "vpai-log-"));
  const file = path.join(folder, "events");
  // The engine has the option with this variable alone.
  process.env["PULUMI_DEBUG_COMMANDS"] = "true";
  try {
    const code = await run(["--event-log", file]);
    if (code !== 0 && existsSync(file)) {
      const summary = summaryOf(outcomeOf(readFileSync(file, "utf8")), Boolean(process.env["VERBOSE"]));
      if (summary !== "") console.error(summary);
    }
    return code;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
