import { RunError } from "@pulumi/pulumi";
import { type HostPlan, policies, type Violation } from "./policies";

/** Everything that is wrong, found before anything is touched. A RunError, so that Pulumi shows it without a stack trace. */
export class PlatformError extends RunError {
  constructor(readonly violations: readonly Violation[]) {
    const lines = violations.map(({ place, problem, mend }) => `  ${place}\n    found: ${problem}\n    to do: ${mend}`);
    super(`The platform has ${violations.length} problem(s):\n\n${lines.join("\n\n")}\n`);
  }
}

/** @throws PlatformError with every violation at once */
export function checkPlatform(plans: readonly HostPlan[]): void {
  const violations = policies.flatMap((policy) => policy(plans));
  if (violations.length > 0) throw new PlatformError(violations);
}
