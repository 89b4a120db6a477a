import { isDeepStrictEqual } from "node:util";
import type { BucketLocationConstraint } from "@aws-sdk/client-s3";
import type { Kind } from "../implementation";
import { resourceOf } from "../resource";
import { clientOf, does, found, type S3Client, type S3Server } from "../s3/client";
import { Unreadable } from "../unreadable";
import { warn } from "../warn";

/** A bucket that keeps what is overwritten or removed in it for a while, whoever does that. */
export interface S3BucketInputs extends S3Server {
  bucket: string;
  /** Days that what was overwritten or removed is kept. */
  keptDays: number;
  /** Days in which nobody can remove an object's version (object lock, compliance). 0: none are locked. */
  lockedDays: number;
  /** Who may do what, as JSON. */
  policy: string;
  /** Whether what is overwritten is kept: always true; false is what a refresh notes of a bucket in which it is not. */
  versioned: boolean;
}

export interface S3BucketState extends S3BucketInputs {
  /** What the server, or this bucket, cannot do of it: `lifecycle`, `object lock`. */
  lacks: string[];
}

const LIFECYCLE = "lifecycle";
const LOCK = "object lock";

export const s3BucketKind: Kind<S3BucketInputs, S3BucketState> = {
  version: 1,
  identity: ["endpoint", "bucket"],
  title: ({ bucket, endpoint }) => `bucket ${bucket} at ${endpoint}`,
  holdsData: () => true,
  async ensure(inputs, before, makeAnew) {
    const s3 = await clientOf(inputs);
    return named(inputs, async () => {
      if (!(await exists(s3, inputs))) {
        if (before !== undefined) makeAnew?.();
        await create(s3, inputs);
      }
      await keepVersions(s3, inputs);
      const lacks = [...((await lock(s3, inputs)) ? [] : [LOCK]), ...((await expire(s3, inputs)) ? [] : [LIFECYCLE])];
      await allow(s3, inputs);
      if (lacks.length > 0) warn(`${inputs.bucket} at ${inputs.endpoint} goes without ${lacks.join(" and ")}`);
      return { ...inputs, lacks };
    });
  },
  async observe(state) {
    const s3 = await clientOf(state);
    return named(state, async () => {
      if (!(await exists(s3, state))) return undefined;
      return {
        ...state,
        versioned: await isVersioned(s3, state),
        lockedDays: state.lacks.includes(LOCK) ? state.lockedDays : await lockedDays(s3, state),
        keptDays: state.lacks.includes(LIFECYCLE) ? state.keptDays : await keptDays(s3, state),
        policy: await policyOf(s3, state),
      };
    });
  },
  /** What holds something, also something that was removed, stays. */
  async remove(state) {
    const { sdk, client } = await clientOf(state);
    const Bucket = state.bucket;
    const content = await found(() => client.send(new sdk.ListObjectVersionsCommand({ Bucket, MaxKeys: 1 })));
    if (content === undefined) return;
    const { Versions = [], DeleteMarkers = [] } = content;
    if (Versions.length + DeleteMarkers.length > 0)
      warn(`${state.bucket} at ${state.endpoint} stays, as it holds something: deleting it is for a person to do`);
    else await client.send(new sdk.DeleteBucketCommand({ Bucket }));
  },
};

/** The client's own messages do not say what they are about. @throws Unreadable when the server is away, or refuses */
async function named<T>({ bucket, endpoint }: S3BucketInputs, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    const { name, message } = error as Error;
    throw new Unreadable(
      `bucket ${bucket} at ${endpoint}: ${message.includes(name) ? message : `${name}: ${message}`}`,
      {
        cause: error,
      },
    );
  }
}

const exists = async ({ sdk, client }: S3Client, { bucket }: S3BucketInputs): Promise<boolean> =>
  (await found(() => client.send(new sdk.HeadBucketCommand({ Bucket: bucket })))) !== undefined;

/** Amazon's first region is the one that no bucket may name. */
const UNNAMED_REGION = "us-east-1";

async function create({ sdk, client }: S3Client, { bucket, region, lockedDays: days }: S3BucketInputs): Promise<void> {
  await client.send(
    new sdk.CreateBucketCommand({
      Bucket: bucket,
      ...(days > 0 ? { ObjectLockEnabledForBucket: true } : {}),
      ...(region === UNNAMED_REGION
        ? {}
        : { CreateBucketConfiguration: { LocationConstraint: region as BucketLocationConstraint } }),
    }),
  );
}

async function isVersioned({ sdk, client }: S3Client, { bucket }: S3BucketInputs): Promise<boolean> {
  const answer = await client.send(new sdk.GetBucketVersioningCommand({ Bucket: bucket }));
  return answer.Status === "Enabled";
}

