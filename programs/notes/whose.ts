import { contentHash } from "./documents.ts";
import type { Row } from "./couchdb.ts";
import type { Entry } from "./ledger.ts";
import { Damaged, isDeleted, isNote, type StoredNote } from "./reading.ts";

/** What there is in the place of a note, and whose. */
export type Place =
  /** Nothing, or what the collector itself took away. */
  | { kind: "free"; rev?: string }
  /** What the collector wrote last. */
  | { kind: "own"; note: StoredNote }
  /** A note that the collector has not written, or not in these words. */
  | { kind: "foreign"; note: StoredNote; why: string }
  | { kind: "deleted" };

/** Reads a note's content, where its revision alone does not tell. */
export type Reader = (note: StoredNote) => Promise<Buffer>;

/** Whether a revision is the one that the collector left. */
const isLeft = (rev: string | undefined, entry: Entry | undefined): boolean =>
  entry?.rev !== undefined && entry.rev === rev;

/**
 * Whose the note is that a row of the database shows. A note that anybody changed or deleted is that person's from then on, until
 * it has the collector's content again.
 */
export async function placeOf(row: Row | undefined, entry: Entry | undefined, read: Reader): Promise<Place> {
  if (row?.value === undefined) return { kind: "free" };
  if (row.value.deleted === true) return { kind: "deleted" };
  const stored = row.doc;
  if (stored === undefined || stored === null || !isNote(stored))
    throw new Error(`${row.key}: expected a note or nothing, found another document`);
  if (stored._conflicts !== undefined && stored._conflicts.length > 0)
    return { kind: "foreign", note: stored, why: "two devices disagree on it" };
  if (isDeleted(stored)) return deletedPlace(stored, entry);
  return livePlace(stored, entry, read);
}

const deletedPlace = (note: StoredNote, entry: Entry | undefined): Place =>
  entry?.removed === true && isLeft(note._rev, entry)
    ? { kind: "free", ...(note._rev === undefined ? {} : { rev: note._rev }) }
    : { kind: "deleted" };

async function livePlace(note: StoredNote, entry: Entry | undefined, read: Reader): Promise<Place> {
  if (isLeft(note._rev, entry)) return { kind: "own", note };
  const hash = await hashOf(note, read);
  if (hash === undefined) return { kind: "foreign", note, why: "it cannot be read" };
  if (entry?.hashes.includes(hash) === true) return { kind: "own", note };
  return { kind: "foreign", note, why: entry === undefined ? "somebody else wrote it" : "somebody changed it" };
}

async function hashOf(note: StoredNote, read: Reader): Promise<string | undefined> {
  try {
    return contentHash(await read(note));
  } catch (error) {
    if (error instanceof Damaged) return undefined;
    throw error;
  }
}
