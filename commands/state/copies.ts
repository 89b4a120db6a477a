import { createHash } from "node:crypto";
import type { StackState } from "./backend";
import { type GoodState, inspectState } from "./inspect";
import { substanceOf } from "./substance";

/** How many copies are kept. */
const KEPT = 20;

/** First 16 hexadecimal digits of the SHA-256: they tell damage, not an attack. */
export const checksum = (content: Buffer): string => createHash("sha256").update(content).digest("hex").slice(0, 16);

/** A copy of a state. Its name tells all of it: `2026-02-26T08-30-00Z.85.0123456789abcdef.json`. */
export interface Copy {
  readonly key: string;
  /** When it was made, as a person gives it: `2026-02-26T08-30-00Z`. */
  readonly date: string;
  /** How many resources it has. */
  readonly count: number;
  readonly sum: string;
}

/** A copy that is what was copied, with what it holds. */
export interface GoodCopy extends Copy, GoodState {
  readonly content: Buffer;
}

const NAME = /\/(?<date>\d{4}-\d\d-\d\dT\d\d-\d\d-\d\dZ)\.(?<count>\d+)\.(?<sum>[0-9a-f]{16})\.json$/;

/** All copies of a stack's state by their names, the newest first. */
export async function copiesOf({ store, keys }: StackState): Promise<Copy[]> {
  const found = await store.list(keys.copies);
  return found.flatMap(copyAt).reverse();
}

function copyAt(key: string): Copy[] {
  const { date, count, sum } = NAME.exec(key)?.groups ?? {};
  return date === undefined || sum === undefined ? [] : [{ key, date, count: Number(count), sum }];
}

/** A copy with its content; undefined when that is not what was copied. */
export async function readCopy({ store }: StackState, copy: Copy): Promise<GoodCopy | undefined> {
  const content = await store.read(copy.key);
  if (content === undefined || checksum(content) !== copy.sum) return undefined;
  const state = inspectState(content);
  return "damage" in state ? undefined : { ...copy, ...state, content };
}

/** The state before the engine's last write, when it is a good one: it lies beside every state. */
export async function engineCopy({ store, keys }: StackState): Promise<GoodCopy | undefined> {
  const content = await store.read(keys.previous);
  const state = content === undefined ? undefined : inspectState(content);
  if (content === undefined || state === undefined || "damage" in state || state.resources.length === 0)
    return undefined;
  const named = { key: keys.previous, date: dated(new Date(state.time)), count: state.resources.length };
  return { ...named, sum: checksum(content), ...state, content };
}

/** The newest good copy that `fits`; else the engine's own. */
export async function newestGood(
  state: StackState,
  fits: (copy: Copy) => boolean = () => true,
): Promise<GoodCopy | undefined> {
  for (const copy of (await copiesOf(state)).filter(fits)) {
    const good = await readCopy(state, copy);
    if (good !== undefined) return good;
  }
  const engines = await engineCopy(state);
  return engines !== undefined && fits(engines) ? engines : undefined;
}

/** Keeps a state aside, unless the newest copy says the same, or nothing is in it. */
export async function keepCopy(state: StackState, content: Buffer, found: GoodState): Promise<void> {
  const copies = await copiesOf(state);
  if (found.resources.length === 0 || (await saysTheSame(state, copies[0], found))) return;
  const name = `${nextDate(copies[0])}.${found.resources.length}.${checksum(content)}.json`;
  await state.store.write(`${state.keys.copies}/${name}`, content);
  await forgetOldest(state);
}

/** A run that changes nothing must not push out a copy that tells more. */
async function saysTheSame(state: StackState, copy: Copy | undefined, found: GoodState): Promise<boolean> {
  const good = copy && (await readCopy(state, copy));
  return good !== undefined && substanceOf(good) === substanceOf(found);
}

/** Never the last good one, however many newer ones there are. */
async function forgetOldest(state: StackState): Promise<void> {
  const copies = await copiesOf(state);
  const spared = copies.length <= KEPT ? undefined : await newestGood(state);
  for (const { key } of copies.slice(KEPT)) if (key !== spared?.key) await state.store.remove(key);
}

/** Now, or a second after the newest copy: the dates say which is newer, whatever the clock did. */
function nextDate(newest: Copy | undefined): string {
  const after = newest === undefined ? 0 : Date.parse(isoOf(newest.date)) + 1000;
  return dated(new Date(Math.max(Date.now(), after)));
}

const isoOf = (date: string): string => date.replace(/T(\d\d)-(\d\d)-(\d\d)Z$/, "T$1:$2:$3Z");

/** `2026-02-26T08-30-00Z`, which a file's name can have. */
export const dated = (time: Date): string =>
  time
    .toISOString()
    .replace(/\.\d+Z$/, "Z")
    .replaceAll(":", "-");

/** The same for a sentence: `2026-02-26 08:30:00 UTC`. */
export const readable = (date: string): string => isoOf(date).replace("T", " ").replace("Z", " UTC");
