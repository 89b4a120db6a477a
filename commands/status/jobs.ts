import { type CommandRunner, unitProperties } from "@vpai/providers";

/** A job as the table of jobs shows it. */
export interface JobRow {
  cells: readonly [host: string, job: string, last: string, result: string, next: string];
  /** Whether its last run went well, if there was one. */
  good: boolean;
}

const SERVICE = ["LoadState", "ActiveState", "Result", "ExecMainStatus", "ExecMainStartTimestamp"];
const TIMER = ["ActiveState", "NextElapseUSecRealtime"];

/** When a job ran last and how that ended, and when it is to run next. @param unit `….service`; its timer has the same name */
export async function jobOf(host: CommandRunner, hostName: string, job: string, unit: string): Promise<JobRow> {
  const [service, timer] = await Promise.all([
    unitProperties(host, unit, SERVICE),
    unitProperties(host, unit.replace(/\.service$/, ".timer"), TIMER),
  ]);
  const result = resultOf(service);
  const next = timer["ActiveState"] === "active" ? momentOf(timer["NextElapseUSecRealtime"]) : "";
  const last = momentOf(service["ExecMainStartTimestamp"]);
  return { cells: [hostName, job, last || "never", result, next || "not planned"], good: GOOD.has(result) };
}

/** A job that has never run has failed nowhere. */
const GOOD = new Set(["success", "running", "none yet"]);

function resultOf({ LoadState, ActiveState, Result, ExecMainStatus, ExecMainStartTimestamp }: Record<string, string>) {
  if (LoadState !== "loaded") return "missing";
  if (ActiveState === "activating" || ActiveState === "active") return "running";
  if (momentOf(ExecMainStartTimestamp) === "") return "none yet";
  return Result === "exit-code" ? `exit code ${ExecMainStatus ?? ""}` : (Result ?? "unknown");
}

/** `2026-11-29 03:30 UTC` of `Sun 2026-11-29 03:30:00 UTC`; empty for none. */
function momentOf(text = ""): string {
  const [, minute] = /(\d{4}-\d\d-\d\d \d\d:\d\d):\d\d UTC$/.exec(text) ?? [];
  return minute === undefined ? "" : `${minute} UTC`;
}