/** @throws where the server does not: without it nothing that is overwritten comes back */
async function keepVersions(s3: S3Client, inputs: S3BucketInputs): Promise<void> {
  const { sdk, client } = s3;
  if (await isVersioned(s3, inputs)) return;
  const VersioningConfiguration = { Status: "Enabled" as const };
  await client.send(new sdk.PutBucketVersioningCommand({ Bucket: inputs.bucket, VersioningConfiguration }));
}

/** What servers say of a bucket that was made without. */
const UNLOCKED = [
  ...["ObjectLockConfigurationNotFoundError", "NoSuchObjectLockConfiguration"],
  ...["InvalidBucketObjectLockConfiguration", "InvalidBucketState", "NotImplemented", "InvalidRequest"],
];

async function lockedDays({ sdk, client }: S3Client, { bucket }: S3BucketInputs): Promise<number> {
  const answer = await found(
    () => client.send(new sdk.GetObjectLockConfigurationCommand({ Bucket: bucket })),
    UNLOCKED,
  );
  const { Mode, Days } = answer?.ObjectLockConfiguration?.Rule?.DefaultRetention ?? {};
  return Mode === "COMPLIANCE" ? (Days ?? 0) : 0;
}

/** @returns false where the bucket cannot: it is decided when a bucket is made */
async function lock(s3: S3Client, inputs: S3BucketInputs): Promise<boolean> {
  const { sdk, client } = s3;
  if (inputs.lockedDays === 0 || (await lockedDays(s3, inputs)) === inputs.lockedDays) return true;
  const DefaultRetention = { Mode: "COMPLIANCE" as const, Days: inputs.lockedDays };
  const ObjectLockConfiguration = { ObjectLockEnabled: "Enabled" as const, Rule: { DefaultRetention } };
  const command = new sdk.PutObjectLockConfigurationCommand({ Bucket: inputs.bucket, ObjectLockConfiguration });
  return does(() => client.send(command), UNLOCKED);
}

/** Days after which an upload that nobody finished is removed. */
const ABANDONED_DAYS = 7;

const RULE = "what-was-removed";

async function keptDays({ sdk, client }: S3Client, { bucket }: S3BucketInputs): Promise<number> {
  const command = new sdk.GetBucketLifecycleConfigurationCommand({ Bucket: bucket });
  const answer = await found(() => client.send(command), ["NoSuchLifecycleConfiguration", "NotImplemented"]);
  const rule = answer?.Rules?.find(({ ID, Status }) => ID === RULE && Status === "Enabled");
  return rule?.NoncurrentVersionExpiration?.NoncurrentDays ?? 0;
}

async function expire(s3: S3Client, inputs: S3BucketInputs): Promise<boolean> {
  const { sdk, client } = s3;
  if ((await keptDays(s3, inputs)) === inputs.keptDays) return true;
  const rule = {
    ID: RULE,
    Status: "Enabled" as const,
    Filter: { Prefix: "" },
    NoncurrentVersionExpiration: { NoncurrentDays: inputs.keptDays },
    AbortIncompleteMultipartUpload: { DaysAfterInitiation: ABANDONED_DAYS },
  };
  const LifecycleConfiguration = { Rules: [rule] };
  return does(() =>
    client.send(new sdk.PutBucketLifecycleConfigurationCommand({ Bucket: inputs.bucket, LifecycleConfiguration })),
  );
}

/** The policy as the inputs have it, where it says the same. */
async function policyOf({ sdk, client }: S3Client, { bucket, policy }: S3BucketInputs): Promise<string> {
  const answer = await found(
    () => client.send(new sdk.GetBucketPolicyCommand({ Bucket: bucket })),
    ["NoSuchBucketPolicy"],
  );
  const there = answer?.Policy ?? "";
  return there !== "" && isDeepStrictEqual(JSON.parse(there), JSON.parse(policy)) ? policy : there;
}

async function allow(s3: S3Client, inputs: S3BucketInputs): Promise<void> {
  const { sdk, client } = s3;
  const { bucket: Bucket, policy: Policy } = inputs;
  if ((await policyOf(s3, inputs)) !== Policy) await client.send(new sdk.PutBucketPolicyCommand({ Bucket, Policy }));
}

/** A bucket at an S3 server, which is never deleted while it holds something. */
export class S3Bucket extends resourceOf(s3BucketKind, {
  type: "vpai/s3:Bucket",
  name: "s3Bucket",
  defaults: { versioned: true, lockedDays: 0 },
  outputs: { lacks: "plain" },
}) {}
