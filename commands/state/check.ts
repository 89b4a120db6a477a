import type { StackState } from "./backend";
import { newestGood, readable } from "./copies";
import { type GoodState, inspectState } from "./inspect";
import { isTampered } from "./left";

/** A state that nothing may be built on. Its message is for a person, with the command that helps. */
export class DamagedState extends Error {}

/** A state that is good, with the bytes of its file. */
export type ReadState = GoodState & { readonly content: Buffer };

/** A clause that ends "the state's file …"; undefined for a good one. */
export async function damageOf(state: StackState, content: Buffer): Promise<string | undefined> {
  const found = inspectState(content);
  if ("damage" in found) return found.damage;
  if (!(await isTampered(state, content, found))) return undefined;
  return "is not what the last run left: its checksum is another one, and pulumi has not written it since";
}

/**
 * Reads a stack's state.
 * @returns undefined where there is none
 * @throws DamagedState for one that is damaged
 */
export async function readState(state: StackState): Promise<ReadState | undefined> {
  const content = await state.store.read(state.keys.state);
  if (content === undefined) return undefined;
  const damage = await damageOf(state, content);
  if (damage !== undefined) throw new DamagedState(await messageOf(state, damage));
  return { ...(inspectState(content) as GoodState), content };
}

async function messageOf(state: StackState, damage: string): Promise<string> {
  const found = `the state of stack ${state.stack} is damaged: ${state.store.locate(state.keys.state)} ${damage}. Nothing was changed.`;
  const copy = await newestGood(state);
  if (copy === undefined) {
    return `${found} No good copy is in ${state.store.locate(state.keys.copies)}: put one of your own backups in its place.`;
  }
  return `${found} The newest good copy is of ${readable(copy.date)}, with ${copy.count} resources: ${restoreCommand(state)} shows what taking it would mean`;
}

/** What a person types for a stack: `make state-restore STACK=prod`. */
export const restoreCommand = ({ stack }: Pick<StackState, "stack">): string => `make state-restore${forStack(stack)}`;

/** What names a stack in a command of make: nothing for the lab, which is the default. */
export const forStack = (stack: string): string => (stack === "lab" ? "" : ` STACK=${stack}`);
