/** Folder of a host, below the platform's, where its collector reads the metrics that jobs and commands leave there. */
export const METRICS_FOLDER = "data/metrics";

/** What an exporter is told: a value, the text of an environment variable of the collector, or several of them. */
export type ExporterValue = string | number | boolean | { environment: string } | readonly ExporterValue[];

/** The collector's component that asks a program which tells no metrics itself. */
export interface Exporter {
  /** Name of Alloy's component, e.g. `prometheus.exporter.redis`. */
  component: string;
  /** Its attributes. @param address `<name>:<port>` of the program on the networks */
  attributes: (address: string) => Readonly<Record<string, ExporterValue>>;
}

/** Where a program tells its metrics in Prometheus' text format. */
interface Metrics {
  /** The container's port. Default: the service's own. */
  port?: number;
  /** Default: `/metrics`. Without a key, no gateway passes it on. */
  path?: string;
  /** Name of the secret that a request shows as a bearer token; who asks has it among its own. Default: none is asked for. */
  key?: string;
  /** Default: the program has metrics of its own. */
  exporter?: Exporter;
  /** Who asks: the collector, or for the collector itself the store, which notices its absence. Default: `collector`. */
  askedBy?: "collector" | "store";
}

/** What somebody wants to know before the users do. */
export interface Alert {
  /** In CamelCase, unique. */
  name: string;
  /** PromQL that has a result while something is wrong. */
  expr: string;
  /** How long it must be wrong, as Prometheus writes durations. */
  after: string;
  /** `critical`: act now; `warning`: act this week; `info`: nothing is wrong. */
  severity: "critical" | "warning" | "info";
  /** One sentence; `{{ $labels.<name> }}` and `{{ $value }}` are filled in. */
  summary: string;
  /** Anchor of the section of docs/runbook.md that says what to do. */
  runbook: string;
  /** How the value is told, in the same form as the summary. Default: the bare number. */
  value?: string;
  /** Whether it says that its host is not there: nobody is called for one that may be away. Default: false. */
  absence?: boolean;
  /** What it is about, where its series carry no label `service`. Default: the service that declares it. */
  about?: string;
}

/** Which store a query is for; also the uid of Grafana's data source. */
export type Store = "victoriametrics" | "loki";

/** A query and what its lines are called. */
interface Query {
  /** PromQL, or LogQL in a panel of logs. */
  expr: string;
  /** `{{label}}` is filled in. Default: the whole series. */
  legend?: string;
}

/** How a panel shows its figures. */
export type PanelKind = "timeseries" | "stat" | "table" | "logs";

/** One picture of a dashboard. */
export interface Panel {
  title: string;
  /** Default: `timeseries`. */
  kind?: PanelKind;
  /** Unit by Grafana's name, such as `bytes`, `percentunit`, `s`, `currencyUSD`. Default: a plain number. */
  unit?: string;
  queries: readonly Query[];
}

/** A page of panels. */
export interface Dashboard {
  /** Part of its URL; never changes. */
  uid: string;
  title: string;
  /** Whether it is what one sees first. Default: false. */
  home?: boolean;
  panels: readonly Panel[];
}

/** What a service tells of how it is watched. */
export interface Monitored {
  /** Makes it a scrape target. Default: it has no metrics. */
  metrics?: Metrics;
  /** What is wrong with it, or with what it measures. Default: nothing is watched. @param host that it runs on */
  alerts?: (host: string) => readonly Alert[];
  /** Pages about it. Default: none. */
  dashboards?: readonly Dashboard[];
}
