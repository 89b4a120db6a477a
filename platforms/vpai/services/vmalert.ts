import { addressOf, defineService } from "../../../model/service";
import { alertRules } from "./vmalert/alert-rules";
import victoriametrics from "./victoriametrics";

const RULES = "/etc/vmalert/rules.yml";
const PORT = 8880;
const STORE = `http://${addressOf(victoriametrics)}`;

export default defineService({
  name: "vmalert",
  group: "monitoring",
  run: {
    image: "docker.io/victoriametrics/vmalert:v1.135.0",
    networks: ["monitoring"],
    command: [
      `-rule=${RULES}`,
      `-httpListenAddr=:${PORT}`,
      `-datasource.url=${STORE}`,
      // The state of alerts outlives a restart, and Grafana shows it, as the series ALERTS.
      `-remoteWrite.url=${STORE}`,
      `-remoteRead.url=${STORE}`,
      "-notifier.blackhole",
    ],
  },
  user: { uid: 65534, gid: 65534 },
  port: PORT,
  files: (context) => [{ path: RULES, content: alertRules(context), validate: [`-rule=${RULES}`, "-dryRun"] }],
  // It reads its rules again, and goes on with the old ones where it cannot.
  onChange: { reload: ["wget", "-q", "-O", "/dev/null", `http://127.0.0.1:${PORT}/-/reload`] },
  version: { test: ["/vmalert-prod", "--version"], pattern: "v(\\d+\\.\\d+\\.\\d+)" },
  limits: { memoryMiB: 48, cpus: 0.1 },
  metrics: {},
  health: { test: ["wget", "-q", "-O", "/dev/null", `http://127.0.0.1:${PORT}/health`], interval: 10 },
  needs: ["victoriametrics"],
});
