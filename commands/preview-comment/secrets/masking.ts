import { MASK, secretMask } from "../../../model/masking";
import type { PulumiPreviewJson } from "../preview";
import { maskUrls } from "./urls";

/** Key and value that mark an object in Pulumi's JSON as a secret. */
const SIGNATURE_KEY = "4dabf18193072939515e22adb298388d";
const SECRET_SIGNATURE = "1b47061264138c4ac30d75fd1eb44270";

type Mask = (text: string) => string;

/** A function that masks the given secrets in a text, and what any URL in it carries. */
export function maskFor(secretValues: readonly string[]): Mask {
  const mask = secretMask(secretValues);
  return (text) => maskUrls(mask(text));
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
