import type { ContainerJob } from "../../../../model/job";
import { WATCHDOG } from "./config";

/** Asks Alertmanager for what it was told. Arguments: address of its API, name of the alert. */
const SCRIPT = `told=$(wget -q -T 10 -O - "$1?active=true&filter=alertname%3D%22$2%22") || { echo "Alertmanager gives no answer" >&2; exit 1; }
case $told in *"\\"alertname\\":\\"$2\\""*) ;; *) echo "expected the alert $2, which always fires, found none: vmalert or its store is down" >&2; exit 1 ;; esac`;

/**
 * Whether the alert that always fires has come to Alertmanager: asked every ten minutes, and told to who watches from outside, which
 * calls when it has not, or when nobody says so any more (docs/decisions/alerts.md).
 */
export const watchdogJob = (address: string): ContainerJob => ({
  in: "container",
  name: "alerts-watchdog",
  purpose: "Whether alerts come as far as Alertmanager",
  schedule: "*:0/10",
  argv: ["/bin/sh", "-uc", SCRIPT, "watchdog", `http://${address}/api/v2/alerts`, WATCHDOG],
  networks: ["monitoring"],
  // After a start of Alertmanager, vmalert tells it again within a minute.
  retries: { count: 2, backoff: 60 },
  timeout: 30,
  overdueAfter: 1800,
  watched: true,
  limits: { memoryMiB: 16, cpus: 0.1 },
});
