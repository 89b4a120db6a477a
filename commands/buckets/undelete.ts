import type { S3Client } from "@vpai/providers";

/** One version of an object, or the mark of its deletion. */
interface Entry {
  key: string;
  id: string;
  /** Tells its content; a mark has none. */
  tag: string | undefined;
  isLatest: boolean;
}

/** What is to be taken back in a bucket. */
export interface Undeletion {
  /** Marks of deletions: without them, the objects are there again. */
  marks: readonly Entry[];
  /** First versions of objects that are another one's now: nothing in a repository ever changes. */
  firsts: readonly Entry[];
}

/**
 * What was deleted or overwritten in a repository's bucket, as long as the bucket keeps it: by whomever, as no moment that a server tells
 * of a version is to be relied upon. Reads only.
 */
export async function undeletionIn(s3: S3Client, bucket: string): Promise<Undeletion> {
  const marks: Entry[] = [];
  const versions = new Map<string, Entry[]>();
  for await (const entry of entriesIn(s3, bucket)) {
    if (entry.tag !== undefined) versions.set(entry.key, [...(versions.get(entry.key) ?? []), entry]);
    else if (entry.isLatest) marks.push(entry);
  }
  return { marks, firsts: [...versions.values()].flatMap(overwritten) };
}

/** @param versions of one object, the newest first, as servers list them */
function overwritten(versions: readonly Entry[]): Entry[] {
  const [newest, first] = [versions[0], versions.at(-1)];
  return first === undefined || newest?.tag === first.tag ? [] : [first];
}

/** Restic's locks come and go. */
const isLock = ({ key }: Entry): boolean => key.startsWith("locks/");

/** All versions and marks, page by page. */
async function* entriesIn({ sdk, client }: S3Client, Bucket: string): AsyncGenerator<Entry> {
  let from: { KeyMarker?: string; VersionIdMarker?: string } = {};
  for (let more = true; more;) {
    const page = await client.send(new sdk.ListObjectVersionsCommand({ Bucket, ...from }));
    yield* entriesOf(page).filter((entry) => !isLock(entry));
    const { NextKeyMarker: KeyMarker, NextVersionIdMarker: VersionIdMarker } = page;
    more = page.IsTruncated === true && KeyMarker !== undefined;
    from = {
      ...(KeyMarker === undefined ? {} : { KeyMarker }),
      ...(VersionIdMarker === undefined ? {} : { VersionIdMarker }),
    };
  }
}

/** What a page of a bucket's versions has, as the server gives it. */
interface Page {
  Versions?: Listed[] | undefined;
  DeleteMarkers?: Listed[] | undefined;
}

interface Listed {
  Key?: string | undefined;
  VersionId?: string | undefined;
  ETag?: string | undefined;
  IsLatest?: boolean | undefined;
}

const entriesOf = ({ Versions = [], DeleteMarkers = [] }: Page): Entry[] => [
  ...Versions.map((version) => ({ ...entryOf(version), tag: version.ETag ?? "" })),
  ...DeleteMarkers.map(entryOf),
];

const entryOf = ({ Key = "", VersionId = "", IsLatest = false }: Listed): Entry => ({
  key: Key,
  id: VersionId,
  tag: undefined,
  isLatest: IsLatest,
});

/** Takes it back. What it replaces stays, as a version. */
export async function undelete(
  { sdk, client }: S3Client,
  Bucket: string,
  { marks, firsts }: Undeletion,
): Promise<void> {
  for (const { key: Key, id: VersionId } of marks)
    await client.send(new sdk.DeleteObjectCommand({ Bucket, Key, VersionId }));
  for (const { key: Key, id } of firsts) {
    const path = Key.split("/").map(encodeURIComponent).join("/");
    const CopySource = `${Bucket}/${path}?versionId=${encodeURIComponent(id)}`;
    await client.send(new sdk.CopyObjectCommand({ Bucket, Key, CopySource }));
  }
}
