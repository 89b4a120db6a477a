import type { ServiceContext } from "../../model/context";
import type { ExporterValue } from "../../model/monitoring";
import { EVERY, rule, SERVICE_LABEL, unitPattern, unitsOf } from "./blocks";
import type { Collecting } from "./collecting";
import { type ExporterTarget, type ScrapeTarget, scrapeTargets } from "./scrape-targets";
import { type Block, Expression, type Value } from "./syntax";

const SAMPLES = new Expression("prometheus.remote_write.victoriametrics.receiver");
const RELABELLED = new Expression("prometheus.relabel.services.receiver");

/** Collectors of node_exporter that tell of the host; those for networks would only see the container's own. */
const HOST_COLLECTORS = [
  ...["cpu", "diskstats", "filefd", "filesystem", "loadavg", "meminfo"],
  ...["stat", "textfile", "time", "uname", "vmstat"],
];

/** What the host itself tells, its units among it. */
export const hostMetrics = (context: ServiceContext, { hostRoot, textfiles, units }: Collecting): Block[] => [
  {
    type: "prometheus.exporter.unix",
    label: "host",
    attributes: {
      rootfs_path: hostRoot,
      procfs_path: `${hostRoot}/proc`,
      sysfs_path: `${hostRoot}/sys`,
      set_collectors: [...HOST_COLLECTORS, ...(units ? ["systemd"] : [])],
    },
    blocks: [
      { type: "textfile", attributes: { directory: textfiles } },
      ...(units
        ? [{ type: "systemd", attributes: { enable_restarts: true, unit_include: unitPattern(unitsOf(context)) } }]
        : []),
    ],
  },
  ...exported("prometheus.exporter.unix", "host", { job: "host", instance: context.host }),
];

/** What services tell of themselves, and cAdvisor of containers. */
export const serviceMetrics = (context: ServiceContext, { collector }: Collecting): Block[] => [
  ...serviceScrapes(scrapeTargets(context, collector)),
  {
    type: "prometheus.relabel",
    label: "services",
    attributes: { forward_to: [SAMPLES] },
    blocks: [
      // cAdvisor also tells of control groups that are no container of ours.
      rule({
        action: "drop",
        source_labels: ["__name__", SERVICE_LABEL.cadvisor],
        separator: ";",
        regex: "container_.+;",
      }),
      rule({ source_labels: [SERVICE_LABEL.cadvisor], regex: "(.+)", target_label: "service" }),
      rule({ action: "labeldrop", regex: `${SERVICE_LABEL.cadvisor}|id` }),
    ],
  },
];

/** One scrape for all that answer everybody, and one for each that wants a key. */
const serviceScrapes = (targets: readonly ScrapeTarget[]): Block[] => [
  scrape("services", targets.filter(({ keyFile }) => keyFile === undefined).map(staticTarget), RELABELLED),
  ...targets.flatMap((target) => (target.keyFile === undefined ? [] : [keyed(target, target.keyFile)])),
];

const keyed = (target: ScrapeTarget, file: string): Block => ({
  ...scrape("services", [staticTarget(target)], RELABELLED),
  label: `services_${target.service.replaceAll("-", "_")}`,
  blocks: [{ type: "authorization", attributes: { type: "Bearer", credentials_file: file } }],
});

const staticTarget = ({ service, address, path }: ScrapeTarget): Value => ({
  __address__: address,
  __metrics_path__: path,
  service,
});

/** What an exporter of Alloy's tells of a service. */
export function exporterMetrics({ service, address, exporter }: ExporterTarget): Block[] {
  const { component: type } = exporter;
  const label = service.replaceAll("-", "_");
  const attributes = Object.fromEntries(
    Object.entries(exporter.attributes(address)).map(([name, value]) => [name, valueOf(value)]),
  );
  return [{ type, label, attributes }, ...exported(type, label, { job: "services", service, instance: address })];
}

function valueOf(value: ExporterValue): Value {
  if (typeof value !== "object") return value;
  return "environment" in value ? new Expression(`sys.env("${value.environment}")`) : value.map(valueOf);
}

/** Scrapes what an exporter exports, under labels of our own. */
const exported = (type: string, label: string, labels: Readonly<Record<string, string>>): Block[] => [
  {
    type: "discovery.relabel",
    label,
    attributes: { targets: new Expression(`${type}.${label}.targets`) },
    blocks: Object.entries(labels).map(([name, value]) => rule({ target_label: name, replacement: value })),
  },
  scrape(label, new Expression(`discovery.relabel.${label}.output`), SAMPLES),
];

const scrape = (job: string, targets: Value, receiver: Expression): Block => ({
  type: "prometheus.scrape",
  label: job,
  attributes: { targets, forward_to: [receiver], job_name: job, scrape_interval: EVERY, scrape_timeout: "10s" },
});
