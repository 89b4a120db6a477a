import { hostJobsOf } from "../../model/platform";
import { isContainer } from "../../model/run";
import type { Service } from "../../model/service";
import { type HostPlan, onEachService, type Policy, placeOf } from "./policy";
import { type Claim, unique } from "./unique";

/** A job's name is that of its timer and its folders on a host, where services have theirs, and of what somebody runs by hand. */
export const namedJobs: Policy = (plans) => {
  const jobs = [
    ...claimsOf(plans, (service) => (service.jobs ?? []).map(({ name }) => name)),
    ...plans.flatMap(({ name: at, host, context }) => hostJobsOf(host, context).map(({ name }): Claim => [name, at])),
  ];
  const names = new Set(jobs.map(([name]) => name));
  const services = claimsOf(plans, ({ name }) => [name]).filter(([name]) => names.has(name));
  return unique(
    [...jobs, ...services],
    (name) => `more than one job or service named ${name}`,
    "give each job a name of its own",
  );
};

const claimsOf = (plans: readonly HostPlan[], names: (service: Service) => string[]): Claim[] =>
  plans.flatMap((plan) =>
    plan.services.flatMap((service) => names(service).map((name): Claim => [name, placeOf(plan, service)])),
  );

/** What cannot run, or could never be overdue, is found before its first night. */
export const scheduledJobs = onEachService(({ jobs = [], run }) =>
  jobs.flatMap(({ name, argv, overdueAfter, timeout = 1, retries = { count: 0, backoff: 1 }, ...job }) => [
    ...(argv.length > 0
      ? []
      : [{ expected: "a command for each job", found: `none for ${name}`, mend: "name it in argv" }]),
    ...([overdueAfter, timeout, retries.backoff].every((seconds) => seconds > 0) && retries.count >= 0
      ? []
      : [
          {
            expected: "seconds above zero for each job",
            found: `${name} with overdueAfter, timeout or retries that are not`,
            mend: "give seconds as numbers above zero",
          },
        ]),
    ...(job.in === "container" && job.image === undefined && !isContainer(run)
      ? [{ expected: "an image for each job in a container", found: `none for ${name}`, mend: "name it in image" }]
      : []),
  ]),
);
