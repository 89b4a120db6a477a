import { isDeepStrictEqual } from "node:util";
import type { Named } from "./bucket";
import { found, type S3Client } from "./client";

interface WithPolicy extends Named {
  /** As JSON. */
  policy: string;
}

/** A bucket's policy: as it is given, where it says the same. Empty: it has none. */
export async function policyOf({ sdk, client }: S3Client, { bucket, policy }: WithPolicy): Promise<string> {
  const answer = await found(
    () => client.send(new sdk.GetBucketPolicyCommand({ Bucket: bucket })),
    ["NoSuchBucketPolicy"],
  );
  const there = answer?.Policy ?? "";
  return there !== "" && isDeepStrictEqual(JSON.parse(there), JSON.parse(policy)) ? policy : there;
}

/** Gives a bucket its policy. */
export async function allow(s3: S3Client, inputs: WithPolicy): Promise<void> {
  const { sdk, client } = s3;
  const { bucket: Bucket, policy: Policy } = inputs;
  if ((await policyOf(s3, inputs)) !== Policy) await client.send(new sdk.PutBucketPolicyCommand({ Bucket, Policy }));
}
