import { stringify } from "yaml";
import { NEWS } from "../alertmanager/config";
import { imagesOf, type Service } from "../../../../model/service";

/** Where DIUN reads and keeps what. */
export interface DiunPaths {
  /** Folder that outlives the container. */
  data: string;
  /** The list of images, in the container. */
  images: string;
}

/** Who is told of a newer image: Alertmanager, which knows the ways to a person and their credentials. */
export interface News {
  /** `<name>:<port>` of Alertmanager. */
  alertmanager: string;
  host: string;
  /** Address of the runbook's section. */
  runbook: string;
}

/** What DIUN runs for each newer image, with what it knows in the environment; no reference has a quote in it. */
const tell = ({ alertmanager, host, runbook }: News): string => {
  const image = "$DIUN_ENTRY_IMAGE";
  const alert = {
    labels: { alertname: NEWS, severity: "info", host, service: "diun", image },
    annotations: {
      summary: `${image} is newer than what runs, or has changed`,
      host,
      service: "diun",
      value: image,
      runbook,
    },
  };
  const json = JSON.stringify([alert]).replaceAll('"', '\\"');
  const header = "--header='Content-Type: application/json'";
  return `wget -q -O /dev/null ${header} --post-data="${json}" http://${alertmanager}/api/v2/alerts`;
};

/** DIUN looks for newer versions once a day and tells Alertmanager, and its log, which Loki keeps. */
export const diunConfig = ({ data, images }: DiunPaths, news: News): string =>
  stringify({
    db: { path: `${data}/diun.db` },
    watch: { workers: 2, schedule: "0 6 * * *", jitter: "5m", firstCheckNotif: false, runOnStartup: false },
    defaults: { watchRepo: true, maxTags: 10, sortTags: "semver", notifyOn: ["new", "update"] },
    notif: { script: { cmd: "/bin/sh", args: ["-c", tell(news)] } },
    providers: { file: { filename: images } },
  });

/** The images of the platform's services: containers run by content, so Docker itself no longer knows their tags. */
export const diunImages = (services: readonly Service[]): string =>
  stringify([...new Set(imagesOf(services).map((image) => image.replace(/@.*/, "")))].sort().map((name) => ({ name })));
