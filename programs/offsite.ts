import { readFileSync } from "node:fs";
import path from "node:path";
import type { Bucket, BucketKeys } from "../model/bucket";
import type { HostView, ServiceContext } from "../model/context";
import type { ConfigFile, DataDirectory } from "../model/files";
import { contextOn } from "../model/host-jobs";
import { UserError } from "../model/finding";
import type { ContainerJob } from "../model/job";
import { declaredHostJobs } from "../model/platform";
import type { SecretDeclaration } from "../model/secret";
import { matching } from "../model/setting";
import type { Stack } from "../model/stack";
import { patienceWith } from "../model/watch";
import { backupJobName } from "./backup";

/** Restic: 0.18 is what the sources name, and what Debian 13 has. */
export const RESTIC_IMAGE = "docker.io/restic/restic:0.18.0";

/** Where a job finds its files, in its container. */
const CONFIG = "/etc/offsite";
const STORE = "/srv/offsite";
const METRICS = "/srv/metrics";

/** The job that brings copies elsewhere. */
const PUSH = "offsite";

const HOUR = 3_600;
const DAY = 24 * HOUR;

/** Days that the buckets keep what was overwritten or removed: long enough for somebody to come back from a holiday. */
const KEPT_DAYS = 30;

const BUCKET = "a bucket's name: 3 to 63 lower-case letters, digits and dashes, such as vpai-backups";

/** Keys of a stack's file that say where copies of the backups go. */
export const OFFSITE_SETTINGS = {
  backupsBucket: matching(BUCKET, /^[a-z0-9][a-z0-9-]{1,61}[a-z0-9]$/)
    .exactOptional()
    .describe(
      "Bucket of the copies of all hosts' backups, which the stack makes. Default: none, sets stay on their hosts.",
    ),
  sharedBucket: matching(BUCKET, /^[a-z0-9][a-z0-9-]{1,61}[a-z0-9]$/)
    .exactOptional()
    .describe("Bucket of what is read elsewhere, such as seed data, which the stack makes. Default: none."),
  bucketsEndpoint: matching(
    "an http or https address without a path, such as https://nbg1.your-objectstorage.com",
    /^https?:\/\/[^\s/]+$/,
  )
    .default("https://nbg1.your-objectstorage.com")
    .describe("S3 server that has these buckets."),
  bucketsRegion: matching("a region's name in lower case, such as nbg1", /^[a-z0-9-]+$/)
    .default("nbg1")
    .describe("Region that this server calls itself."),
  bucketsPrincipal: matching(
    "a text with {key} for the access key, such as arn:aws:iam:::user/p1234567:{key}",
    /^[\w:*/.-]*\{key\}$/,
  )
    .exactOptional()
    .describe(
      "What this server calls the holder of a key in its policies; {key} stands for the access key. At Hetzner " +
        "arn:aws:iam:::user/p<number of the project>:{key}. Needed with backupsBucket and sharedBucket.",
    ),
};

/** Folder of the copies of the stack's state in the bucket of the backups, beside those of Restic, which knows none of that name. */
export const STATE_COPIES = "state";

/** What {@link OFFSITE_SETTINGS} have in a stack. */
export interface OffsiteSettings {
  backupsBucket?: string;
  sharedBucket?: string;
  bucketsEndpoint: string;
  bucketsRegion: string;
  bucketsPrincipal?: string;
}

export const offsiteSettings = ({ settings }: Pick<Stack, "settings">): OffsiteSettings =>
  settings as unknown as OffsiteSettings;

const withBackups = (stack: Stack): boolean => offsiteSettings(stack).backupsBucket !== undefined;
const withShared = (stack: Stack): boolean => offsiteSettings(stack).sharedBucket !== undefined;

/** Both halves of a login at the S3 server, which its console shows once. */
const keys = (name: string, what: string, needed: (stack: Stack) => boolean): BucketKeys => ({
  access: { name: `${name}AccessKey`, description: `S3 access key ${what}`, origin: "supplied", needed },
  secret: { name: `${name}SecretKey`, description: `S3 secret key ${what}`, origin: "supplied", needed },
});

/** No host has it. */
export const OWNER = keys(
  "buckets",
  "of whoever runs `up`, which makes the buckets and says who may do what there",
  (stack) => withBackups(stack) || withShared(stack),
);
export const PUSHING = keys("backups", "of the hub, which adds to the backups", withBackups);
const PRUNING = keys("backupsPrune", "of the hub's weekly upkeep, which removes old backups", withBackups);
export const SHARING = keys("shared", "of the hub, which writes what is read elsewhere", withShared);

/** What the repository is encrypted with. */
export const REPOSITORY_PASSWORD: SecretDeclaration = {
  name: "backupsPassword",
  description: "Password of the encrypted repository of the backups",
  origin: "random",
  length: 40,
  fixed: {
    because: "the repository elsewhere is encrypted with it; `restic key passwd` gives it another one",
    lost: "every backup in it, unless the old password is kept",
  },
};

