import type { ServiceContext } from "../../model/context";
import type { Collecting } from "./collecting";
import { containerLogs, unitLogs } from "./logs";
import { exporterMetrics, hostMetrics, serviceMetrics } from "./metrics";
import { exporterTargets } from "./scrape-targets";
import { alloySyntax, type Block } from "./syntax";

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
