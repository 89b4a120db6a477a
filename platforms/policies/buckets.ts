import { hostJobsOf } from "../../model/platform";
import type { HostPlan, Policy } from "./policy";

/** A bucket that nothing is ever brought into looks as safe as a full one. */
export const filledBuckets: Policy = (plans, buckets) =>
  buckets.flatMap(({ name, filledBy }) => {
    if (filledBy === undefined || plans.some((plan) => hasJob(hostJobsOf(plan.host, plan.context), filledBy)))
      return [];
    const idle = plans.find((plan) => isIdleWith(plan, filledBy));
    const groups = idle?.host.groups.join(", ") ?? "";
    return [
      {
        where: `bucket ${name}`,
        expected: `a host that runs the job ${filledBy}, which fills it`,
        found:
          idle === undefined
            ? "no host of the stack that has it"
            : `none: ${idle.name}, which has it, runs nothing, as none of its groups is chosen (${groups})`,
        mend:
          idle === undefined
            ? "add that host to vpai:hosts with a group of its services, or leave the bucket out of the stack's file"
            : `choose one of ${groups} in vpai:services, or leave the bucket out of the stack's file until then`,
      },
    ];
  });

const hasJob = (jobs: readonly { name: string }[], wanted: string): boolean => jobs.some(({ name }) => name === wanted);

/** Whether a host would have a job if it ran something. */
const isIdleWith = ({ host, services, context }: HostPlan, wanted: string): boolean =>
  services.length === 0 && hasJob(host.jobs?.(context) ?? [], wanted);