/** Secrets that no job has. */
export const OFFSITE_SECRETS: readonly SecretDeclaration[] = [OWNER, SHARING].flatMap(({ access, secret }) => [
  access,
  secret,
]);

/** An access key that a stack has for a bucket which it does not make. */
interface ForeignKey {
  key: SecretDeclaration;
  /** Name of that bucket; undefined in a stack that names none. */
  bucket: unknown;
}

/**
 * The buckets that a stack with these settings wants (docs/decisions/offsite.md).
 * @param foreign keys of the stack beside those of these buckets
 * @throws UserError where nobody knows how to name a key, and where the bucket of the backups is another one's, too
 */
export function offsiteBuckets(settings: Stack["settings"], foreign: readonly ForeignKey[] = []): Bucket[] {
  const { backupsBucket, sharedBucket, bucketsEndpoint, bucketsRegion, bucketsPrincipal } = offsiteSettings({
    settings,
  });
  if ((backupsBucket ?? sharedBucket) === undefined) return [];
  if (bucketsPrincipal === undefined)
    throw new UserError(
      "expected in vpai:bucketsPrincipal what the server of the buckets calls the holder of a key, such as " +
        "arn:aws:iam:::user/p1234567:{key} at Hetzner, found nothing: without it nobody is denied anything. See docs/backups.md#copies-elsewhere",
    );
  expectAlone(backupsBucket, [
    { what: "vpai:sharedBucket", bucket: sharedBucket },
    ...foreign.map(({ key, bucket }) => ({ what: `the bucket of secrets:${key.name}`, bucket })),
  ]);
  const place = { endpoint: bucketsEndpoint, region: bucketsRegion, owner: OWNER, principal: bucketsPrincipal };
  const keysBeside = (name: string | undefined): SecretDeclaration[] =>
    foreign.filter(({ bucket }) => bucket !== name).map(({ key }) => key);
  const backups: Omit<Bucket, "name"> = {
    ...place,
    others: [SHARING.access, ...keysBeside(backupsBucket)],
    grants: [
      { key: PUSHING.access, may: "append" },
      { key: PRUNING.access, may: "prune" },
    ],
    filledBy: PUSH,
    // Who can write a state can have the next `up` do anything.
    ownersFolder: STATE_COPIES,
    keptDays: KEPT_DAYS,
    lockedDays: KEPT_DAYS,
  };
  const shared: Omit<Bucket, "name"> = {
    ...place,
    grants: [{ key: SHARING.access, may: "share" }],
    others: [PUSHING.access, PRUNING.access, ...keysBeside(sharedBucket)],
    keptDays: KEPT_DAYS,
  };
  return [
    ...(backupsBucket === undefined ? [] : [{ name: backupsBucket, ...backups }]),
    ...(sharedBucket === undefined ? [] : [{ name: sharedBucket, ...shared }]),
  ];
}

/** Whose key is for the bucket of the backups, too, is denied nothing there: it could read and overwrite them. */
function expectAlone(backups: string | undefined, others: readonly { what: string; bucket: unknown }[]): void {
  if (backups === undefined) return;
  const same = others.filter(({ bucket }) => bucket === backups);
  if (same.length > 0)
    throw new UserError(
      `vpai:backupsBucket: expected a bucket that is the backups' alone, found ${backups}, which is ` +
        `${same.map(({ what }) => what).join(" and ")}, too: name another bucket for that; nothing was changed`,
    );
}

/** Where the repository is, as Restic takes it. */
export const repositoryOf = ({ bucketsEndpoint, backupsBucket = "" }: OffsiteSettings): string =>
  `s3:${bucketsEndpoint}/${backupsBucket}`;

/** The same in its parts; undefined in a stack without. */
export function repositoryPlace(stack: Pick<Stack, "settings">): { endpoint: string; bucket: string } | undefined {
  const { bucketsEndpoint: endpoint, backupsBucket: bucket } = offsiteSettings(stack);
  return bucket === undefined ? undefined : { endpoint, bucket };
}

/** Hosts that make sets of backups. */
const backedHosts = (context: ServiceContext): HostView[] =>
  context.hosts.filter((host) =>
    declaredHostJobs(host, contextOn(host, context)).some(({ name }) => name === backupJobName(host.name)),
  );

/** Seconds after which the copies of a host's sets are overdue: a night and two hours, where it is always there. */
const overdueAfter = (host: HostView): number => patienceWith(host, 26 * HOUR);

const script: ConfigFile = {
  path: `${CONFIG}/offsite.sh`,
  content: readFileSync(path.join(__dirname, "offsite", "offsite.sh"), "utf8"),
};

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
    files: (context) => [script, hostsFile(context)],
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
