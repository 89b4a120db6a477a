import loki from "./loki";
import { addressOf, defineService } from "../../../model/service";
import { singleLine } from "./postgresql";
import { METRICS_USER } from "./redis";
import { alloyConfig } from "./alloy/config";
import { databaseUrl } from "../../../capabilities/database-url";
import victoriametrics from "./victoriametrics";

const NAME = "alloy";
const PORT = 12345;
const NETWORKS = ["backend", "monitoring"] as const;
const CONFIG = "/etc/alloy/config.alloy";
const DATA = "/var/lib/alloy/data";
const TEXTFILES = "/var/lib/alloy/metrics";
const HOST_ROOT = "/host/root";
const POSTGRESQL_VARIABLE = "POSTGRESQL_DSN";

/** A login that may read the server's figures and nothing else; its own database stays empty. */
const DATABASE = {
  name: NAME,
  role: NAME,
  password: {
    name: "alloyDatabasePassword",
    description: "Password of Alloy's role in PostgreSQL, which reads statistics",
    origin: "random",
    length: 32,
    check: singleLine,
  },
  memberOf: ["pg_monitor"],
} as const;

const connectionString = (password: string): string => `${databaseUrl(DATABASE)(password)}?sslmode=disable`;

export default defineService({
  name: NAME,
  group: "monitoring",
  image: "docker.io/grafana/alloy:v1.13.0",
  user: { uid: 0, gid: 0 },
  networks: NETWORKS,
  port: PORT,
  entrypoint: ["/bin/alloy"],
  command: [
    "run",
    CONFIG,
    `--storage.path=${DATA}`,
    `--server.http.listen-addr=0.0.0.0:${PORT}`,
    "--disable-reporting",
  ],
  files: (context) => [
    {
      path: CONFIG,
      content: alloyConfig(context, {
        collector: { name: NAME, networks: NETWORKS },
        metricsUrl: `http://${addressOf(victoriametrics)}/api/v1/write`,
        logsUrl: `http://${addressOf(loki)}/loki/api/v1/push`,
        hostRoot: HOST_ROOT,
        textfiles: TEXTFILES,
        postgresqlVariable: POSTGRESQL_VARIABLE,
        redisUser: METRICS_USER,
      }),
      validate: ["validate", CONFIG],
    },
  ],
  secrets: {
    postgresql_dsn: { secret: DATABASE.password, exported: POSTGRESQL_VARIABLE, render: connectionString },
  },
  data: [{ path: DATA }, { path: TEXTFILES, directory: "metrics" }],
  hostMounts: [
    { source: "/", target: HOST_ROOT },
    { source: "/var/run/docker.sock", target: "/var/run/docker.sock" },
  ],
  version: { test: ["/bin/alloy", "--version"], pattern: "version v(\\d+\\.\\d+\\.\\d+)" },
  limits: { memoryMiB: 192, cpus: 0.5 },
  metrics: {},
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
  database: DATABASE,
  backup: { kind: "none", reason: "what it keeps is on its way to the stores" },
});
