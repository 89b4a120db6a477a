import { isText, type Metadata } from "./documents.ts";

/** Any document of the database. */
export interface Stored {
  _id: string;
  _rev?: string;
  _deleted?: boolean;
  _conflicts?: string[];
  type?: string;
  [other: string]: unknown;
}

/** A note of an older plugin: its text is in the document itself. */
interface Legacy {
  type: "notes";
  path: string;
  data: string | string[];
  ctime: number;
  mtime: number;
  size: number;
}

/** A note's document as it is in the database. */
export type StoredNote = Stored & (Metadata | Legacy);

/** Ids of what is no file of the vault: pieces, settings of the plugin, hidden files, and CouchDB's own. */
const NO_NOTE = /^(?:h:|i:|ix:|ps:|_)/;

const NOTE_TYPES: ReadonlySet<unknown> = new Set(["plain", "newnote", "notes"]);

/** Whether a document is a note, deleted or not. */
export const isNote = (stored: Stored): stored is StoredNote =>
  !NO_NOTE.test(stored._id) && NOTE_TYPES.has(stored.type);

export const isDeleted = ({ _deleted, deleted }: Stored): boolean => _deleted === true || deleted === true;

/** Path of a note; very old documents have it in their id only. */
export const pathOf = ({ _id, path }: Stored): string =>
  typeof path === "string" && path !== "" ? path : _id.replace(/^\/_/, "_");

/** Ids of the pieces that have to be read for a note: some old ones are in its own document. */
export const wantedPieces = (note: StoredNote): string[] =>
  note.type === "notes" ? [] : note.children.filter((id) => ownPiece(note, id) === undefined);

function ownPiece({ eden }: Stored, id: string): string | undefined {
  const own = (eden as Record<string, { data?: unknown }> | undefined)?.[id]?.data;
  return typeof own === "string" ? own : undefined;
}

/** A note that the plugin would refuse to show, too. */
export class Damaged extends Error {}

function textsOf(note: StoredNote, pieces: ReadonlyMap<string, string>): string[] {
  if (note.type === "notes") return [note.data].flat();
  return note.children.map((id) => {
    const data = ownPiece(note, id) ?? pieces.get(id);
    if (data === undefined) throw new Damaged(`${pathOf(note)}: expected the piece ${id}, found none`);
    return data;
  });
}

/**
 * The bytes of a note's file, joined as the plugin does.
 * @throws Damaged where a piece or some bytes are missing
 */
export function contentOf(note: StoredNote, pieces: ReadonlyMap<string, string>): Buffer {
  const texts = textsOf(note, pieces);
  const content =
    note.type === "plain" || isText(pathOf(note))
      ? Buffer.from(texts.join(""))
      : Buffer.concat(texts.map((text) => Buffer.from(text, "base64")));
  const { size } = note;
  // What writes 0 for "unknown" is taken by the plugin, too.
  if (typeof size === "number" && size !== 0 && size !== content.length)
    throw new Damaged(`${pathOf(note)}: expected ${size} bytes, found ${content.length}`);
  return content;
}
