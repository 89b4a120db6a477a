import type { Kind } from "../implementation";
import { resourceOf } from "../resource";
import { create, exists, named } from "../s3/bucket";
import { clientOf, found, type S3Server } from "../s3/client";
import { allow, policyOf } from "../s3/policy";
import { expire, isVersioned, keepVersions, keptDays, lock, lockedDays } from "../s3/versions";
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

/** A bucket at an S3 server, which is never deleted while it holds something. */
export class S3Bucket extends resourceOf(s3BucketKind, {
  type: "vpai/s3:Bucket",
  name: "s3Bucket",
  defaults: { versioned: true, lockedDays: 0 },
  outputs: { lacks: "plain" },
}) {}
