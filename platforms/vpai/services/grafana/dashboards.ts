import type { HostView } from "../../../../model/context";
import type { Dashboard } from "../../../../model/monitoring";

/** The dashboards of all services of the platform, each once. */
export function dashboardsOf(hosts: readonly HostView[]): Dashboard[] {
  const all = hosts.flatMap(({ services }) => services.flatMap(({ dashboards = [] }) => dashboards));
  return [...new Map(all.map((dashboard) => [dashboard.uid, dashboard])).values()];
}
