import type { Service } from "./service";

/** Where a program tells its metrics, unless it says otherwise. */
export const METRICS_PATH = "/metrics";

/**
 * What no gateway passes on of a port of a service, to anybody: the requests that make a first user, and metrics that want no key, which
 * the collector reads from inside. What ends in `*` stands for all that begin so.
 */
export const closedPaths = (service: Pick<Service, "firstUser" | "metrics" | "port">, port: number): string[] => [
  ...(service.firstUser?.closed ?? []),
  ...keylessMetrics(service, port),
];

/** An exporter asks the program otherwise; what it tells is no request of the program's. */
function keylessMetrics({ metrics, port: own }: Pick<Service, "metrics" | "port">, port: number): string[] {
  if (metrics === undefined || metrics.key !== undefined || metrics.exporter !== undefined) return [];
  return (metrics.port ?? own) === port ? [`${metrics.path ?? METRICS_PATH}*`] : [];
}
