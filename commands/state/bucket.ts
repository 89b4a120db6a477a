import { createHash } from "node:crypto";
import type * as Sdk from "@aws-sdk/client-s3";
import type { BucketSettings } from "./bucket-settings";
import type { StateStore } from "./store";

/** Objects of a bucket, as of an `s3://` backend; without credentials with those that every AWS client finds: variables, profile, machine. */
export class BucketStore implements StateStore {
  private connection: Promise<{ sdk: typeof Sdk; client: Sdk.S3Client }> | undefined;

  constructor(private readonly settings: BucketSettings) {}

  locate(key: string): string {
    return `s3://${this.settings.bucket}/${this.settings.prefix}${key}`;
  }

  async read(key: string): Promise<Buffer | undefined> {
    return (await this.get(key))?.content;
  }

  async write(key: string, content: Buffer): Promise<void> {
    await this.put(key, content, {});
  }

  async list(folder: string): Promise<string[]> {
    const { sdk, client } = await this.connect();
    const found: string[] = [];
    const Prefix = `${this.settings.prefix}${folder}/`;
    const query = { Bucket: this.settings.bucket, Prefix, Delimiter: "/" };
    const pages = sdk.paginateListObjectsV2({ client }, query);
    await this.named(folder, async () => {
      for await (const { Contents } of pages) found.push(...(Contents ?? []).map(({ Key }) => Key ?? ""));
    });
    return found.map((key) => key.slice(this.settings.prefix.length)).sort();
  }

  async remove(key: string): Promise<void> {
    const { sdk, client } = await this.connect();
    await this.named(key, () => client.send(new sdk.DeleteObjectCommand(this.address(key))));
  }

  async swap(key: string, expected: Buffer | undefined, content: Buffer): Promise<boolean> {
    const found = await this.get(key);
    if (found === undefined ? expected !== undefined : !(expected?.equals(found.content) ?? false)) return false;
    try {
      await this.put(key, content, found === undefined ? { IfNoneMatch: "*" } : { IfMatch: found.tag });
      return true;
    } catch (error) {
      if ([404, 409, 412].includes(statusOf((error as Error).cause) ?? 0)) return false;
      throw error;
    }
  }

  private async get(key: string): Promise<{ content: Buffer; tag: string | undefined } | undefined> {
    const { sdk, client } = await this.connect();
    return this.named(key, async () => {
      try {
        const { Body, ETag } = await client.send(new sdk.GetObjectCommand(this.address(key)));
        return { content: Buffer.from((await Body?.transformToByteArray()) ?? []), tag: ETag };
      } catch (error) {
        if ((error as Error).name === "NoSuchKey") return undefined;
        throw error;
      }
    });
  }

  private async put(key: string, Body: Buffer, condition: { IfMatch?: string | undefined; IfNoneMatch?: string }) {
    const { sdk, client } = await this.connect();
    const { encryption, kmsKey } = this.settings;
    const atRest = {
      ...(encryption === undefined ? {} : { ServerSideEncryption: encryption as "AES256" }),
      ...(kmsKey === undefined ? {} : { SSEKMSKeyId: kmsKey }),
    };
    // A bucket that locks what is written wants it.
    const ContentMD5 = createHash("md5").update(Body).digest("base64");
    const command = new sdk.PutObjectCommand({ ...this.address(key), Body, ContentMD5, ...atRest, ...condition });
    await this.named(key, () => client.send(command));
  }

  private readonly address = (key: string): { Bucket: string; Key: string } => ({
    Bucket: this.settings.bucket,
    Key: `${this.settings.prefix}${key}`,
  });

  /** The client's own messages name neither bucket nor object. */
  private async named<T>(key: string, work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      const { name, message } = error as Error;
      const why = message.includes(name) || name === "Error" ? message : `${name}: ${message}`;
      throw new Error(`${this.locate(key)} cannot be reached: ${why}`, { cause: error });
    }
  }

  /** The client takes a while to load, and most stacks need none. */
  private connect(): Promise<{ sdk: typeof Sdk; client: Sdk.S3Client }> {
    // Its notice about the version of Node is not for the person who runs this.
    process.env["AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED"] ??= "true";
    this.connection ??= import("@aws-sdk/client-s3").then((sdk) => ({ sdk, client: clientFor(sdk, this.settings) }));
    return this.connection;
  }
}

const statusOf = (error: unknown): number | undefined =>
  (error as { $metadata?: { httpStatusCode?: number } } | undefined)?.$metadata?.httpStatusCode;

function clientFor(sdk: typeof Sdk, settings: BucketSettings): Sdk.S3Client {
  const { forcePathStyle, useAccelerateEndpoint, useDualstackEndpoint, useFipsEndpoint } = settings;
  return new sdk.S3Client({
    forcePathStyle,
    useAccelerateEndpoint,
    useDualstackEndpoint,
    useFipsEndpoint,
    // Older servers of this kind answer checksums that nobody asked for with an error.
    requestChecksumCalculation: "WHEN_REQUIRED",
    responseChecksumValidation: "WHEN_REQUIRED",
    tls: !settings.withoutTls,
    ...(settings.region === undefined ? {} : { region: settings.region }),
    ...(settings.endpoint === undefined ? {} : { endpoint: settings.endpoint }),
    ...(settings.profile === undefined ? {} : { profile: settings.profile }),
    ...(settings.credentials === undefined ? {} : { credentials: settings.credentials }),
    ...(settings.anonymous ? { credentials: { accessKeyId: "", secretAccessKey: "" }, signer: unsigned } : {}),
  });
}

/** For a bucket that everybody may write to. */
const unsigned = { sign: <Request>(request: Request): Promise<Request> => Promise.resolve(request) };
