import { z } from "zod";
import { jsonIfAny } from "../../model/foreign-json";
import type { StackState } from "./backend";
import { type Identity, identityOf, identitySchema, lifeOf } from "./process";

/** Which run of this program holds a stack. The engine's lock comes later, and tells less. */
const noteSchema = z.object({
  run: identitySchema,
  /** When it began: ISO 8601. */
  since: z.iso.datetime(),
  /** The engine's processes: this run's, and those of runs before it whose locks may still be there. */
  engines: z.array(identitySchema),
});
export type RunNote = z.infer<typeof noteSchema>;

const keyOf = ({ keys }: StackState): string => `${keys.copies}/run.json`;

const toBytes = (note: RunNote): Buffer => Buffer.from(`${JSON.stringify(note)}\n`);

/** The note of the run that holds a stack, or of one that was interrupted. A damaged one is none. */
export async function readNote(state: StackState): Promise<RunNote | undefined> {
  return noteOf(await state.store.read(keyOf(state)));
}

const noteOf = (content: Buffer | undefined): RunNote | undefined =>
  content && jsonIfAny(noteSchema, content.toString("utf8"));

/** A run takes its engine's lock within this, in milliseconds. */
const START = 60_000;

/** The process of a run that holds the stack, or may. @param locked whether the engine's lock is there */
export function holderOf({ run, since, engines }: RunNote, locked: boolean): Identity | undefined {
  const processes = [run, ...engines].map((identity) => ({ identity, life: lifeOf(identity) }));
  const living = processes.find(({ life }) => life === "lives");
  if (living !== undefined) return living.identity;
  // Of a run that cannot be looked at and holds no lock, the lock was released, by itself or by a person.
  const fresh = Date.now() - Date.parse(since) < START;
  return processes.find(({ life }) => life === "unknown" && (locked || fresh))?.identity;
}

/** A stack that this process holds. */
export interface Held {
  /** Notes the engine's process, at once after its start. */
  started(pid: number): Promise<void>;
  release(): Promise<void>;
}

/**
 * Takes a stack for this process, from nobody or from a run that is gone.
 * @returns undefined when another run was faster
 */
export async function takeStack(state: StackState, locked: boolean): Promise<Held | undefined> {
  const key = keyOf(state);
  const found = await state.store.read(key);
  const before = noteOf(found);
  if (before !== undefined && holderOf(before, locked) !== undefined) return undefined;
  const note: RunNote = { run: identityOf(), since: new Date().toISOString(), engines: before?.engines ?? [] };
  if (!(await state.store.swap(key, found, toBytes(note)))) return undefined;
  return {
    started: (pid) => state.store.write(key, toBytes({ ...note, engines: [...note.engines, identityOf(pid)] })),
    release: () => state.store.remove(key),
  };
}
