import type { Named } from "./bucket";
import { does, found, type S3Client } from "./client";

/** Whether what is overwritten is kept. */
export async function isVersioned({ sdk, client }: S3Client, { bucket }: Named): Promise<boolean> {
  const answer = await client.send(new sdk.GetBucketVersioningCommand({ Bucket: bucket }));
  return answer.Status === "Enabled";
}

/** Has what is overwritten kept. @throws where the server does not: without it nothing that is overwritten comes back */
export async function keepVersions(s3: S3Client, inputs: Named): Promise<void> {
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

/** Days in which nobody can remove an object's version; 0: none are locked. */
export async function lockedDays({ sdk, client }: S3Client, { bucket }: Named): Promise<number> {
  const answer = await found(
    () => client.send(new sdk.GetObjectLockConfigurationCommand({ Bucket: bucket })),
    UNLOCKED,
  );
  const { Mode, Days } = answer?.ObjectLockConfiguration?.Rule?.DefaultRetention ?? {};
  return Mode === "COMPLIANCE" ? (Days ?? 0) : 0;
}

/** Has versions of objects locked. @returns false where the bucket cannot: it is decided when a bucket is made */
export async function lock(s3: S3Client, inputs: Named & { lockedDays: number }): Promise<boolean> {
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

/** Days that what was overwritten or removed is kept; 0: for ever. */
export async function keptDays({ sdk, client }: S3Client, { bucket }: Named): Promise<number> {
  const command = new sdk.GetBucketLifecycleConfigurationCommand({ Bucket: bucket });
  const answer = await found(() => client.send(command), ["NoSuchLifecycleConfiguration", "NotImplemented"]);
  const rule = answer?.Rules?.find(({ ID, Status }) => ID === RULE && Status === "Enabled");
  return rule?.NoncurrentVersionExpiration?.NoncurrentDays ?? 0;
}

/** Has what was overwritten or removed go after a while. @returns false where the server does not */
export async function expire(s3: S3Client, inputs: Named & { keptDays: number }): Promise<boolean> {
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
