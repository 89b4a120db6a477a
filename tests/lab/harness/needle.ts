/** A secret's value and how to find a trace of it. */
export interface Needle {
  /** What the failure shows in place of the value. */
  name: string;
  /** Byte sequences of which none may be found anywhere but where the secret belongs. */
  traces: Buffer[];
}

/** Shortest text that is looked for in base64: what is the same at every offset must be long enough to be no accident. */
const SHORTEST = 12;

/**
 * A needle for a secret.
 * @param marks parts of the value, of letters and digits alone: JSON, URLs and shells write them as they are
 * @throws for marks that some form would change, or that base64 would shorten to an accident
 */
export function needle(name: string, marks: readonly string[]): Needle {
  for (const mark of marks) {
    if (!/^[A-Za-z0-9]+$/.test(mark) || mark.length < SHORTEST) throw new Error(`${name}: unfit mark ${mark}`);
  }
  return {
    name,
    traces: marks.flatMap((mark) => [mark, ...base64Forms(mark), hex(mark)]).map((text) => Buffer.from(text)),
  };
}

/** Where in `haystack` a secret shows, as its name and what is before it; empty when it does not. */
export function traces(haystack: string | Buffer, needles: readonly Needle[]): string[] {
  const bytes = Buffer.from(haystack);
  return needles.flatMap(({ name, traces: forms }) => {
    const at = forms.map((form) => bytes.indexOf(form)).find((index) => index !== -1);
    return at === undefined ? [] : [`${name} after: ${bytes.subarray(Math.max(0, at - 120), at).toString("utf8")}`];
  });
}

/** What base64 makes of a text inside a longer one: it depends on the text's offset modulo three. */
function base64Forms(mark: string): string[] {
  return [0, 1, 2].map((offset) => {
    const encoded = Buffer.from("\0".repeat(offset) + mark).toString("base64");
    // The first and last characters also hold bits of what is around.
    return encoded
      .slice(offset === 0 ? 0 : 4, Math.floor(((offset + mark.length) * 4) / 3))
      .replace(/=+$/, "")
      .slice(0, -1);
  });
}

const hex = (mark: string): string => Buffer.from(mark).toString("hex");
