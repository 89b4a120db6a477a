import type { Database } from "./couchdb.ts";
import { isDeleted, isNote, type Stored, type StoredNote } from "./reading.ts";

/** All notes of a vault as they were at one moment. */
export interface Snapshot {
  notes: StoredNote[];
  /** The database's `update_seq` at that moment. */
  sequence: string;
}

/** Between them lie the pieces, which are most of a database. */
const RANGES = [{ endkey: "h:" }, { startkey: "h;" }];

/** Rounds of catching up with what devices write meanwhile, before it is given up. */
const ROUNDS = 20;

/**
 * Reads the notes, then what changed while they were read, until nothing did. Pieces never change, so they may be read later.
 * @throws where devices write without a pause
 */
export async function snapshotOf(database: Database): Promise<Snapshot> {
  let sequence = await database.sequence();
  const documents = new Map<string, Stored>();
  for (const range of RANGES) for (const stored of await database.range(range)) documents.set(stored._id, stored);
  for (let round = 0; round < ROUNDS; round++) {
    const changes = await database.changes(sequence);
    sequence = changes.sequence;
    if (changes.documents.length === 0)
      return { notes: [...documents.values()].filter(isNote).filter(isLive), sequence };
    for (const stored of changes.documents) documents.set(stored._id, stored);
  }
  throw new Error(`${database.name}: expected devices to pause, found changes in each of ${ROUNDS} looks`);
}

const isLive = (note: StoredNote): boolean => !isDeleted(note);
