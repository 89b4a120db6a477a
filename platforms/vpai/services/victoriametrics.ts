import { defineService } from "../../../model/service";
import { scrapeTarget } from "../../../programs/alloy/scrape-targets";
import { ingest, METRICS_PATH } from "./victoriametrics/ingest";
import { victoriametricsScrape } from "./victoriametrics/scrape";

const NETWORKS = ["monitoring"] as const;
const SCRAPE = "/etc/victoriametrics/scrape.yml";
const PORT = 8428;

export default defineService({
  name: "victoriametrics",
  group: "monitoring",
  run: {
    image: "docker.io/victoriametrics/victoria-metrics:v1.135.0",
    networks: NETWORKS,
    command: [
      "-storageDataPath=/storage",
      "-retentionPeriod=30d",
      `-httpListenAddr=:${PORT}`,
      `-promscrape.config=${SCRAPE}`,
      "-memory.allowedPercent=60",
    ],
  },
  user: { uid: 65534, gid: 65534 },
  port: PORT,
  expose: [ingest(PORT, METRICS_PATH)],
  files: (context) => [
    {
      path: SCRAPE,
      content: victoriametricsScrape(
        context,
        context.services
          .filter(({ metrics }) => metrics?.askedBy === "store")
          .map((service) => scrapeTarget(service, { name: "victoriametrics", networks: NETWORKS })),
      ),
      validate: [`-promscrape.config=${SCRAPE}`, "-promscrape.config.dryRun"],
    },
  ],
  data: [{ path: "/storage", backup: { kind: "none", reason: "thirty days of metrics can be lost" } }],
  version: { test: ["/victoria-metrics-prod", "--version"], pattern: "v(\\d+\\.\\d+\\.\\d+)" },
  limits: { memoryMiB: 192, cpus: 0.5 },
  metrics: {},
  health: { test: ["wget", "-q", "-O", "/dev/null", `http://127.0.0.1:${PORT}/health`], interval: 10 },
  stopTimeout: 30,
});
