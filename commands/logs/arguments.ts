import { problemsOf } from "../../model/finding";
import { wrongFlag } from "../terminal/flag";
import { momentIn } from "../terminal/moment";

/** What `make logs` is told. */
export interface LogOptions {
  /** Lines from the end. Default: 100, or all since a moment. */
  LINES?: string | undefined;
  /** `90s`, `15m`, `1h`, `2d`, or a moment in ISO 8601. Default: none. */
  SINCE?: string | undefined;
  /** `1`: what comes from now on is shown, too. */
  FOLLOW?: string | undefined;
}

/** Lines that are shown when nothing is said of it. */
const LINES = "100";

const SECONDS: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3600, d: 86_400 };

/** The command on the host that shows a service's log. @throws UserError with all options that are wrong */
export function logCommand(
  service: { container: string } | { unit: string },
  options: LogOptions,
  now = Date.now(),
): string[] {
  expectValid(options, now);
  const { SINCE, FOLLOW, LINES: lines = "" } = options;
  const tail = lines || (SINCE ? "" : LINES);
  const since = SINCE ? String(momentOf(SINCE, now)) : "";
  if ("container" in service)
    return [
      ...["docker", "logs", "--timestamps"],
      ...(tail === "" ? [] : ["--tail", tail]),
      ...(since === "" ? [] : ["--since", since]),
      ...(isSet(FOLLOW) ? ["--follow"] : []),
      ...["--", service.container],
    ];
  return [
    ...["journalctl", "--quiet", "--no-pager", "--output", "short-iso", "--unit", service.unit],
    ...["--lines", tail === "" ? "all" : tail],
    ...(since === "" ? [] : ["--since", `@${since}`]),
    ...(isSet(FOLLOW) ? ["--follow"] : []),
  ];
}

/** Whether a flag such as `FOLLOW=1` was given. */
export const isSet = (flag: string | undefined): boolean => flag === "1";

/** Seconds since 1970; undefined for what is neither a span nor a moment. */
function momentOf(since: string, now: number): number | undefined {
  const [, count, unit = ""] = /^(\d+)([smhd])$/.exec(since) ?? [];
  const moment = count === undefined ? momentIn(since) / 1000 : now / 1000 - Number(count) * (SECONDS[unit] ?? 0);
  // Neither Docker nor the journal knows of a time before 1970.
  return moment >= 0 ? Math.floor(moment) : undefined;
}

function expectValid({ LINES, SINCE, FOLLOW }: LogOptions, now: number): void {
  const problems = [
    ...(LINES && !/^\d+$/.test(LINES) ? [wrong("LINES", "a number of lines", LINES, "say LINES=200")] : []),
    ...(SINCE && momentOf(SINCE, now) === undefined
      ? [wrong("SINCE", "a span such as 90s, 15m, 1h or 2d, or a moment in ISO 8601", SINCE, "say SINCE=1h")]
      : []),
    ...(FOLLOW && FOLLOW !== "1" ? [wrongFlag("FOLLOW", FOLLOW)] : []),
  ];
  if (problems.length > 0) throw problemsOf("What the command was given", problems);
}

const wrong = (where: string, expected: string, found: string, mend: string) => ({
  ...{ where, expected, mend },
  found: `"${found}"`,
});
