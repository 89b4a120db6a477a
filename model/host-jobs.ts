import type { HostView, ServiceContext } from "./context";
import type { Job } from "./job";
import { hostJobsOf } from "./platform";
import { jobsOf } from "./service";

/** What another host's own jobs are told of their surroundings. */
export const contextOn = (host: HostView, context: ServiceContext): ServiceContext => ({
  ...context,
  host: host.name,
  services: host.services,
  networks: host.networks,
});

/** All jobs of a host in these surroundings: its services' and its own. */
export function jobsOn(host: HostView, context: ServiceContext): Job[] {
  const there = contextOn(host, context);
  return [...host.services.flatMap((service) => jobsOf(service, there)), ...hostJobsOf(host, there)];
}
