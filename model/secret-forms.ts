/** Shortest line of a secret that is searched for by itself, in characters. */
const SHORTEST_LINE = 8;

/**
 * The texts as which a secret travels: whole and line by line, plain, quoted, in base64 and in hexadecimal digits. What is
 * written as `%XX` is for the search to decode: every program has its own opinion of which bytes need it.
 */
export function formsOf(secret: string): string[] {
  const lines = secret.split(/\r?\n/).filter((line) => line.length >= SHORTEST_LINE);
  return [...new Set([secret, secret.trim(), ...lines, ...decoded(secret)])].flatMap((text) => [
    ...quotedForms(text),
    ...encodedForms(text),
    text.replaceAll(" ", "+"),
  ]);
}

/** A secret that looks encoded, decoded: some programs keep such pieces and encode the rest. */
function decoded(secret: string): string[] {
  try {
    const text = decodeURIComponent(secret);
    return text === secret ? [] : [text];
  } catch {
    return [];
  }
}

function quotedForms(text: string): string[] {
  const json = inJson(text);
  return [text, json, inJson(json), htmlSafe(json), htmlSafe(inJson(json)), text.replaceAll("'", String.raw`'\''`)];
}

const inJson = (text: string): string => JSON.stringify(text).slice(1, -1);

/** JSON as Go's encoder writes it into a string property. */
const htmlSafe = (json: string): string =>
  json
    .replaceAll("<", String.raw`\u003c`)
    .replaceAll(">", String.raw`\u003e`)
    .replaceAll("&", String.raw`\u0026`);

function encodedForms(text: string): string[] {
  const bytes = Buffer.from(text, "utf8");
  const whole = bytes.toString("base64");
  const forms = [whole, whole.replace(/=+$/, ""), ...[0, 1, 2].map((offset) => base64Inside(bytes, offset))];
  const hex = bytes.toString("hex");
  return [...forms, ...forms.map(urlSafe), hex, hex.toUpperCase()];
}

/**
 * The base64 characters that depend on these bytes alone when they start `offset` bytes into a group of three, as in
 * `user:password` of a basic-auth header. The first and last ones also depend on the neighbours and are left out.
 */
function base64Inside(bytes: Buffer, offset: number): string {
  const text = Buffer.concat([Buffer.alloc(offset), bytes])
    .toString("base64")
    .replace(/=+$/, "");
  const shared = (offset + bytes.length) % 3 === 0 ? 0 : 1;
  return text.slice(offset === 0 ? 0 : offset + 1, text.length - shared);
}

const urlSafe = (base64: string): string => base64.replaceAll("+", "-").replaceAll("/", "_");
