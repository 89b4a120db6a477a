import type { HostView, ServiceContext } from "./context";
import { contextOn, jobsOn } from "./host-jobs";
import type { Job } from "./job";

const SSH = 22;

/** Port of a host's SSH server. */
export const sshPortOf = ({ sshPort = SSH }: Pick<HostView, "sshPort">): number => sshPort;

/** A job that logs in to hosts, and those hosts, in the platform's order. */
interface Round {
  job: Job;
  hosts: HostView[];
}

/** The jobs of a host that log in to hosts, also to their own, in these surroundings: its services' and its own. */
export function roundsOf(host: HostView, context: ServiceContext): Round[] {
  const there = contextOn(host, context);
  return jobsOn(host, context).flatMap((job) => {
    if (job.visits === undefined) return [];
    const names = job.visits.to(there).map((visit) => visit.host);
    return [{ job, hosts: context.hosts.filter(({ name }) => names.includes(name)) }];
  });
}

/** Comment of the key by which a job is let in where it visits, `offsite@seko-vpn`: unique there. @param host where it runs */
export const visitorName = (job: Pick<Job, "name">, host: string): string => `${job.name}@${host}`;

/** The jobs of all hosts that log in to a host, by the comments of their keys. */
export const visitorsOf = (host: string, context: ServiceContext): string[] =>
  context.hosts.flatMap((home) =>
    roundsOf(home, context)
      .filter(({ hosts }) => hosts.some(({ name }) => name === host))
      .map(({ job }) => visitorName(job, home.name)),
  );
