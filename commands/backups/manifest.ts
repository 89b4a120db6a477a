import { z } from "zod";
import { parseJson } from "../../model/foreign-json";
import { momentIn } from "../terminal/moment";

/** A part of a set of backups, as its manifest has it. */
const partSchema = z.object({
  name: z.string(),
  service: z.string(),
  /** How it was copied. */
  method: z.string(),
  rows: z.record(z.string(), z.number()),
  files: z.array(z.object({ path: z.string(), bytes: z.number() })),
});

/** What a complete set says of itself (docs/backups.md). */
export const manifestSchema = z.object({
  set: z.string(),
  sequence: z.number(),
  /** ISO 8601. */
  started: z.string(),
  /** ISO 8601: when everything in it had been read back. */
  ended: z.string(),
  bytes: z.number(),
  parts: z.array(partSchema),
});

/** What is in a set of backups. Its host writes it when the set was read back and is complete. */
export type Manifest = z.infer<typeof manifestSchema>;

/** What to do about a manifest that is none. */
const LOOK_AT_IT =
  "run `make up`, which brings the host this version of the program that writes them, and look at that file there";

/** What ends with a NUL each, in the form that is expected of it. */
export const eachIn = <Value>(schema: z.ZodType<Value, Value>, text: string, what: string): Value[] =>
  text
    .split("\0")
    .filter((one) => one.trim() !== "")
    .map((one) => parseJson(schema, one, what, LOOK_AT_IT));

/** Manifests as a host gives them, the oldest first. @param text each ends with a NUL */
export const manifestsIn = (text: string): Manifest[] =>
  eachIn(manifestSchema, text, "the manifest of a set of backups");

/** Seconds in a day, an hour, a minute. */
const UNITS = [
  ["d", 86_400],
  ["h", 3_600],
  ["min", 60],
] as const;

/** `3 d`, `5 h`; `now` below a minute. A host whose clock is ahead is not of the future. */
export function ageOf(moment: string, now: Date): string {
  const seconds = (now.getTime() - Date.parse(moment)) / 1000;
  const [unit, size] = UNITS.find(([, least]) => seconds >= least) ?? ["", 0];
  return size === 0 ? "now" : `${Math.floor(seconds / size)} ${unit}`;
}

const MIB = 1_048_576;

/** `1.5 MiB`. */
export const sizeOf = (bytes: number): string => `${(bytes / MIB).toFixed(1)} MiB`;

/** What there is of a host's services: in how many sets, and in the newest one how much, how old, and when it was read back. */
export function rowsOf(host: string, manifests: readonly Manifest[], now: Date): string[][] {
  const newest = new Map<string, Manifest>();
  for (const manifest of manifests) for (const { service } of manifest.parts) newest.set(service, manifest);
  return [...newest]
    .sort(([one], [other]) => (one < other ? -1 : 1))
    .map(([service, manifest]) => {
      const own = manifest.parts.filter((part) => part.service === service);
      const bytes = own.flatMap(({ files }) => files).reduce((sum, file) => sum + file.bytes, 0);
      const sets = manifests.filter(({ parts }) => parts.some((part) => part.service === service)).length;
      return [host, service, String(sets), manifest.set, ageOf(manifest.started, now), sizeOf(bytes), manifest.ended];
    });
}

/**
 * The set that is meant.
 * @param at a set's name or number, or a moment (ISO 8601): the newest set that had been begun then. Default: the newest
 * @throws where there is none, naming those there are
 */
export function setAt(manifests: readonly Manifest[], at: string): Manifest {
  const found = foundAt(manifests, at);
  if (found !== undefined) return found;
  const there = manifests.map(({ set }) => set).join(", ") || "none";
  throw new Error(
    at !== "" && Number.isNaN(momentIn(at))
      ? `expected a set, its number or a moment such as 2026-11-29T03:00Z in AT, found ${at}; there are ${there}`
      : `expected a set that was begun by ${at || "now"}, found none; there are ${there}`,
  );
}

/** The same; undefined where there is none. */
export function foundAt(manifests: readonly Manifest[], at: string): Manifest | undefined {
  const named = manifests.filter((manifest) => isNamed(manifest, at));
  const moment = at === "" ? Infinity : momentIn(at);
  return named.at(-1) ?? manifests.filter(({ started }) => Date.parse(started) <= moment).at(-1);
}

/** Whether a set is meant by its name or number, not by a moment. */
export const isNamed = ({ set, sequence }: Pick<Manifest, "set" | "sequence">, at: string): boolean =>
  set === at || (/^\d{1,6}$/.test(at) && sequence === Number(at));
