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

/** The last lines that a unit wrote, oldest first. */
export async function unitLogLines(host: CommandRunner, unit: string, lines: number): Promise<string> {
  const options = ["--quiet", "--no-pager", "--output", "short-iso", "--lines", String(lines)];
  return (await host.run(["journalctl", ...options, "--unit", unit], { reads: true })).stdout.trimEnd();
}
