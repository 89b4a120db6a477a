import { defineService } from "../../../model/service";
import { lokiConfig } from "./loki/config";
import { ingest, LOGS_PATH } from "./victoriametrics/ingest";

const CONFIG = "/etc/loki/loki.yaml";
const PORT = 3100;

export default defineService({
  name: "loki",
  group: "monitoring",
  run: {
    image: "docker.io/grafana/loki:3.6.5",
    networks: ["monitoring"],
    command: [`-config.file=${CONFIG}`],
  },
  user: { uid: 10001, gid: 10001 },
  port: PORT,
  expose: [ingest(PORT, LOGS_PATH)],
  files: () => [
    {
      path: CONFIG,
      content: lokiConfig({ port: PORT, folder: "/loki", retentionDays: 30 }),
      validate: [`-config.file=${CONFIG}`, "-verify-config"],
    },
  ],
  data: [{ path: "/loki", backup: { kind: "none", reason: "thirty days of logs can be lost" } }],
  version: { test: ["/usr/bin/loki", "--version"], pattern: "version (\\d+\\.\\d+\\.\\d+)" },
  limits: { memoryMiB: 160, cpus: 0.5 },
  metrics: {},
  // The image has neither shell nor wget: the program asks itself.
  health: { test: ["/usr/bin/loki", "-health", `-health.url=http://127.0.0.1:${PORT}/ready`], interval: 10 },
  stopTimeout: 30,
});
