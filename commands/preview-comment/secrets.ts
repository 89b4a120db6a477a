import { MASK } from "./mask";
import type { PulumiPreviewJson } from "./preview";
import { maskUrls } from "./url-secrets";

/** Key and value that mark an object in Pulumi's JSON as a secret. */
const SIGNATURE_KEY = "4dabf18193072939515e22adb298388d";
const SECRET_SIGNATURE = "1b47061264138c4ac30d75fd1eb44270";

/**
 * Shortest secret and shortest line of a secret that are searched for, in characters. Masking every `1` or `on` would
 * hide the preview and tell what the secret is.
 */
const SHORTEST_SECRET = 4;
const SHORTEST_LINE = 8;

type Mask = (text: string) => string;

/** A function that masks the given secrets in a text, plain or in the forms in which they travel, and what any URL carries. */
export function maskFor(secretValues: readonly string[]): Mask {
  const secrets = secretValues.filter((value) => value.length >= SHORTEST_SECRET);
  const forms = new Set(secrets.flatMap(formsOf).filter((form) => form.length >= SHORTEST_SECRET));
  // The longest form first: a secret that contains another one goes as a whole.
  const ordered = [...forms].sort((one, other) => other.length - one.length);
  return (text) => maskUrls(ordered.reduce((masked, form) => masked.replaceAll(form, MASK), text));
}

/**
 * A copy of the preview without secrets: those that Pulumi marked, at any depth, and the given ones in every string and
 * key. It comes before anything is cut, compared or split into lines, so that no piece of a secret is left over.
 */
export const maskPreview = (preview: PulumiPreviewJson, mask: Mask): PulumiPreviewJson =>
  maskValue(preview, mask) as PulumiPreviewJson;

function maskValue(value: unknown, mask: Mask): unknown {
  if (typeof value === "string") return mask(value);
  if (typeof value === "number") return mask(String(value)) === String(value) ? value : MASK;
  if (Array.isArray(value)) return value.map((element) => maskValue(element, mask));
  if (typeof value !== "object" || value === null) return value;
  if ((value as Record<string, unknown>)[SIGNATURE_KEY] === SECRET_SIGNATURE) return MASK;
  return Object.fromEntries(Object.entries(value).map(([key, element]) => [mask(key), maskValue(element, mask)]));
}

function formsOf(secret: string): string[] {
  const lines = secret.split(/\r?\n/).filter((line) => line.length >= SHORTEST_LINE);
  return [...new Set([secret, secret.trim(), ...lines])].flatMap((text) => [
    ...quotedForms(text),
    ...encodedForms(text),
  ]);
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
  const percent = encodeURIComponent(text.replace(/\p{Surrogate}/gu, "\ufffd"));
  const whole = bytes.toString("base64");
  const forms = [whole, whole.replace(/=+$/, ""), ...[0, 1, 2].map((offset) => base64Inside(bytes, offset))];
  return [...forms, ...forms.map(urlSafe), percent, percent.replaceAll("%20", "+"), bytes.toString("hex")];
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
