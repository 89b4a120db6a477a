import { createHash } from "node:crypto";

/** Bytes of UTF-8 that a file's or folder's name may have: file systems take 255, and a clash appends some. */
const NAME_BYTES = 120;

/** UTF-16 units of a whole path: Windows takes 260, the folder of the vault among them. */
const PATH_LENGTH = 200;

/** What Windows, Android or a link in Obsidian cannot have in a name, control characters among it. */
// eslint-disable-next-line no-control-regex
const FORBIDDEN = /[\u0000-\u001f\u007f\\/:*?"<>|#^[\]]+/g;

/** Devices of Windows, whatever their ending. */
const DEVICE = /^(?:con|prn|aux|nul|clock\$|com\d|lpt\d)(?=\.|$)/i;

const digest = (text: string): string => createHash("sha256").update(text).digest("hex").slice(0, 8);

/** The text up to so many bytes of UTF-8, at the border of a character. */
function cut(text: string, bytes: number): string {
  let size = 0;
  let end = 0;
  for (const character of text) {
    size += Buffer.byteLength(character);
    if (size > bytes) break;
    end += character.length;
  }
  return text.slice(0, end);
}

/** Name and ending; the ending is short and has no blanks. */
function parted(name: string): [string, string] {
  const ending = /\.[A-Za-z0-9]{1,8}$/.exec(name)?.[0] ?? "";
  return [name.slice(0, name.length - ending.length), ending];
}

/** The name with a mark of `of` before its ending. */
export function marked(name: string, of: string): string {
  const [stem, ending] = parted(name);
  return `${stem}~${digest(of)}${ending}`;
}

/** Dots in front hide a file, dots and blanks behind are lost on Windows. */
const trimmed = (text: string): string => text.replace(/^[.\s]+|[.\s]+$/g, "");

/** A text as the name of a file or folder that each of Obsidian's systems takes; one too long keeps its beginning and a mark. */
function nameFrom(text: string): string {
  const clean = trimmed(text.normalize("NFC").replace(FORBIDDEN, "-").replace(/\s+/g, " ")) || "untitled";
  const name = DEVICE.test(clean) ? `-${clean}` : clean;
  if (Buffer.byteLength(name) <= NAME_BYTES) return name;
  const [stem, ending] = parted(name);
  return marked(trimmed(cut(stem, NAME_BYTES - Buffer.byteLength(ending) - 9)) + ending, text);
}

/**
 * A path in the vault from any texts, one for each folder and the last for the file. One that is too long keeps its first folder and
 * its file's name.
 */
export function vaultPath(...parts: readonly string[]): string {
  const names = parts.map(nameFrom);
  const path = names.join("/");
  if (path.length <= PATH_LENGTH || names.length < 3) return path;
  return [names[0], digest(path), names.at(-1)].join("/");
}

/** Id of a note's document, as the plugin makes it where names differ by more than capitals. */
export function documentId(path: string): string {
  const lower = path.toLowerCase();
  return lower.startsWith("_") ? `/${lower}` : lower;
}
