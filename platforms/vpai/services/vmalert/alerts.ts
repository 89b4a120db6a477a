import type { HostView } from "../../../../model/context";
import type { Alert } from "../../../../model/monitoring";

/** An alert with what it is about. */
export type KnownAlert = Alert & { about: string };

/**
 * The alerts of all services of the platform, each once: a program that runs on several hosts may tell the same of all. That a host
 * which may be away is not there calls nobody.
 */
export function alertsOf(hosts: readonly HostView[]): KnownAlert[] {
  const all = hosts.flatMap(({ name: host, services, unreachable }) =>
    services.flatMap(({ name, alerts }) =>
      (alerts?.(host) ?? [])
        .filter(({ absence = false }) => !absence || unreachable !== "defer")
        .map((alert) => ({ about: name, ...alert })),
    ),
  );
  // The first one's words count.
  return [...new Map(all.reverse().map((alert) => [`${alert.name} ${alert.expr}`, alert])).values()].reverse();
}
