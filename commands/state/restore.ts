import { gzipSync } from "node:zlib";
import type { StackState } from "./backend";
import { damageOf, forStack, restoreCommand } from "./check";
import { compareStates } from "./compare";
import {
  checksum,
  copiesOf,
  type Copy,
  dated,
  engineCopy,
  type GoodCopy,
  newestGood,
  readable,
  readCopy,
} from "./copies";
import { inspectState, plainState } from "./inspect";
import { noteLeft } from "./left";

/** Chosen in place of a copy's date: the state's file as it is. */
const PRESENT = "present";

/** Finds a place with copies that is not the backend's own; undefined where there is none. */
type Elsewhere = () => Promise<StackState | undefined>;

const nowhere: Elsewhere = () => Promise.resolve(undefined);

/** What a restore would do, in words, and how to do it. */
export interface Restore {
  readonly lines: readonly string[];
  /** @returns what was done, for a person */
  apply(): Promise<string>;
}

/** The state's file as it is found. */
interface Present {
  readonly content: Buffer | undefined;
  /** A clause that ends "the state's file …"; undefined for a good one. */
  readonly damage: string | undefined;
}

/**
 * Looks for what to restore.
 * @param from a copy's date or its beginning (`2026-02-26`), `present` for the file as it is; empty: the newest good copy
 * that is not what is there
 * @param elsewhere finds further copies, which are asked for only where those beside the state do not do
 * @throws Error when there is no such copy, with those that there are
 */
export async function planRestore(state: StackState, from: string, elsewhere: Elsewhere = nowhere): Promise<Restore> {
  const content = await state.store.read(state.keys.state);
  const present = { content, damage: content === undefined ? "is not there" : await damageOf(state, content) };
  return from === PRESENT
    ? acceptance(state, present)
    : replacement(state, present, await chosenCopy(state, elsewhere, from, content));
}

function acceptance(state: StackState, present: Present): Restore {
  const { damage } = present.content === undefined ? { damage: present.damage } : damageIn(present.content);
  if (damage !== undefined) {
    throw new Error(`expected a whole state to keep, found that ${state.store.locate(state.keys.state)} ${damage}`);
  }
  return {
    lines: [described(state, present), "It is taken as it is, and no longer compared with what the last run left."],
    apply: async () => {
      await noteLeft(state);
      return "The present state was taken as it is.";
    },
  };
}

const damageIn = (content: Buffer): { damage: string | undefined } => {
  const found = inspectState(content);
  return "damage" in found ? found : { damage: undefined };
};

const described = ({ store, keys }: StackState, { content, damage }: Present): string => {
  const file = store.locate(keys.state);
  if (content === undefined || damage !== undefined) return `present: damaged: ${file} ${damage ?? ""}`;
  const found = inspectState(content);
  return `present: ${"damage" in found ? 0 : found.resources.length} resources (${file})`;
};

/** A copy, and where it lies. */
interface Chosen {
  readonly source: StackState;
  readonly copy: GoodCopy;
}

function replacement(state: StackState, present: Present, { source, copy }: Chosen): Restore {
  const after = forStack(state.stack);
  const found = present.content && inspectState(present.content);
  const isRead = found !== undefined && !("damage" in found);
  return {
    lines: [
      described(state, present),
      `copy:    ${readable(copy.date)}, ${copy.resources.length} resources (${source.store.locate(copy.key)})`,
      ...(isRead ? compareStates(found.resources, copy.resources, present.damage !== undefined) : []),
      `Afterwards: make refresh${after} looks at what is really there, make up${after} brings it to what is described.`,
      ...(isRead ? [`To keep the present file instead: ${restoreCommand(state)} FROM=${PRESENT}`] : []),
    ],
    apply: () => replace(state, present.content, copy),
  };
}

async function chosenCopy(
  state: StackState,
  elsewhere: Elsewhere,
  from: string,
  content: Buffer | undefined,
): Promise<Chosen> {
  const there = content === undefined ? "" : checksum(content);
  const fitting = async (source: StackState): Promise<Chosen | undefined> => {
    if (from !== "") return namedCopy(source, from);
    const copy = await newestGood(source, ({ sum }) => sum !== there);
    return copy && { source, copy };
  };
  const here = await fitting(state);
  if (here !== undefined) return here;
  const other = await elsewhere();
  const found = other && (await fitting(other));
  if (found !== undefined) return found;
  const sources = [state, ...(other === undefined ? [] : [other])];
  if (from !== "")
    throw new Error(`expected FROM=<date of a copy>, found "${from}"; there are:\n${await listOf(sources)}`);
  throw new Error(
    "expected a good copy of the state that is not what is there, found none in " +
      sources.map(({ store, keys }) => store.locate(keys.copies)).join(" and "),
  );
}

/** @throws where the copy of that date is damaged */
async function namedCopy(source: StackState, from: string): Promise<Chosen | undefined> {
  const engines = await engineCopy(source);
  const named = (await allOf(source)).find(({ date }) => date.startsWith(from));
  if (named === undefined) return undefined;
  const good = named.key === engines?.key ? engines : await readCopy(source, named);
  if (good !== undefined) return { source, copy: good };
  throw new Error(`expected a good copy in ${source.store.locate(named.key)}, found a damaged one`);
}

async function allOf(source: StackState): Promise<Copy[]> {
  const engines = await engineCopy(source);
  return [...(await copiesOf(source)), ...(engines === undefined ? [] : [engines])];
}

const listOf = async (sources: readonly StackState[]): Promise<string> => {
  const copies = (await Promise.all(sources.map(allOf))).flat();
  return copies.length === 0 ? "  none" : copies.map(({ date, count }) => `  ${date}  ${count} resources`).join("\n");
};

/** What was there is kept as it is, damaged or not. */
async function replace(state: StackState, content: Buffer | undefined, copy: GoodCopy): Promise<string> {
  const { store, keys } = state;
  const aside = `${keys.copies}/replaced/${dated(new Date())}.json`;
  if (content !== undefined) await store.write(aside, content);
  await store.write(keys.state, packedFor(keys.state, copy.content));
  await noteLeft(state);
  const kept = content === undefined ? "" : ` What was there is kept as ${store.locate(aside)}.`;
  const after = forStack(state.stack);
  return `The state of ${readable(copy.date)} is in place.${kept} Next: make refresh${after}, then make up${after}.`;
}

/** The form that the engine expects of a state's file by its name. */
const packedFor = (key: string, content: Buffer): Buffer => {
  const plain = plainState(content);
  return key.endsWith(".gz") ? gzipSync(plain) : plain;
};
