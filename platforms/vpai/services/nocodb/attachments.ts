import { z } from "zod";
import type { ServiceContext } from "../../../../model/context";
import type { SecretDeclaration } from "../../../../model/secret";

const BUCKET = "a bucket's name: 3 to 63 lower-case letters, digits, dots and dashes, such as vpai-shared";
const ENDPOINT = "an http or https address without a path, such as https://nbg1.your-objectstorage.com";
const REGION = "a region's name in lower case, such as nbg1";

/** Keys of a stack's file that say where attachments lie. */
export const BUCKET_SETTINGS = {
  attachmentsBucket: z
    .string({ error: BUCKET })
    .regex(/^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/, { error: BUCKET })
    .exactOptional()
    .describe("Bucket of NocoDB's attachments, which must exist. Default: none, they lie on the host's disk."),
  attachmentsEndpoint: z
    .string({ error: ENDPOINT })
    .regex(/^https?:\/\/[^\s/]+$/, { error: ENDPOINT })
    .default("https://nbg1.your-objectstorage.com")
    .describe("S3 server that has this bucket."),
  attachmentsRegion: z
    .string({ error: REGION })
    .regex(/^[a-z0-9-]+$/, { error: REGION })
    .default("nbg1")
    .describe("Region that this server calls itself."),
};

/** Where NocoDB puts attachments: into a bucket, where the stack names one. */
export function attachmentsIn({ settings }: Pick<ServiceContext, "settings">): Record<string, string> {
  const { attachmentsBucket, attachmentsEndpoint, attachmentsRegion } = settings as Record<string, string>;
  if (attachmentsBucket === undefined) return {};
  return {
    NC_S3_BUCKET_NAME: attachmentsBucket,
    NC_S3_ENDPOINT: String(attachmentsEndpoint),
    NC_S3_REGION: String(attachmentsRegion),
    // Every S3 server takes the bucket in the path; in the name it wants a certificate for each.
    NC_S3_FORCE_PATH_STYLE: "true",
    // Checksums in a trailer, which its S3 client sends otherwise, are not taken by every server.
    AWS_REQUEST_CHECKSUM_CALCULATION: "WHEN_REQUIRED",
    AWS_RESPONSE_CHECKSUM_VALIDATION: "WHEN_REQUIRED",
  };
}

/** One half of the login at the S3 server, which its console shows once. */
export const bucketSecret = (half: "AccessKey" | "SecretKey", variable: string): SecretDeclaration => ({
  name: `attachments${half}`,
  description: `S3 ${half === "AccessKey" ? "access key" : "secret key"} for the bucket of NocoDB's attachments`,
  ansible: `s3_${variable}`,
  origin: "supplied",
  needed: ({ settings }) => settings["attachmentsBucket"] !== undefined,
});
