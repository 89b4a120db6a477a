import type { HostView } from "../../../../model/context";
import type { Alert } from "../../../../model/monitoring";

/** The alerts of all services of the platform, each once: a program that runs on several hosts may tell the same of all. */
export function alertsOf(hosts: readonly HostView[]): Alert[] {
  const all = hosts.flatMap(({ name, services }) => services.flatMap(({ alerts }) => alerts?.(name) ?? []));
  return [...new Map(all.map((alert) => [`${alert.name} ${alert.expr}`, alert])).values()];
}
