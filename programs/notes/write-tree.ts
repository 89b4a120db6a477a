import type { Database } from "./couchdb.ts";
import { readPieces } from "./pieces.ts";
import { contentOf, Damaged, pathOf, type StoredNote, wantedPieces } from "./reading.ts";
import type { Snapshot } from "./snapshot.ts";
import type { Tree } from "./tree.ts";
import { refusal } from "./tree-path.ts";

/** What became of the files. */
export interface TreeOutcome {
  notes: number;
  written: string[];
  removed: string[];
  /** Notes that could not be written, as sentences. */
  problems: string[];
}

/** Bytes of notes that are read at a time. */
const BATCH = 8_000_000;

/** Notes in portions that fit in memory. */
function* portions(notes: readonly StoredNote[]): Generator<StoredNote[]> {
  let portion: StoredNote[] = [];
  let bytes = 0;
  for (const note of notes) {
    portion.push(note);
    bytes += Number(note.size) || 0;
    if (bytes < BATCH) continue;
    yield portion;
    [portion, bytes] = [[], 0];
  }
  yield portion;
}

/** Notes that may be written, and why the others may not: a path that leaves the tree, or goes through another note. */
function sorted(notes: readonly StoredNote[]): { fine: StoredNote[]; problems: string[] } {
  const files = new Set(notes.map(pathOf));
  const foldersOf = (path: string): string[] => [...path.matchAll(/\//g)].map(({ index }) => path.slice(0, index));
  const whyNot = (note: StoredNote): string | undefined => {
    const path = pathOf(note);
    const through = foldersOf(path).find((folder) => files.has(folder));
    return refusal(path) ?? (through === undefined ? undefined : `${through} is a note itself`);
  };
  const why = new Map(notes.map((note) => [note, whyNot(note)]));
  return {
    fine: notes.filter((note) => why.get(note) === undefined),
    problems: notes.flatMap((note) => {
      const reason = why.get(note);
      return reason === undefined ? [] : [`${JSON.stringify(pathOf(note))} is not written: ${reason}`];
    }),
  };
}

/**
 * Makes the files of a tree those of a vault. A note that cannot be read keeps the file it has.
 * @throws where a vault without notes would take all files away
 */
export async function writeTree(database: Database, { notes }: Snapshot, tree: Tree): Promise<TreeOutcome> {
  const there = await tree.files();
  if (notes.length === 0 && there.length > 0)
    throw new Error(`${database.name}: expected notes, found none; the ${there.length} files of the last dump stay`);
  const { fine, problems } = sorted(notes);
  const outcome: TreeOutcome = { notes: fine.length, written: [], removed: [], problems };
  const wanted = new Set(fine.map(pathOf));
  // First, so that a folder can take the place of a file.
  for (const file of there)
    if (!wanted.has(file)) {
      await tree.remove(file);
      outcome.removed.push(file);
    }
  for (const portion of portions(fine)) await writePortion(database, portion, tree, outcome);
  return outcome;
}

async function writePortion(database: Database, notes: StoredNote[], tree: Tree, outcome: TreeOutcome): Promise<void> {
  const pieces = await readPieces(database, [...new Set(notes.flatMap(wantedPieces))]);
  for (const note of notes)
    try {
      const content = contentOf(note, pieces);
      if (await tree.holds(pathOf(note), content)) continue;
      await tree.write(pathOf(note), content);
      outcome.written.push(pathOf(note));
    } catch (error) {
      if (!(error instanceof Damaged)) throw error;
      outcome.problems.push(error.message);
    }
}
