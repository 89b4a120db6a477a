import type { SecretDeclaration } from "./secret";

/** A login at an S3 server, in its two halves. */
export interface BucketKeys {
  access: SecretDeclaration;
  secret: SecretDeclaration;
}

/**
 * What a key may do in a bucket: `append` reads, writes, and removes locks of Restic alone; `prune` may also remove objects, of which
 * the bucket keeps what they were; `share` reads, writes and removes. None of them may remove for good what the bucket keeps, nor change the bucket.
 */
export type BucketRight = "append" | "prune" | "share";

/** A bucket of an S3 server, as a platform wants it. */
export interface Bucket {
  name: string;
  /** With its scheme. */
  endpoint: string;
  region: string;
  /** Whose key makes the bucket and says who may do what; no host has it. */
  owner: BucketKeys;
  /** Access keys that hosts have, and what each may do. */
  grants: readonly { key: SecretDeclaration; may: BucketRight }[];
  /** Access keys for other buckets, which may be the server's as well: they are denied everything in this one. Default: none. */
  others?: readonly SecretDeclaration[];
  /** What the server calls the holder of a key in its policies; `{key}` stands for the access key. */
  principal: string;
  /** Job that brings what it is for into it: a stack without that job is refused. Default: a person does. */
  filledBy?: string;
  /** Folder that its owner's key alone reads and writes. Default: none. */
  ownersFolder?: string;
  /** Days that what was overwritten or removed is kept. */
  keptDays: number;
  /** Days in which nobody, its owner neither, can remove an object's version. Default: none are locked. */
  lockedDays?: number;
}
