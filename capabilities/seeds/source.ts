import type { BucketKeys } from "../../model/bucket";
import type { SecretDeclaration } from "../../model/secret";
import { matching } from "../../model/setting";
import type { Stack } from "../../model/stack";

/** Keys of a stack's file that say where its databases begin. Server and region are those of its other buckets. */
export const SEED_SETTINGS = {
  seedBucket: matching(
    "a bucket's name: 3 to 63 lower-case letters, digits and dashes, such as vpai-shared",
    /^[a-z0-9][a-z0-9-]{1,61}[a-z0-9]$/,
  )
    .exactOptional()
    .describe("Bucket with the seed that new databases begin with, another stack's. Default: none, they begin empty."),
};

/** Where seeds lie. */
interface SeedPlace {
  endpoint: string;
  region: string;
  bucket: string;
}

/** Where a stack's databases get their first data from; undefined: they begin empty. */
export function seedSource({ settings }: Pick<Stack, "settings">): SeedPlace | undefined {
  const { seedBucket, bucketsEndpoint, bucketsRegion } = settings as Readonly<Record<string, string | undefined>>;
  if (seedBucket === undefined || bucketsEndpoint === undefined || bucketsRegion === undefined) return undefined;
  return { endpoint: bucketsEndpoint, region: bucketsRegion, bucket: seedBucket };
}

const half = (name: string, what: string): SecretDeclaration => ({
  name,
  description: `S3 ${what} key of whoever runs \`up\`, which reads the seed`,
  origin: "supplied",
  needed: (stack) => seedSource(stack) !== undefined,
});

/** What a seed is read with; no host has it. */
export const SEED_KEYS: BucketKeys = {
  access: half("seedAccessKey", "access"),
  secret: half("seedSecretKey", "secret"),
};

/** The same, as a platform declares its secrets. */
export const SEED_SECRETS: readonly SecretDeclaration[] = [SEED_KEYS.access, SEED_KEYS.secret];
