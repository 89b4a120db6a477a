import { stringify } from "yaml";

/** DIUN watches the images of all running containers, and tells of new ones in its log, which Loki keeps. */
export const diunConfig = (folder: string): string =>
  stringify({
    db: { path: `${folder}/diun.db` },
    watch: { workers: 2, schedule: "0 6 * * *", jitter: "5m", firstCheckNotif: false, runOnStartup: false },
    defaults: { watchRepo: true, maxTags: 10, sortTags: "semver", notifyOn: ["new", "update"] },
    providers: { docker: { watchByDefault: true } },
  });
