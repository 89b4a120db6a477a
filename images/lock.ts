import { readFileSync, renameSync, writeFileSync } from "node:fs";
import path from "node:path";
import { z } from "zod";
import { ARCHITECTURES, type Architecture } from "../model/stack";
import { wholeJson } from "../model/whole-json";
import { parseReference } from "./reference";

/** What a registry had under a reference when it was asked last. */
export interface LockedImage {
  /** Content that a host pulls: of the list of all architectures, or of the one image where there is no list. */
  digest: string;
  /** Those architectures of the image that a host may have. */
  architectures: readonly Architecture[];
}

/** Production's images by full reference. One that no registry was asked for is absent. */
export type ImageLock = Readonly<Record<string, LockedImage>>;

/** The project's lock file, written by `make images-lock`. */
export const LOCK_FILE = path.join(__dirname, "lock.json");

const isReference = (text: string): boolean => {
  try {
    return parseReference(text).tag !== "latest";
  } catch {
    return false;
  }
};

const lockSchema = z.record(
  z.string().refine(isReference, { error: "expected a full reference with a tag that is not latest" }),
  z.strictObject({
    digest: z
      .string()
      .regex(/^sha256:[0-9a-f]{64}$/, { error: "expected sha256: and 64 hexadecimal digits in lower case" }),
    architectures: z.array(z.enum(ARCHITECTURES), { error: `expected a list of ${ARCHITECTURES.join(", ")}` }),
  }),
);

/** @throws when the file is not there, or is not what `make images-lock` writes, with every place that is wrong */
export function readLock(file: string = LOCK_FILE): ImageLock {
  const found = lockSchema.safeParse(jsonIn(readFileSync(file, "utf8")));
  if (found.success) return found.data;
  const problems = found.error.issues.map(({ path: place, message }) => `  ${place.join(" ")}: ${message}`);
  throw new Error(
    `${file} is not a lock of images; take its last good version, or {} and run make images-lock:\n${problems.join("\n")}`,
  );
}

/** A text that is no JSON at all is for the schema to refuse. */
function jsonIn(text: string): unknown {
  const read = wholeJson(text);
  return "json" in read ? read.json : text;
}

/** Replaces the file in one step; entries are sorted, so that a diff shows what changed and nothing else. */
export function writeLock(lock: ImageLock, file: string = LOCK_FILE): void {
  const sorted = Object.fromEntries(Object.entries(lock).sort(([one], [other]) => (one < other ? -1 : 1)));
  const candidate = `${file}.${process.pid}`;
  writeFileSync(candidate, `${JSON.stringify(sorted, undefined, 2)}\n`);
  renameSync(candidate, file);
}

/**
 * The architectures that an image exists for, as its registry says.
 * @returns undefined while the lock does not know the image
 */
export const lockedArchitectures = (reference: string, lock: ImageLock): readonly Architecture[] | undefined =>
  lock[reference]?.architectures;
