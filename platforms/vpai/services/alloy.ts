import { llmKey } from "../../../capabilities/litellm-key";
import { SECRETS_FOLDER } from "../../../model/files";
import { METRICS_KEY } from "./litellm";
import loki from "./loki";
import { postgresqlDatabase } from "../../../capabilities/postgresql-database";
import { addressOf, defineService } from "../../../model/service";
import { METRICS_VARIABLE } from "../../../programs/postgresql";
import { certificatesJob } from "../../../programs/caddy/certificates";
import caddy from "./caddy";
import { alloyConfig } from "./alloy/config";
import { COLLECTOR_ALERTS, hostAlerts, JOB_ALERTS } from "./alloy/alerts";
import { HOSTS_DASHBOARD } from "./alloy/dashboard";
import victoriametrics from "./victoriametrics";

const NAME = "alloy";
const PORT = 12345;
const NETWORKS = ["backend", "monitoring"] as const;
const CONFIG = "/etc/alloy/config.alloy";
const DATA = "/var/lib/alloy/data";
const TEXTFILES = "/var/lib/alloy/metrics";
const LITELLM_KEY = "litellm_metrics_key";
const HOST_ROOT = "/host/root";

/** A login that may read the server's figures and nothing else; its own database stays empty. */
const DATABASE = postgresqlDatabase.own(NAME, "Alloy's", {
  memberOf: ["pg_monitor"],
});

export default defineService({
  name: NAME,
  group: "monitoring",
  run: {
    image: "docker.io/grafana/alloy:v1.13.0",
    networks: NETWORKS,
    entrypoint: ["/bin/alloy"],
    command: [
      "run",
      CONFIG,
      `--storage.path=${DATA}`,
      `--server.http.listen-addr=0.0.0.0:${PORT}`,
      "--disable-reporting",
    ],
    hostMounts: [
      { source: "/", target: HOST_ROOT },
      { source: "/var/run/docker.sock", target: "/var/run/docker.sock" },
    ],
  },
  user: { uid: 0, gid: 0 },
  port: PORT,
  files: (context) => [
    {
      path: CONFIG,
      content: alloyConfig(context, {
        collector: { name: NAME, networks: NETWORKS, keys: { [METRICS_KEY.name]: `${SECRETS_FOLDER}/${LITELLM_KEY}` } },
        metricsUrl: `http://${addressOf(victoriametrics)}/api/v1/write`,
        logsUrl: `http://${addressOf(loki)}/loki/api/v1/push`,
        hostRoot: HOST_ROOT,
        textfiles: TEXTFILES,
      }),
      validate: ["validate", CONFIG],
    },
  ],
  secrets: {
    [LITELLM_KEY]: { secret: METRICS_KEY, render: llmKey },
    postgresql_dsn: {
      secret: DATABASE.password,
      exported: METRICS_VARIABLE,
      render: postgresqlDatabase.url(DATABASE, "?sslmode=disable"),
    },
  },
  data: [
    { path: DATA, backup: { kind: "none", reason: "what it keeps is on its way to the stores" } },
    { path: TEXTFILES, directory: "metrics", backup: { kind: "none", reason: "jobs write their figures anew" } },
  ],
  version: { test: ["/bin/alloy", "--version"], pattern: "version v(\\d+\\.\\d+\\.\\d+)" },
  limits: { memoryMiB: 192, cpus: 0.5 },
  metrics: { askedBy: "store" },
  alerts: (host) => [...hostAlerts(host), ...COLLECTOR_ALERTS, ...JOB_ALERTS],
  dashboards: [HOSTS_DASHBOARD],
  jobs: [certificatesJob({ gateway: caddy.name, folder: "caddy/certificates", answersDomain: true })],
  // The image has no wget; its shell opens the connection itself.
  health: {
    test: [
      "/bin/bash",
      "-c",
      `exec 3<>/dev/tcp/127.0.0.1/${PORT}; printf 'GET /-/ready HTTP/1.0\\r\\n\\r\\n' >&3; read -r _ status _ <&3; [ "$status" = 200 ]`,
    ],
    interval: 10,
  },
  needs: ["victoriametrics", "loki"],
  uses: [postgresqlDatabase.request(DATABASE)],
});
