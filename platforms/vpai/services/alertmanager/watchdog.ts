import type { HostJob } from "../../../../model/job";
import { WATCHDOG } from "./config";

/** Asks Alertmanager for what it was told. Arguments: container, port of its API, name of the alert. */
const SCRIPT = `url="http://127.0.0.1:$2/api/v2/alerts?active=true&filter=alertname%3D%22$3%22"
told=$(docker exec "$1" wget -q -T 10 -O - "$url") || { echo "Alertmanager gives no answer" >&2; exit 1; }
case $told in *"\\"alertname\\":\\"$3\\""*) ;; *) echo "expected the alert $3, which always fires, found none: vmalert or its store is down" >&2; exit 1 ;; esac`;

/**
 * Whether the alert that always fires has come to Alertmanager: asked every ten minutes, and told to who watches from outside, which
 * calls when it has not, or when nobody says so any more (docs/decisions/alerts.md). In Alertmanager's own container, so that none
 * comes and goes for it all day.
 */
export const watchdogJob = (service: string, port: number): HostJob => ({
  in: "host",
  name: "alerts-watchdog",
  purpose: "Whether alerts come as far as Alertmanager",
  schedule: "*:0/10",
  argv: ["/bin/sh", "-uc", SCRIPT, "watchdog", `{prefix}${service}`, String(port), WATCHDOG],
  // Docker's client looks for settings at home, where the job has none.
  environment: () => ({ DOCKER_CONFIG: "/tmp" }),
  // Owner of the engine's socket; it has no right beside.
  user: { uid: 0, gid: 0 },
  // After a start of Alertmanager, vmalert tells it again within a minute.
  retries: { count: 2, backoff: 60 },
  timeout: 30,
  overdueAfter: 1800,
  watched: true,
  limits: { memoryMiB: 48, cpus: 0.25 },
});
