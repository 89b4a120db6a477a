import { readFileSync } from "node:fs";
import path from "node:path";
import type { DataDirectory } from "../model/files";
import type { ContainerJob, HostJob } from "../model/job";

const SCRIPTS = path.join(__dirname, "upkeep");

/** Where a job finds its script. */
const FOLDER = "/etc/upkeep";

const WEEK = 7 * 86_400;

const script = (name: string): { path: string; content: string } => ({
  path: `${FOLDER}/${name}`,
  content: readFileSync(path.join(SCRIPTS, name), "utf8"),
});

/** Kept versions of a host's services, and what systemd runs there. */
const LAST_HEALTHY = "/srv/last-healthy";
const UNITS = "/etc/systemd/system";

const NOTES = "/var/lib/upkeep";

/** Removes images of a host that nothing has needed for two runs (docs/decisions/upkeep.md). @param name unique in the platform */
export const pruneImages = (name: string): HostJob => ({
  name,
  in: "host",
  purpose: "Removes images that nothing has needed for two runs",
  schedule: "Sun *-*-* 05:00:00",
  argv: ["/bin/sh", `${FOLDER}/prune-images.sh`, LAST_HEALTHY, UNITS, NOTES],
  retries: { count: 2, backoff: 600 },
  timeout: 1_800,
  // One run may be missed.
  overdueAfter: 15 * 86_400,
  // Docker's client looks for settings at home, where the job has none.
  environment: () => ({ DOCKER_CONFIG: "/tmp" }),
  files: () => [{ ...script("prune-images.sh"), validate: ["/bin/sh", "-n", "{}"] }],
  hostMounts: [{ source: "../last-healthy", target: LAST_HEALTHY }],
  data: [
    { path: NOTES, directory: "upkeep", backup: { kind: "none", reason: "a note of what the next run may remove" } },
  ],
  // Owner of the engine's socket; it has no right beside.
  user: { uid: 0, gid: 0 },
  limits: { memoryMiB: 48, cpus: 0.25 },
});

/** Which logs of a service are rotated. */
interface Rotation {
  /** Unique in the platform. */
  name: string;
  /** Absolute paths as the program sees them, in a data folder. */
  files: readonly string[];
  /** The service's folders that they are in. */
  data: readonly DataDirectory[];
}

/** Size in MiB from which on a log is rotated, and how many older ones stay. */
const LARGEST = 10;
const GENERATIONS = 3;

/** Rotates logs that a service writes into its own data, in its image and as its user (docs/decisions/upkeep.md). */
export const rotateLogs = ({ name, files, data }: Rotation): ContainerJob => ({
  name,
  in: "container",
  purpose: `Rotates ${files.join(", ")}`,
  schedule: "*-*-* 05:30:00",
  argv: ["/bin/sh", `${FOLDER}/rotate-logs.sh`, String(LARGEST), String(GENERATIONS), ...files],
  overdueAfter: WEEK,
  files: () => [script("rotate-logs.sh")],
  data,
  networks: [],
  limits: { memoryMiB: 16, cpus: 0.25 },
});
