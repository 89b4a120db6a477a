/**
 * Something that an audit would find, and that the platform means to be so. It is told, and does not count.
 * docs/audit.md has the checks and what their subjects are.
 */
export interface Accepted {
  /** The check that finds it: `hardening`. */
  check: string;
  /** What is found: `vpai_alloy/docker-socket`; `*` stands for any text. */
  subject: string;
  /** Why it is meant to be so, in a sentence without a full stop. */
  reason: string;
}
