import { all, type Output } from "@pulumi/pulumi";
import { S3Bucket } from "@vpai/providers";
import type { Bucket, BucketRight } from "../model/bucket";
import type { SecretStore } from "./secret-store";

/** The buckets of a stack: made, and each key told what it may do there, before anybody else is given it. */
export function makeBuckets(
  buckets: readonly Bucket[],
  { secrets, protect }: { secrets: SecretStore; protect: boolean },
): S3Bucket[] {
  const made = buckets.map(
    (bucket) =>
      new S3Bucket(
        `bucket/${bucket.name}`,
        {
          endpoint: bucket.endpoint,
          region: bucket.region,
          accessKey: secrets.require(bucket.owner.access),
          secretKey: secrets.require(bucket.owner.secret),
          bucket: bucket.name,
          keptDays: bucket.keptDays,
          lockedDays: bucket.lockedDays ?? 0,
          policy: policyFor(bucket, secrets),
        },
        { protect },
      ),
  );
  // Once all policies are made of the keys as they are: they would else wait for each other.
  for (const [index, resource] of made.entries())
    for (const { key } of buckets[index]?.grants ?? []) secrets.giveAfter(resource, key);
  return made;
}

/** While a key is being rotated, what holds for it holds for the one of before, too, which opens the bucket until somebody revokes it. */
function policyFor({ name, owner, principal, grants, others = [], ownersFolder }: Bucket, secrets: SecretStore) {
  const valuesOf = (keys: readonly (Output<string> | undefined)[]): Output<string[]> =>
    all(keys.filter((key) => key !== undefined));
  const granted = all(
    grants.map(({ key, may }) =>
      valuesOf([secrets.require(key), secrets.before(key)]).apply((keys) => keys.map((value) => ({ value, may }))),
    ),
  );
  const foreign = valuesOf(others.flatMap((key) => [secrets.get(key), secrets.before(key)]));
  return all([granted, foreign, secrets.require(owner.access)]).apply(([known, denied, own]) => {
    const holders = known.flat();
    // One key may be given for several buckets.
    const away = denied.filter((value) => value !== own && holders.every((holder) => holder.value !== value));
    const named = (value: string): string => principal.replace("{key}", value);
    return bucketPolicy(
      name,
      holders.map(({ value, may }) => ({ principal: named(value), may })),
      { ownersFolder, others: away.map(named) },
    );
  });
}

/** What nobody who writes into a bucket may do to what it keeps, or to itself. */
const NEVER = {
  objects: [
    ...["s3:BypassGovernanceRetention", "s3:DeleteObjectVersion", "s3:PutObjectAcl", "s3:PutObjectLegalHold"],
    "s3:PutObjectRetention",
  ],
  bucket: [
    ...["s3:DeleteBucket", "s3:DeleteBucketPolicy", "s3:PutBucketAcl", "s3:PutBucketObjectLockConfiguration"],
    ...["s3:PutBucketPolicy", "s3:PutBucketVersioning", "s3:PutLifecycleConfiguration"],
  ],
};

/** What only its owner does in its owner's folder. */
const OWNERS = ["s3:DeleteObject", "s3:GetObject", "s3:GetObjectVersion", "s3:PutObject"];

/** Folders of a repository of Restic, but for that of its locks. */
const REPOSITORY = ["config", "data/*", "index/*", "keys/*", "snapshots/*"];

interface Statement {
  Effect: "Allow" | "Deny";
  Principal: { AWS: string };
  Action: string[];
  Resource: string[];
}

/**
 * Who may do what in a bucket, as JSON. Where a key may do everything by itself, as at Hetzner, what is denied counts; where it may
 * do nothing, what is allowed.
 * @param others holders of keys for other buckets, who do nothing here
 */
export function bucketPolicy(
  name: string,
  grants: readonly { principal: string; may: BucketRight }[],
  { ownersFolder, others = [] }: { ownersFolder?: string | undefined; others?: readonly string[] } = {},
): string {
  const bucket = `arn:aws:s3:::${name}`;
  const granted = grants.flatMap(({ principal, may }): Statement[] => {
    const of = (Effect: Statement["Effect"], Action: string[], Resource: string[]): Statement => ({
      Effect,
      Principal: { AWS: principal },
      Action,
      Resource,
    });
    const removable = may === "append" ? [`${bucket}/locks/*`] : [`${bucket}/*`];
    return [
      of("Allow", ["s3:GetBucketLocation", "s3:ListBucket", "s3:ListBucketMultipartUploads"], [bucket]),
      of(
        "Allow",
        ["s3:AbortMultipartUpload", "s3:GetObject", "s3:ListMultipartUploadParts", "s3:PutObject"],
        [`${bucket}/*`],
      ),
      of("Allow", ["s3:DeleteObject"], removable),
      ...(may === "append"
        ? [
            of(
              "Deny",
              ["s3:DeleteObject"],
              REPOSITORY.map((part) => `${bucket}/${part}`),
            ),
          ]
        : []),
      ...(ownersFolder === undefined ? [] : [of("Deny", OWNERS, [`${bucket}/${ownersFolder}/*`])]),
      of("Deny", NEVER.objects, [`${bucket}/*`]),
      of("Deny", NEVER.bucket, [bucket]),
    ];
  });
  const away = others.map((principal): Statement => ({
    Effect: "Deny",
    Principal: { AWS: principal },
    Action: ["s3:*"],
    Resource: [bucket, `${bucket}/*`],
  }));
  return JSON.stringify({ Version: "2012-10-17", Statement: [...granted, ...away] });
}
