import { stringify } from "yaml";
import { imagesOf, type Service } from "../../../../model/service";

/** Where DIUN reads and keeps what. */
export interface DiunPaths {
  /** Folder that outlives the container. */
  data: string;
  /** The list of images, in the container. */
  images: string;
}

/** DIUN looks for newer versions once a day and tells of them in its log, which Loki keeps. */
export const diunConfig = ({ data, images }: DiunPaths): string =>
  stringify({
    db: { path: `${data}/diun.db` },
    watch: { workers: 2, schedule: "0 6 * * *", jitter: "5m", firstCheckNotif: false, runOnStartup: false },
    defaults: { watchRepo: true, maxTags: 10, sortTags: "semver", notifyOn: ["new", "update"] },
    providers: { file: { filename: images } },
  });

/** The images of the platform's services: containers run by content, so Docker itself no longer knows their tags. */
export const diunImages = (services: readonly Service[]): string =>
  stringify([...new Set(imagesOf(services).map((image) => image.replace(/@.*/, "")))].sort().map((name) => ({ name })));
