import type * as Sdk from "@aws-sdk/client-s3";

/** A server of buckets, and the key that everything is asked with. */
export interface S3Server {
  /** With its scheme. */
  endpoint: string;
  region: string;
  accessKey: string;
  secretKey: string;
}

/** The library and a client of it. It takes a while to load, and most runs ask no such server. */
export async function clientOf({ endpoint, region, accessKey, secretKey }: S3Server) {
  // Its notice about the version of Node is not for the person who runs this.
  process.env["AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED"] ??= "true";
  const sdk = await import("@aws-sdk/client-s3");
  const client = new sdk.S3Client({
    endpoint,
    region,
    // Every server takes the bucket in the path; in the name it wants a certificate for each.
    forcePathStyle: true,
    // Other servers than Amazon's answer checksums that nobody asked for with an error.
    requestChecksumCalculation: "WHEN_REQUIRED",
    responseChecksumValidation: "WHEN_REQUIRED",
    credentials: { accessKeyId: accessKey, secretAccessKey: secretKey },
  });
  return { sdk, client };
}

/** What {@link clientOf} gives. */
export interface S3Client {
  sdk: typeof Sdk;
  client: Sdk.S3Client;
}

/** Names of errors by which servers say that they have, or know, no such thing. */
const isNamed = (error: unknown, names: readonly string[]): boolean => names.includes((error as Error).name);

const statusOf = (error: unknown): number | undefined =>
  (error as { $metadata?: { httpStatusCode?: number } }).$metadata?.httpStatusCode;

/** What is there; undefined where the server says by one of these names, or by 404, that it is not. */
export async function found<T>(ask: () => Promise<T>, names: readonly string[] = []): Promise<T | undefined> {
  try {
    return await ask();
  } catch (error) {
    if (isNamed(error, names) || statusOf(error) === 404) return undefined;
    throw error;
  }
}

/** Whether the server does it; false where it says that it never does such a thing. */
export async function does(work: () => Promise<unknown>, names: readonly string[] = []): Promise<boolean> {
  try {
    await work();
    return true;
  } catch (error) {
    if (isNamed(error, ["NotImplemented", ...names]) || statusOf(error) === 501) return false;
    throw error;
  }
}
