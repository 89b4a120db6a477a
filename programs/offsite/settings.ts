import { matching } from "../../model/setting";
import type { Stack } from "../../model/stack";

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

/** What {@link OFFSITE_SETTINGS} have in a stack. */
export interface OffsiteSettings {
  backupsBucket?: string;
  sharedBucket?: string;
  bucketsEndpoint: string;
  bucketsRegion: string;
  bucketsPrincipal?: string;
}

/** A stack's settings of this program, as its schema has read them. */
export const offsiteSettings = ({ settings }: Pick<Stack, "settings">): OffsiteSettings =>
  settings as unknown as OffsiteSettings;

/** Whether a stack has copies of its backups elsewhere. */
export const withBackups = (stack: Stack): boolean => offsiteSettings(stack).backupsBucket !== undefined;

/** Whether a stack has a bucket of what is read elsewhere. */
export const withShared = (stack: Stack): boolean => offsiteSettings(stack).sharedBucket !== undefined;

/** Where the repository is, as Restic takes it. */
export const repositoryOf = ({ bucketsEndpoint, backupsBucket = "" }: OffsiteSettings): string =>
  `s3:${bucketsEndpoint}/${backupsBucket}`;

/** The same in its parts; undefined in a stack without. */
export function repositoryPlace(stack: Pick<Stack, "settings">): { endpoint: string; bucket: string } | undefined {
  const { bucketsEndpoint: endpoint, backupsBucket: bucket } = offsiteSettings(stack);
  return bucket === undefined ? undefined : { endpoint, bucket };
}
