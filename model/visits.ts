import type { HostView, ServiceContext } from "./context";
import type { Job } from "./job";
import { declaredHostJobs } from "./platform";

const SSH = 22;

/** Port of a host's SSH server. */
export const sshPortOf = ({ sshPort = SSH }: Pick<HostView, "sshPort">): number => sshPort;

/** A job that logs in to hosts, and those hosts, in the platform's order. */
interface Round {
  job: Job;
  hosts: HostView[];
}

/** The jobs of a host that log in to hosts, also to their own, in these surroundings: its services' and its own. */
export function roundsOf(host: HostView, { hosts, ...rest }: ServiceContext): Round[] {
  const { name, services, networks } = host;
  const context = { ...rest, hosts, host: name, services, networks };
  const jobs = [...services.flatMap((service) => service.jobs ?? []), ...declaredHostJobs(host, context)];
  return jobs.flatMap((job) => {
    const { visits, needed = () => true } = job;
    if (visits === undefined || !needed(context)) return [];
    const names = visits.to(context).map((visit) => visit.host);
    return [{ job, hosts: hosts.filter((one) => names.includes(one.name)) }];
  });
}
