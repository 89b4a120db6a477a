/** What a PNG tells of itself. */
export interface Png {
  width?: number;
  height?: number;
  /** Texts that its program put in, by keyword. */
  texts: Map<string, string>;
}

const SIGNATURE = Buffer.from("89504e470d0a1a0a", "hex");

/** Length, type and checksum of a chunk. */
const FRAME = 12;

function* chunksOf(file: Buffer): Generator<{ type: string; data: Buffer }> {
  for (let at = SIGNATURE.length; at + FRAME <= file.length;) {
    const length = file.readUInt32BE(at);
    if (at + FRAME + length > file.length) return;
    yield { type: file.toString("latin1", at + 4, at + 8), data: file.subarray(at + 8, at + 8 + length) };
    at += FRAME + length;
  }
}

/** `keyword NUL text`, as PNG's uncompressed texts are. */
function textOf(data: Buffer): [string, string] | undefined {
  const end = data.indexOf(0);
  return end < 0 ? undefined : [data.toString("latin1", 0, end), data.toString("utf8", end + 1)];
}

/** Size and texts of a PNG; of what is none, or is cut short, as much as there is. */
export function readPng(file: Buffer): Png {
  const png: Png = { texts: new Map() };
  if (!file.subarray(0, SIGNATURE.length).equals(SIGNATURE)) return png;
  for (const { type, data } of chunksOf(file)) {
    if (type === "IHDR" && data.length >= 8) [png.width, png.height] = [data.readUInt32BE(0), data.readUInt32BE(4)];
    const text = type === "tEXt" ? textOf(data) : undefined;
    if (text !== undefined) png.texts.set(...text);
  }
  return png;
}
