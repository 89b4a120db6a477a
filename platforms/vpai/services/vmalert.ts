import { addressOf, defineService } from "../../../model/service";
import { alertRules } from "./vmalert/alert-rules";
import alertmanager from "./alertmanager";
import victoriametrics from "./victoriametrics";

const RULES = "/etc/vmalert/rules.yml";
const PORT = 8880;
const STORE = `http://${addressOf(victoriametrics)}`;

/** vmalert takes the request and answers before it reads; where it cannot use its rules, it goes on with the old ones. */
const RELOAD = `figure() { wget -q -O - "$1/metrics" | sed -n "s/^vmalert_config_last_reload_$2 //p"; }
before=$(figure "$1" total)
wget -q -O /dev/null "$1/-/reload" || exit 1
for _ in 1 2 3 4 5 6 7 8 9 10; do
  sleep 1
  if [ "$(figure "$1" total)" != "$before" ] && [ "$(figure "$1" successful)" = 1 ]; then exit 0; fi
done
echo "expected vmalert to load its rules, found that it goes on with those of before" >&2
exit 1`;

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
      `-notifier.url=http://${addressOf(alertmanager)}`,
    ],
  },
  user: { uid: 65534, gid: 65534 },
  port: PORT,
  files: (context) => [{ path: RULES, content: alertRules(context), validate: [`-rule=${RULES}`, "-dryRun"] }],
  onChange: { reload: ["sh", "-c", RELOAD, "reload", `http://127.0.0.1:${PORT}`] },
  version: { test: ["/vmalert-prod", "--version"], pattern: "v(\\d+\\.\\d+\\.\\d+)" },
  limits: { memoryMiB: 48, cpus: 0.1 },
  metrics: {},
  health: { test: ["wget", "-q", "-O", "/dev/null", `http://127.0.0.1:${PORT}/health`], interval: 10 },
  needs: ["victoriametrics", "alertmanager"],
});
