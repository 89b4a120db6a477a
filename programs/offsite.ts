import path from "node:path";
import type { BucketKeys } from "../model/bucket";
import type { HostView, ServiceContext } from "../model/context";
import type { ConfigFile, DataDirectory } from "../model/files";
import { contextOn } from "../model/host-jobs";
import type { ContainerJob } from "../model/job";
import { declaredHostJobs } from "../model/platform";
import { patienceWith } from "../model/watch";
import { backupJobName } from "./backup";
import { PUSH } from "./offsite/buckets";
import { PRUNING, PUSHING, REPOSITORY_PASSWORD } from "./offsite/keys";
import { offsiteSettings, repositoryOf } from "./offsite/settings";
import { scriptsIn } from "./scripts";

/** Restic: 0.18 is what the sources name, and what Debian 13 has. */
export const RESTIC_IMAGE = "docker.io/restic/restic:0.18.0";

/** Where a job finds its files, in its container. */
const CONFIG = "/etc/offsite";
const STORE = "/srv/offsite";
const METRICS = "/srv/metrics";

const HOUR = 3_600;
const DAY = 24 * HOUR;

/** Hosts that make sets of backups. */
const backedHosts = (context: ServiceContext): HostView[] =>
  context.hosts.filter((host) =>
    declaredHostJobs(host, contextOn(host, context)).some(({ name }) => name === backupJobName(host.name)),
  );

/** Seconds after which the copies of a host's sets are overdue: a night and two hours, where it is always there. */
const overdueAfter = (host: HostView): number => patienceWith(host, 26 * HOUR);

/** The program of both jobs: its files by their names. */
export const offsiteScripts = (): Record<string, string> => scriptsIn(path.join(__dirname, "offsite"));

const scripts = (): ConfigFile[] =>
  Object.entries(offsiteScripts()).map(([name, content]) => ({ path: `${CONFIG}/${name}`, content }));

const hostsFile = (context: ServiceContext): ConfigFile => ({
  path: `${CONFIG}/hosts`,
  content: backedHosts(context)
    .map((host) => `${host.name} ${host.unreachable === "defer" ? "yes" : "no"} ${overdueAfter(host)}\n`)
    .join(""),
});

/** What the jobs know from one run to the next. */
const NOTES: DataDirectory = {
  path: STORE,
  directory: "offsite",
  backup: { kind: "none", reason: "a cache, and what the repository says itself" },
};

const FIGURES: DataDirectory = {
  path: METRICS,
  directory: "metrics",
  backup: { kind: "none", reason: "jobs write their figures anew" },
};

/** What both jobs are. */
const common = ({ access, secret }: BucketKeys, networks: readonly string[]) =>
  ({
    in: "container",
    image: RESTIC_IMAGE,
    networks,
    needed: withBackupsIn,
    environment: (context) => ({
      RESTIC_REPOSITORY: repositoryOf(offsiteSettings(context)),
      AWS_DEFAULT_REGION: offsiteSettings(context).bucketsRegion,
      // Of what it may use, Go would else learn only when it is ended for that.
      GOMEMLIMIT: "110MiB",
    }),
    files: (context) => [...scripts(), hostsFile(context)],
    secrets: {
      password: { secret: REPOSITORY_PASSWORD },
      access_key: { secret: access },
      secret_key: { secret },
    },
    data: [NOTES],
    // The system's, as the host's own backup's are (docs/decisions/offsite.md).
    limits: { memoryMiB: 160, cpus: 0.5 },
  }) satisfies Partial<ContainerJob>;

const withBackupsIn = (context: ServiceContext): boolean =>
  offsiteSettings(context).backupsBucket !== undefined && backedHosts(context).length > 0;

/**
 * Copies of all hosts' sets in an encrypted repository elsewhere (docs/decisions/offsite.md): every night what is new, every week what
 * is old. @param networks that reach the hosts and the S3 server
 */
export const offsiteJobs = (networks: readonly string[]): ContainerJob[] => [
  {
    ...common(PUSHING, networks),
    name: PUSH,
    purpose: "Copies of all hosts' backups elsewhere",
    schedule: "*-*-* 03:00:00",
    argv: ["sh", `${CONFIG}/offsite.sh`, "push"],
    data: [NOTES, FIGURES],
    visits: {
      folder: `${CONFIG}/ssh`,
      to: (context) =>
        backedHosts(context).map(({ name }) => ({
          host: name,
          command: [
            "/bin/bash",
            `{folder}/configs/${backupJobName(name)}/backup.sh`,
            "{folder}",
            "{prefix}",
            "-",
            "serve",
          ],
        })),
    },
    retries: { count: 2, backoff: 900 },
    timeout: 5 * HOUR,
    overdueAfter: 26 * HOUR,
    watched: true,
  },
  {
    ...common(PRUNING, networks),
    name: "offsite-upkeep",
    purpose: "Removes old copies of backups, and reads a part of the others",
    schedule: "Sun *-*-* 12:00:00",
    argv: ["sh", `${CONFIG}/offsite.sh`, "upkeep"],
    retries: { count: 2, backoff: 900 },
    timeout: 5 * HOUR,
    overdueAfter: 8 * DAY,
    watched: true,
  },
];
