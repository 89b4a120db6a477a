import { createHash } from "node:crypto";
import { createReadStream, createWriteStream } from "node:fs";
import type { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { clientOf, found, type S3Client, type S3Server } from "../s3/client";
import { dumpKey, manifestIn, manifestKey, type SeedDatabase, type SeedManifest, SEEDS } from "./manifest";

/** Where seeds lie, and what they are read or written with. */
export interface SeedSource extends S3Server {
  bucket: string;
}

/** The seeds of a bucket. */
export class SeedBucket {
  private constructor(
    private readonly s3: S3Client,
    private readonly source: SeedSource,
  ) {}

  static async of(source: SeedSource): Promise<SeedBucket> {
    return new SeedBucket(await clientOf(source), source);
  }

  /** The newest complete seed; undefined where there is none. */
  async newest(): Promise<SeedManifest | undefined> {
    for (const seed of (await this.names()).reverse()) {
      const text = await this.text(manifestKey(seed));
      if (text !== undefined) return manifestIn(text);
    }
    return undefined;
  }

  /** Reads a database's dump into a file. @throws where it is not what the manifest says */
  async download({ seed }: SeedManifest, { name, sha256 }: SeedDatabase, file: string): Promise<void> {
    const { sdk, client } = this.s3;
    const answer = await client.send(
      new sdk.GetObjectCommand({ Bucket: this.source.bucket, Key: dumpKey(seed, name) }),
    );
    await pipeline(answer.Body as Readable, createWriteStream(file, { mode: 0o600 }));
    if ((await sumOf(file)) !== sha256)
      throw new Error(`seed ${seed}: ${name} is not what its manifest says; nothing was loaded`);
  }

  /** Puts a seed there: what it has first, and last what says that it is complete. @param files of the dumps, by database */
  async upload(manifest: SeedManifest, files: Readonly<Record<string, string>>): Promise<void> {
    for (const { name, bytes } of manifest.databases)
      await this.put(dumpKey(manifest.seed, name), createReadStream(files[name] ?? ""), bytes);
    const text = `${JSON.stringify(manifest, undefined, 2)}\n`;
    await this.put(manifestKey(manifest.seed), text, Buffer.byteLength(text));
  }

  private async put(Key: string, Body: string | Readable, ContentLength: number): Promise<void> {
    const { sdk, client } = this.s3;
    await client.send(new sdk.PutObjectCommand({ Bucket: this.source.bucket, Key, Body, ContentLength }));
  }

  /** Names of all, complete or not, the oldest first. */
  private async names(): Promise<string[]> {
    const { sdk, client } = this.s3;
    const names: string[] = [];
    for (let token: string | undefined, more = true; more;) {
      const page = await client.send(
        new sdk.ListObjectsV2Command({
          ...{ Bucket: this.source.bucket, Prefix: SEEDS, Delimiter: "/" },
          ...(token === undefined ? {} : { ContinuationToken: token }),
        }),
      );
      names.push(...(page.CommonPrefixes ?? []).map(({ Prefix = "" }) => Prefix.slice(SEEDS.length, -1)));
      token = page.NextContinuationToken;
      more = page.IsTruncated === true && token !== undefined;
    }
    return names.filter((name) => /^\d{8}T\d{6}Z$/.test(name)).sort();
  }

  private async text(Key: string): Promise<string | undefined> {
    const { sdk, client } = this.s3;
    const answer = await found(
      () => client.send(new sdk.GetObjectCommand({ Bucket: this.source.bucket, Key })),
      ["NoSuchKey"],
    );
    return answer?.Body?.transformToString();
  }
}

/** SHA-256 of a file, as hexadecimal digits. */
export async function sumOf(file: string): Promise<string> {
  const hash = createHash("sha256");
  await pipeline(createReadStream(file), hash);
  return hash.digest("hex");
}
