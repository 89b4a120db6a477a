import { METRICS_PATH } from "../../model/closed-paths";
import type { ServiceContext } from "../../model/context";
import type { Exporter } from "../../model/monitoring";
import { addressOf, networksOf, type Service } from "../../model/service";
import { isOnDemand } from "../../model/run";
import { UserError } from "../../model/finding";

/** Where the metrics of one service are. */
export interface ScrapeTarget {
  service: string;
  /** `<name>:<port>` on the networks. */
  address: string;
  path: string;
  /** File of the key that it wants, as the collector sees it. Default: it wants none. */
  keyFile?: string;
}

/** Who scrapes; it reaches what shares a network with it. */
export interface Collector {
  name: string;
  networks: readonly string[];
  /** Files of the keys that it has, as it sees them, by the secrets' names. Default: none. */
  keys?: Readonly<Record<string, string>>;
}

/**
 * All services of the host that tell metrics themselves, but for those that somebody else asks, or that run on demand.
 * @throws when the collector reaches one of them on no network, or one has no port
 */
export const scrapeTargets = ({ services }: ServiceContext, collector: Collector): ScrapeTarget[] =>
  services
    .filter(({ run }) => !isOnDemand(run))
    .filter(({ metrics }) => metrics !== undefined && metrics.askedBy !== "store" && metrics.exporter === undefined)
    .map((service) => scrapeTarget(service, collector));

/**
 * Services that the collector asks through an exporter, because they tell no metrics themselves.
 * @throws as {@link scrapeTargets}
 */
export const exporterTargets = ({ services }: ServiceContext, collector: Collector): ExporterTarget[] =>
  services.flatMap((service) => {
    const exporter = service.metrics?.exporter;
    return exporter === undefined || isOnDemand(service.run) ? [] : [{ ...scrapeTarget(service, collector), exporter }];
  });

/** A service and the exporter that asks it. */
export interface ExporterTarget extends ScrapeTarget {
  exporter: Exporter;
}

/** @throws when the collector does not reach the service, or lacks its key, or the service has no port */
export function scrapeTarget(service: Service, collector: Collector): ScrapeTarget {
  const { name, metrics = {} } = service;
  const networks = networksOf(service);
  if (!networks.some((network) => collector.networks.includes(network)))
    throw new UserError(
      `metrics of ${name}: expected one of ${collector.name}'s networks (${collector.networks.join(", ")}), ` +
        `found ${networks.join(", ")}; put it on one of them, or take its metrics away`,
    );
  return {
    service: name,
    address: addressOf({ ...service, ...metrics }),
    path: metrics.path ?? METRICS_PATH,
    ...(metrics.key === undefined ? {} : { keyFile: keyFileOf(name, metrics.key, collector) }),
  };
}

function keyFileOf(service: string, key: string, { name, keys = {} }: Collector): string {
  const file = keys[key];
  if (file !== undefined) return file;
  throw new UserError(
    `metrics of ${service}: expected ${name} to have the key ${key} among its secrets, found it has none of that name; ` +
      "give it to the collector, or take the metrics away",
  );
}
