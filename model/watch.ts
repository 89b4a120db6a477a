import { createHmac } from "node:crypto";
import type { HostView, ServiceContext } from "./context";
import { jobsOn } from "./host-jobs";
import type { Job } from "./job";
import { gatewayOf } from "./peers";
import type { SecretDeclaration } from "./secret";
import { hostnameOf, type SiteName } from "./site";

/** What makes a service the one that jobs tell how their runs ended, and that calls somebody when they do not. */
export interface Watcher extends SiteName {
  /** What the token of each job is made of. */
  key: SecretDeclaration;
  /** Path of its site where it is told of the job whose token that is; `status` (`up` or `down`) and `msg` follow as a query. */
  pathOf: (token: string) => string;
}

/** A job whose runs are watched. */
export interface WatchedJob {
  /** Name of its host. */
  host: string;
  job: Job;
  /** Seconds without a word after which it counts as failed. */
  patience: number;
}

/** Seconds that a host may be away which is switched off every now and then (docs/decisions/offsite.md). */
const MAY_BE_AWAY = 7 * 86_400;

/** Seconds after which something that a host does is overdue. @param seconds that hold where it is always there */
export const patienceWith = ({ unreachable }: Pick<HostView, "unreachable">, seconds: number): number =>
  unreachable === "defer" ? Math.max(MAY_BE_AWAY, seconds) : seconds;

/** Who is told; undefined where nobody is, or nobody could be: a VPN-only site of a host without a VPN answers nobody. */
export function watcherOf(context: Pick<ServiceContext, "hosts" | "vpnEnforce">): Watcher | undefined {
  const { hosts, vpnEnforce } = context;
  const watcher = hosts.flatMap(({ services }) => services.flatMap(({ watches = [] }) => watches))[0];
  if (watcher === undefined) return undefined;
  return vpnEnforce && gatewayOf(context, watcher) === undefined ? undefined : watcher;
}

/** All jobs that tell the watcher how they ended; those of a host that is no node of an enforced VPN cannot. */
export function watchedJobs(context: ServiceContext): WatchedJob[] {
  if (watcherOf(context) === undefined) return [];
  return context.hosts
    .filter(({ vpnAddress }) => vpnAddress !== undefined || !context.vpnEnforce)
    .flatMap((host) =>
      jobsOn(host, context)
        .filter(({ watched = false }) => watched)
        .map((job) => ({ host: host.name, job, patience: patienceWith(host, job.overdueAfter) })),
    );
}

/** What the watcher knows a job by: who has it tells nothing of another job. 128 bits, in 32 hexadecimal digits. @param key value of the watcher's */
export const tokenOf = (key: string, job: string): string =>
  createHmac("sha256", key).update(job).digest("hex").slice(0, 32);

/** How a job tells the watcher, as settings of curl. @param token of the job */
export function tellingOf(watcher: Watcher, context: ServiceContext, token: string): string {
  const hostname = hostnameOf(watcher, context.domain);
  // No resolver of the host has to know the VPN's names.
  const address = gatewayOf(context, watcher);
  return [
    `url = "https://${hostname}${watcher.pathOf(token)}"`,
    ...(address === undefined ? [] : [`resolve = "${hostname}:443:${address}"`]),
    // Another host's own authority is not known; that it is that host is what the VPN shows.
    ...(context.tls === "internal" ? ["insecure"] : []),
    "",
  ].join("\n");
}
