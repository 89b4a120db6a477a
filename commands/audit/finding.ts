import type { Accepted } from "../../model/audit";
import type { Finding } from "../../model/finding";

/** What an audit looks at; the names are part of what `FORMAT=json` promises. */
export type CheckName =
  | "container"
  | "hardening"
  | "network"
  | "volume"
  | "listener"
  | "exposure"
  | "user"
  | "key"
  | "unit"
  | "cron"
  | "sudoers"
  | "sshd"
  | "sysctl"
  | "engine"
  | "file"
  | "layer"
  | "site"
  | "node";

/** A difference between a host and the platform. */
export interface AuditFinding extends Finding {
  host: string;
  check: CheckName;
  /** What it is about, by which an exception names it: `vpai_alloy/docker-socket`. */
  subject: string;
}

/** A difference that is meant to be. */
export interface AcceptedFinding extends AuditFinding {
  reason: string;
}

/** Findings of one check of a host. */
export const findingsOf =
  (host: string, check: CheckName) =>
  (subject: string, found: Omit<Finding, "where"> & { where?: string }): AuditFinding => ({
    ...{ host, check, subject, where: subject },
    ...found,
  });

/** Whether a text is as a pattern has it, in which `*` stands for any text. */
function fits(pattern: string, text: string): boolean {
  const [first = "", ...rest] = pattern.split("*");
  const last = rest.pop();
  if (last === undefined) return text === pattern;
  if (text.length < first.length + last.length || !text.startsWith(first) || !text.endsWith(last)) return false;
  let at = first.length;
  for (const piece of rest) {
    const next = text.indexOf(piece, at);
    if (next < 0 || next + piece.length > text.length - last.length) return false;
    at = next + piece.length;
  }
  return true;
}

const matches = ({ check, subject }: Accepted, finding: AuditFinding): boolean =>
  check === finding.check && fits(subject, finding.subject);

/** Sorts what counts from what is meant to be. */
export function judged(
  found: readonly AuditFinding[],
  exceptions: readonly Accepted[],
): { findings: AuditFinding[]; accepted: AcceptedFinding[] } {
  const findings: AuditFinding[] = [];
  const accepted: AcceptedFinding[] = [];
  for (const finding of found) {
    const exception = exceptions.find((one) => matches(one, finding));
    if (exception === undefined) findings.push(finding);
    else accepted.push({ ...finding, reason: exception.reason });
  }
  return { findings, accepted };
}
