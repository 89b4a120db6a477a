import type { BucketLocationConstraint } from "@aws-sdk/client-s3";
import { Unreadable } from "../unreadable";
import { found, type S3Client, type S3Server } from "./client";

/** A bucket of a server that is known otherwise. */
export interface Named {
  bucket: string;
}

type BucketPlace = S3Server & Named;

/**
 * Does something with a bucket; the client's own messages do not say what they are about.
 * @throws Unreadable when the server is away, or refuses
 */
export async function named<T>(
  { bucket, endpoint }: Pick<BucketPlace, "bucket" | "endpoint">,
  work: () => Promise<T>,
): Promise<T> {
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

/** Whether there is a bucket of that name. */
export const exists = async ({ sdk, client }: S3Client, { bucket }: Named): Promise<boolean> =>
  (await found(() => client.send(new sdk.HeadBucketCommand({ Bucket: bucket })))) !== undefined;

/** Amazon's first region is the one that no bucket may name. */
const UNNAMED_REGION = "us-east-1";

/** Makes a bucket; whether its objects can be locked is decided here. */
export async function create(
  { sdk, client }: S3Client,
  { bucket, region, lockedDays: days }: BucketPlace & { lockedDays: number },
): Promise<void> {
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
