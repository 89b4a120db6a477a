import type { ServiceContext } from "../../model/context";
import type { ExporterValue } from "../../model/monitoring";
import { hostJobsOf } from "../../model/platform";
import { isUnitService, jobsOf } from "../../model/service";
import { alloySyntax, type Block, Expression, type Value } from "./syntax";
import {
  type Collector,
  type ExporterTarget,
  exporterTargets,
  type ScrapeTarget,
  scrapeTargets,
} from "./scrape-targets";

/** Where a collector writes. */
export interface Stores {
  /** URL that takes samples by Prometheus' remote write. */
  metricsUrl: string;
  /** URL of Loki's push API. */
  logsUrl: string;
  /** What it logs in with; the password is in a file, as it sees it. Default: nobody asks. */
  login?: { user: string; passwordFile: string };
  /** Whether certificates are not checked. Default: they are. */
  unverified?: boolean;
}

/** What the collector works with. */
export interface Collecting {
  collector: Collector;
  stores: Stores;
  /** Where the container sees the host's own root. */
  hostRoot: string;
  /** Folder whose `*.prom` files hold metrics of jobs on the host. */
  textfiles: string;
  /** Whether the host's systemd units are watched. */
  units: boolean;
}

const DOCKER = "unix:///var/run/docker.sock";
const EVERY = "30s";
const SAMPLES = new Expression("prometheus.remote_write.victoriametrics.receiver");
const RELABELLED = new Expression("prometheus.relabel.services.receiver");

/** Label that names a container's service, as Docker's discovery and as cAdvisor write it. */
const SERVICE_LABEL = {
  docker: "__meta_docker_container_label_dev_vpai_service",
  cadvisor: "container_label_dev_vpai_service",
};

/** Label that names a journal's unit, as Alloy's source writes it. */
const UNIT_LABEL = "__journal__systemd_unit";

/** Collectors of node_exporter that tell of the host; those for networks would only see the container's own. */
const HOST_COLLECTORS = [
  ...["cpu", "diskstats", "filefd", "filesystem", "loadavg", "meminfo"],
  ...["stat", "textfile", "time", "uname", "vmstat"],
];

/** Alloy's pipelines: metrics of the host, of the containers, units and services, and the logs of containers and units. */
export const alloyConfig = (context: ServiceContext, collecting: Collecting): string =>
  alloySyntax([
    { type: "logging", attributes: { level: "info", format: "logfmt" } },
    remoteWrite(context, collecting),
    ...hostMetrics(context, collecting),
    ...serviceMetrics(context, collecting),
    ...exporterTargets(context, collecting.collector).flatMap(exporterMetrics),
    ...containerLogs(context),
    ...unitLogs(context, collecting),
    { type: "loki.write", label: "loki", blocks: [endpoint(collecting.stores.logsUrl, collecting)] },
  ]);

const remoteWrite = ({ host }: ServiceContext, collecting: Collecting): Block => ({
  type: "prometheus.remote_write",
  label: "victoriametrics",
  attributes: { external_labels: { host } },
  blocks: [endpoint(collecting.stores.metricsUrl, collecting)],
});

const endpoint = (url: string, { stores: { login, unverified = false } }: Collecting): Block => ({
  type: "endpoint",
  attributes: { url },
  blocks: [
    ...(login === undefined
      ? []
      : [{ type: "basic_auth", attributes: { username: login.user, password_file: login.passwordFile } }]),
    ...(unverified ? [{ type: "tls_config", attributes: { insecure_skip_verify: true } }] : []),
  ],
});

const hostMetrics = (context: ServiceContext, { hostRoot, textfiles, units }: Collecting): Block[] => [
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

/** Names of the host's services that are systemd units, as systemd has them. */
const unitsOf = ({ services }: ServiceContext): string[] =>
  services.filter(isUnitService).map(({ name, run: { unit = name } }) => unit);

/** Jobs of the host and of its services, each a systemd service of its name. */
const jobNamesOf = (context: ServiceContext): string[] => {
  const own = context.hosts.filter(({ name }) => name === context.host);
  return [
    ...context.services.flatMap((service) => jobsOf(service, context)),
    ...own.flatMap((host) => hostJobsOf(host, context)),
  ].map(({ name }) => name);
};

const unitPattern = (names: readonly string[]): string => `(${names.join("|")})[.]service`;

const serviceMetrics = (context: ServiceContext, { collector }: Collecting): Block[] => [
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

function exporterMetrics({ service, address, exporter }: ExporterTarget): Block[] {
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

const LINES = new Expression("loki.write.loki.receiver");

const containerLogs = ({ host }: ServiceContext): Block[] => [
  {
    type: "discovery.docker",
    label: "containers",
    attributes: { host: DOCKER, refresh_interval: EVERY },
    blocks: [{ type: "filter", attributes: { name: "label", values: ["dev.vpai.service"] } }],
  },
  {
    type: "discovery.relabel",
    label: "containers",
    attributes: { targets: new Expression("discovery.docker.containers.targets") },
    blocks: [
      rule({ source_labels: [SERVICE_LABEL.docker], target_label: "service" }),
      rule({ source_labels: ["__meta_docker_container_name"], regex: "/(.*)", target_label: "container" }),
    ],
  },
  {
    type: "loki.source.docker",
    label: "containers",
    attributes: {
      host: DOCKER,
      targets: new Expression("discovery.relabel.containers.output"),
      labels: { host },
      forward_to: [LINES],
      refresh_interval: EVERY,
    },
  },
];

/** What units and jobs log is in the host's journal. */
function unitLogs(context: ServiceContext, { hostRoot, units }: Collecting): Block[] {
  const pattern = unitPattern([...unitsOf(context), ...jobNamesOf(context)]);
  if (!units) return [];
  return [
    {
      type: "loki.relabel",
      label: "units",
      attributes: { forward_to: [] },
      blocks: [
        rule({ action: "keep", source_labels: [UNIT_LABEL], regex: pattern }),
        rule({ source_labels: [UNIT_LABEL], regex: "(.+)[.]service", target_label: "service" }),
      ],
    },
    {
      type: "loki.source.journal",
      label: "units",
      attributes: {
        path: `${hostRoot}/var/log/journal`,
        labels: { host: context.host },
        relabel_rules: new Expression("loki.relabel.units.rules"),
        forward_to: [LINES],
      },
    },
  ];
}

const rule = (attributes: Readonly<Record<string, Value>>): Block => ({ type: "rule", attributes });
