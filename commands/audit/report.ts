import { forStack } from "../state/check";
import { table } from "../terminal/table";
import type { AcceptedFinding } from "./finding";
import type { AuditedHost } from "./host";

/** Number of the form of {@link jsonOf}: raised when a reader of the one before would not understand it. */
const VERSION = 1;

/** What `FORMAT=json` prints (docs/audit.md#for-programs). */
export function jsonOf(stack: string, hosts: readonly AuditedHost[], at: Date): string {
  return JSON.stringify(
    {
      version: VERSION,
      stack,
      at: at.toISOString(),
      clean: isClean(hosts),
      hosts: hosts.map(({ name, state, why }) => ({ name, state, ...(why === undefined ? {} : { why }) })),
      findings: hosts.flatMap(({ findings }) => findings),
      accepted: hosts.flatMap(({ accepted }) => accepted),
    },
    undefined,
    2,
  );
}

/** Nothing was found, and every host told but those that may be away. */
export const isClean = (hosts: readonly AuditedHost[]): boolean =>
  hosts.every(({ state, findings }) => state !== "failed" && findings.length === 0);

/** What a person is told. */
export function reportOf(stack: string, hosts: readonly AuditedHost[]): string {
  const findings = hosts.flatMap((host) => host.findings);
  const rows = findings.map(({ host, check, where, expected, found, mend }) => [
    host,
    where.startsWith(check) ? where : `${check} ${where}`,
    expected,
    found,
    mend,
  ]);
  return [
    ...(rows.length === 0 ? [] : [table(["host", "what", "expected", "found", "how to mend"], rows), ""]),
    ...acceptedLines(hosts.flatMap(({ accepted }) => accepted)),
    ...hosts.map((host) => lineOf(stack, host)),
  ].join("\n");
}

function lineOf(stack: string, { name, state, why = "", findings, accepted }: AuditedHost): string {
  const first = why.split("\n")[0] ?? "";
  if (state === "deferred")
    return `${name}: deferred, since it cannot be reached: ${first}. When it is there again: make audit${forStack(stack)} HOST=${name}`;
  if (state === "failed") return `${name}: not audited: ${first}`;
  const count = findings.length === 0 ? "clean" : findings.length === 1 ? "1 finding" : `${findings.length} findings`;
  return `${name}: ${count}${accepted.length === 0 ? "" : `, ${accepted.length} accepted`}`;
}

/** What is meant to be so, by its reason. */
function acceptedLines(accepted: readonly AcceptedFinding[]): string[] {
  const byReason = new Map<string, string[]>();
  for (const { reason, host, subject } of accepted)
    byReason.set(reason, [...(byReason.get(reason) ?? []), `${host} ${subject}`]);
  if (byReason.size === 0) return [];
  const lines = [...byReason].map(([reason, subjects]) => `  ${reason}: ${shortened(subjects)}`);
  return ["Accepted, as the platform says why:", ...lines, ""];
}

/** Of many the first ones. */
const SHOWN = 3;

const shortened = (subjects: readonly string[]): string =>
  subjects.length <= SHOWN
    ? subjects.join(", ")
    : `${subjects.slice(0, SHOWN).join(", ")} and ${subjects.length - SHOWN} more`;
