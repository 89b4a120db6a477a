import { setTimeout as sleep } from "node:timers/promises";
import type { CommandRunner } from "../ssh/transport";

/** Properties of a unit of systemd by name; moments are in UTC: `Mon 2026-11-30 03:30:00 UTC`. */
export async function unitProperties(
  host: CommandRunner,
  unit: string,
  names: readonly string[],
): Promise<Record<string, string>> {
  const show = ["env", "TZ=UTC", "systemctl", "show", "--property", names.join(",")];
  const printed = await host.output([...show, "--", unit], { reads: true });
  const lines = printed.split("\n").filter((line) => line.includes("="));
  return Object.fromEntries(lines.map((line) => [line.slice(0, line.indexOf("=")), line.slice(line.indexOf("=") + 1)]));
}

/** One word for how a unit is: `active`, `failed`, `missing` and so on. */
export async function conditionOfUnit(host: CommandRunner, unit: string): Promise<string> {
  const { LoadState, ActiveState = "unknown" } = await unitProperties(host, unit, ["LoadState", "ActiveState"]);
  return LoadState === "not-found" ? "missing" : ActiveState;
}

/** Seconds for which a unit has to stay active. A program that cannot start ends at once, most of the time. */
const SETTLE = 5;

/** Restarts a unit, and waits until it is active and stays so. @returns what was found instead, in words */
export async function restartUnit(host: CommandRunner, unit: string, tries: number): Promise<string | undefined> {
  await host.run(["systemctl", "restart", "--", unit]);
  for (let attempt = 1, active = 0; attempt <= tries + SETTLE; attempt += 1) {
    const condition = await conditionOfUnit(host, unit);
    if (condition === "missing" || condition === "failed") return condition;
    active = condition === "active" ? active + 1 : 0;
    if (active > SETTLE) return undefined;
    await sleep(1000);
  }
  return `not active for ${SETTLE} s`;
}

/** The last lines that a unit wrote, oldest first. */
export async function unitLogLines(host: CommandRunner, unit: string, lines: number): Promise<string> {
  const options = ["--quiet", "--no-pager", "--output", "short-iso", "--lines", String(lines)];
  return (await host.run(["journalctl", ...options, "--unit", unit], { reads: true })).stdout.trimEnd();
}
