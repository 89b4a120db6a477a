import { readFileSync } from "node:fs";
import path from "node:path";
import type { HostJob } from "../../../../model/job";
import { WATCHDOG } from "./config";

const SCRIPT = "/etc/alerts-watchdog/watchdog.sh";

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
  argv: ["/bin/sh", SCRIPT, `{prefix}${service}`, String(port), WATCHDOG],
  files: () => [{ path: SCRIPT, content: readFileSync(path.join(__dirname, "watchdog.sh"), "utf8") }],
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
