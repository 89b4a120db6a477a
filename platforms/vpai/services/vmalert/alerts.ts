import type { HostView } from "../../../../model/context";
import type { Alert } from "../../../../model/monitoring";

/** An alert with what it is about. */
export type KnownAlert = Alert & { about: string };

/** The alerts of all services of the platform, each once: a program that runs on several hosts may tell the same of all. */
export function alertsOf(hosts: readonly HostView[]): KnownAlert[] {
  const all = hosts.flatMap(({ name: host, services }) =>
    services.flatMap(({ name, alerts }) => (alerts?.(host) ?? []).map((alert) => ({ about: name, ...alert }))),
  );
  return [...new Map(all.map((alert) => [`${alert.name} ${alert.expr}`, alert])).values()];
}
