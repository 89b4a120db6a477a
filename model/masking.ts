import { type Decoded, decodings } from "./percent-decoding";
import { formsOf } from "./secret-forms";

/** What stands in place of a secret. */
export const MASK = "[secret]";

/**
 * Shortest secret that is searched for, in characters. Masking every `1` or `on` would hide the text and tell what the
 * secret is.
 */
const SHORTEST_SECRET = 4;

/** Bytes by which a form is looked up; none is shorter. */
const KEY = 4;

/** A form of a secret, and the longest other one that it begins with. */
interface Form {
  readonly bytes: Buffer;
  readonly within: Form | undefined;
}

interface Forms {
  /** In the order of their bytes, so that those with a common beginning stand together. */
  readonly forms: readonly Form[];
  /** The first bytes of each, as a number: most places of a text need no closer look. */
  readonly keys: ReadonlySet<number>;
}

type Range = readonly [from: number, to: number];

/**
 * A function that masks the given secrets in a text: plain, in the forms in which they travel, and each byte as it is or as
 * `%XX`. It looks once at each byte of the text, however many secrets there are.
 */
export function secretMask(secretValues: readonly string[]): (text: string) => string {
  const secrets = secretValues.filter((value) => value.length >= SHORTEST_SECRET);
  const forms = inOrder(secrets.flatMap(formsOf).filter((form) => form.length >= SHORTEST_SECRET));
  return (text) => {
    const bytes = Buffer.from(text, "utf8");
    const found = decodings(bytes).flatMap((decoded) => rangesIn(decoded, forms));
    return found.length === 0 ? text : covered(bytes, found);
  };
}

function inOrder(texts: readonly string[]): Forms {
  const all = [...new Set(texts)].map((text) => Buffer.from(text, "utf8")).sort((one, other) => one.compare(other));
  const forms: Form[] = [];
  for (const bytes of all) forms.push({ bytes, within: beginningOf(bytes, 0, forms.at(-1)) });
  return { forms, keys: new Set(all.map((bytes) => bytes.readUInt32BE())) };
}

/** Of a form and those that it begins with the longest that stands in the bytes at a place. */
function beginningOf(bytes: Buffer, at: number, form: Form | undefined): Form | undefined {
  let found = form;
  while (found !== undefined && orderOf(found, bytes, at) !== 0) found = found.within;
  return found;
}

/** Below 0: the form comes before the bytes from that place on; 0: they begin with it. */
const orderOf = ({ bytes: form }: Form, bytes: Buffer, at: number): number =>
  form.compare(bytes, at, Math.min(at + form.length, bytes.length));

/** The longest form that stands there: whatever lies in their order between it and the text begins with it, too. */
function formAt(bytes: Buffer, at: number, forms: readonly Form[]): Form | undefined {
  let [low, high] = [0, forms.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    const form = forms[middle];
    if (form !== undefined && orderOf(form, bytes, at) <= 0) low = middle + 1;
    else high = middle;
  }
  return beginningOf(bytes, at, forms[low - 1]);
}

/** Where the forms stand, as places in the original. */
function rangesIn({ bytes, starts }: Decoded, { forms, keys }: Forms): Range[] {
  const found: Range[] = [];
  let key = 0;
  for (let end = 1; end <= bytes.length; end++) {
    key = ((key << 8) | (bytes[end - 1] ?? 0)) >>> 0;
    const from = end - KEY;
    const form = from >= 0 && keys.has(key) ? formAt(bytes, from, forms) : undefined;
    if (form !== undefined) found.push([starts[from] ?? 0, starts[from + form.bytes.length] ?? 0]);
  }
  return found;
}

/** The text with a mask over every range; ranges that overlap are one. */
function covered(bytes: Buffer, ranges: readonly Range[]): string {
  const parts: string[] = [];
  let end = 0;
  for (const [from, to] of [...ranges].sort(([one], [other]) => one - other)) {
    if (from >= end) parts.push(bytes.toString("utf8", end, from), MASK);
    end = Math.max(end, to);
  }
  return [...parts, bytes.toString("utf8", end)].join("");
}
