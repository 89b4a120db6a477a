import { type RawConfig, readSettings, titleOf } from "../../config";
import { problemsOf } from "../../model/finding";
import { platformNames } from "../../platforms";
import { STATE_COPIES } from "../../programs/offsite/buckets";
import { OWNER } from "../../programs/offsite/keys";
import { type OffsiteSettings, offsiteSettings } from "../../programs/offsite/settings";
import { readStackFile } from "../secrets/stack-file";

/** What a stack's file says of buckets and what they are reached with. */
interface BucketValues {
  settings: OffsiteSettings;
  /** A secret that the file has; undefined: it has none. */
  given: (name: string) => string | undefined;
  /** A secret that it must have. @throws where it has none */
  expected: (name: string) => string;
}

/** The same of the copies elsewhere. */
export interface Elsewhere extends BucketValues {
  /** Bucket of the repository. */
  bucket: string;
}

/** @throws where the stack's file has errors */
export async function bucketValuesOf(stack: string): Promise<BucketValues> {
  const raw = await readStackFile(stack);
  const { config, problems } = readSettings(raw, platformNames);
  if (!config || problems.length > 0) throw problemsOf(titleOf(raw), problems);
  const given = (name: string): string | undefined => valueIn(raw, name);
  return { settings: offsiteSettings(config), given, expected: (name) => expectedIn(given, name) };
}

/** @throws where the stack has no copies elsewhere */
export async function elsewhereOf(stack: string): Promise<Elsewhere> {
  const values = await bucketValuesOf(stack);
  const { backupsBucket: bucket } = values.settings;
  if (bucket === undefined)
    throw new Error(
      `expected copies of ${stack}'s backups elsewhere, found none: set vpai:backupsBucket (docs/backups.md)`,
    );
  return { ...values, bucket };
}

/** Where its owner finds the bucket of the copies elsewhere, and the folder there that no other key opens. */
interface OwnersPlace {
  endpoint: string;
  region: string;
  bucket: string;
  folder: string;
  accessKey: string;
  secretKey: string;
}

/** @throws where the stack has no copies elsewhere, or its file lacks the owner's keys */
export async function ownersPlaceOf(stack: string): Promise<OwnersPlace> {
  const { settings, bucket, expected } = await elsewhereOf(stack);
  return {
    ...{ endpoint: settings.bucketsEndpoint, region: settings.bucketsRegion, bucket, folder: STATE_COPIES },
    accessKey: expected(OWNER.access.name),
    secretKey: expected(OWNER.secret.name),
  };
}

const valueIn = ({ values }: RawConfig, name: string): string | undefined => values[`secrets:${name}`];

function expectedIn(given: (name: string) => string | undefined, name: string): string {
  const value = given(name);
  if (value === undefined) throw new Error(`expected a value of the secret ${name}, found none: make secrets`);
  return value;
}
