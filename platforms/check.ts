import type { Bucket } from "../model/bucket";
import { problemsOf } from "../model/finding";
import { type HostPlan, policies } from "./policies";

/** @throws UserError with everything that is wrong, before anything is touched */
export function checkPlatform(plans: readonly HostPlan[], buckets: readonly Bucket[] = []): void {
  const findings = policies.flatMap((policy) => policy(plans, buckets));
  if (findings.length > 0) throw problemsOf("The platform", findings);
}
