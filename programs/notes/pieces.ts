import type { Database, Row } from "./couchdb.ts";
import type { Piece } from "./documents.ts";
import { contentOf, type Stored, type StoredNote, wantedPieces } from "./reading.ts";

const isThere = ({ value }: Row): boolean => value !== undefined && value.deleted !== true;

/** Which of these pieces the database has. */
async function presentPieces(database: Database, ids: Iterable<string>): Promise<Set<string>> {
  const rows = await database.byId([...new Set(ids)], false);
  return new Set([...rows].flatMap(([id, row]) => (isThere(row) ? [id] : [])));
}

/** Tells of these notes whether all their pieces are there: the plugin's own clean-up may have taken some. */
export async function wholeness(
  database: Database,
  notes: readonly StoredNote[],
): Promise<(note: StoredNote) => boolean> {
  const present = await presentPieces(database, notes.flatMap(wantedPieces));
  return (note) => wantedPieces(note).every((id) => present.has(id));
}

/** Data of pieces by id; one that is not there is left out. */
export async function readPieces(database: Database, ids: readonly string[]): Promise<Map<string, string>> {
  const rows = await database.byId(ids);
  return new Map([...rows].flatMap(([id, { doc }]) => dataOf(id, doc)));
}

function dataOf(id: string, piece: Stored | null | undefined): [string, string][] {
  const data = piece?.["data"];
  return typeof data === "string" ? [[id, data]] : [];
}

/** The bytes of a note's file. @throws Damaged where the plugin would not show it either */
export const readNote = async (database: Database, note: StoredNote): Promise<Buffer> =>
  contentOf(note, await readPieces(database, wantedPieces(note)));

/** Writes the pieces that are not there yet. Nothing shows them before a note names them. */
export async function writePieces(database: Database, pieces: readonly Piece[]): Promise<void> {
  const present = await presentPieces(
    database,
    pieces.map(({ _id }) => _id),
  );
  const missing = new Map(pieces.filter(({ _id }) => !present.has(_id)).map((piece) => [piece._id, piece]));
  for (const { id, error, reason } of await database.write([...missing.values()]))
    // Another writer's piece of the same id has the same content.
    if (error !== undefined && error !== "conflict")
      throw new Error(`${id}: expected the piece to be written, found ${error}: ${reason ?? ""}`);
}
