import { createHash } from "node:crypto";
import { documentId } from "./paths.ts";

/** A note's metadata, as the plugin keeps it: its text lies in other documents. */
export interface Metadata {
  _id: string;
  _rev?: string;
  /** Path in the vault, in its own capitals. */
  path: string;
  /** `plain`: pieces of text. `newnote`: pieces of bytes, each in base64. */
  type: "plain" | "newnote";
  /** Ids of the pieces, in order. */
  children: string[];
  /** Milliseconds since 1970. */
  ctime: number;
  mtime: number;
  /** Bytes of the file; the plugin takes a note of another size for damaged. */
  size: number;
  eden: Record<string, unknown>;
  deleted?: boolean;
}

/** A piece of a note. Its id follows from its content, so it never changes. */
export interface Piece {
  _id: string;
  type: "leaf";
  data: string;
}

/** A file of a vault. */
export interface Note {
  path: string;
  content: Buffer;
  /** Milliseconds since 1970. */
  ctime: number;
  mtime: number;
}

/** A note as documents. */
export interface Documents {
  metadata: Metadata;
  pieces: Piece[];
}

/** Bytes of a piece: small enough for telephones, and three of them are four characters of base64. */
const PIECE_BYTES = 75_000;

/** Files that the plugin reads as text whatever their document says. */
const TEXT = /\.(?:md|txt|svg|html|csv|css|js|xml|canvas)$/;

export const isText = (path: string): boolean => TEXT.test(path);

/** What the vault holds of a file: of text, what UTF-8 can say. */
export const asKept = (path: string, content: Buffer): Buffer =>
  isText(path) ? Buffer.from(content.toString("utf8")) : content;

/** Names a content: 128 bits of SHA-256. */
export const contentHash = (content: Buffer): string => createHash("sha256").update(content).digest("hex").slice(0, 32);

/** Whether a byte continues a character of UTF-8. */
const continues = (byte: number | undefined): boolean => byte !== undefined && (byte & 0xc0) === 0x80;

function* slices(content: Buffer, text: boolean): Generator<string> {
  for (let start = 0; start < content.length;) {
    let end = Math.min(content.length, start + PIECE_BYTES);
    while (text && end < content.length && continues(content[end])) end--;
    yield content.toString(text ? "utf8" : "base64", start, end);
    start = end;
  }
}

const pieceOf = (data: string): Piece => ({
  _id: `h:${createHash("sha256").update(data).digest("hex")}`,
  type: "leaf",
  data,
});

/** The documents that make the plugin show a note: the pieces have to be there before the metadata. */
export function documentsOf({ path, content, ctime, mtime }: Note): Documents {
  const text = isText(path);
  const kept = asKept(path, content);
  const pieces = [...slices(kept, text)].map(pieceOf);
  return {
    metadata: {
      _id: documentId(path),
      path,
      type: text ? "plain" : "newnote",
      children: pieces.map(({ _id }) => _id),
      ctime,
      mtime,
      size: kept.length,
      eden: {},
    },
    pieces,
  };
}
