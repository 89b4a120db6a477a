import { pulumiOutput, runPulumi } from "../engine/run";
import { stackFile } from "../engine/stack-file";
import { type StackState, stateOf } from "./backend";
import { readState, restoreCommand } from "./check";
import { copiesOf, keepCopy, readable } from "./copies";
import { keepElsewhere, newestElsewhere } from "./elsewhere";
import { noteLeft } from "./left";
import { lifeOfLock, readLocks } from "./locks";
import { forgetPendingCreates } from "./pending";
import { type Held, holderOf, readNote, takeStack } from "./run-note";

/** Locks of runs that are gone, each as a person may know it. */
type DeadLocks = readonly string[];

/**
 * Makes sure that the stack exists, that its state is good, and that no dead run holds its lock.
 * @throws DamagedState; Error when another run works on the stack
 */
export async function prepareStack(stack: string): Promise<void> {
  const state = await stateOf(stack);
  if ("none" in state) return createStack(stack);
  const dead = await deadLocks(state);
  await readOrCreate(state);
  // Only one run may do so, also of those that change nothing else.
  if (dead.length > 0) await holding(state, (_held, found) => releaseLocks(stack, found));
}

/** What `pulumi` is called with, or what tells it once the stack is held; undefined when it is not to be called. */
export type Arguments = readonly string[] | (() => Promise<readonly string[] | undefined>);

/**
 * Runs a `pulumi` that changes a stack: alone, on a good state that was kept aside, and with a note of what it left.
 * @param create whether a stack that is not there is made first
 * @returns its exit code
 */
export async function changeStack(stack: string, args: Arguments, create = true): Promise<number> {
  const state = await stateOf(stack);
  if (!("none" in state)) return holding(state, (held, dead) => changeHeld(state, held, dead, args, create));
  console.error(`No copies of the state are kept: they need a backend in a folder or a bucket, found ${state.none}.`);
  if (create) await createStack(stack);
  return runWith(stack, args);
}

async function runWith(stack: string, args: Arguments, started?: (pid: number) => Promise<void>): Promise<number> {
  const told = typeof args === "function" ? await args() : args;
  return told === undefined ? 0 : runPulumi(stack, told, started);
}

async function changeHeld(
  state: StackState,
  held: Held,
  dead: DeadLocks,
  args: Arguments,
  create: boolean,
): Promise<number> {
  const before = await readOrCreate(state, create);
  if (before !== undefined) await keepCopy(state, before.content, before);
  await releaseLocks(state.stack, dead);
  const code = await runWith(state.stack, args, (pid) => held.started(pid));
  await noteLeft(state);
  await keepElsewhere(state);
  // A plain pulumi may have been faster by a moment: then ours could not say whose the lock is.
  if (code !== 0) await deadLocks(state);
  return code;
}

/**
 * Does something while this process holds the stack.
 * @param work gets also the locks that runs which are gone left
 * @throws when another run holds it
 */
export async function holding<T>(state: StackState, work: (held: Held, dead: DeadLocks) => Promise<T>): Promise<T> {
  const dead = await deadLocks(state);
  const held = await takeStack(state, dead.length > 0);
  if (held === undefined) throw await otherRun(state);
  try {
    return await work(held, dead);
  } finally {
    await held.release();
  }
}

async function otherRun(state: StackState): Promise<Error> {
  const note = await readNote(state);
  const holder = note && (holderOf(note, true) ?? note.run);
  return anotherRun(state.stack, holder);
}

const anotherRun = (stack: string, process?: { pid: number; hostname: string }): Error => {
  const which = process === undefined ? "" : ` (process ${process.pid} on ${process.hostname})`;
  return new Error(
    `another run${which} works on stack ${stack}; wait for it. If it is gone: eval "$(make -s env STACK=${stack})" && pulumi cancel --stack ${stack}`,
  );
};

/** @throws when the run of one of the engine's locks lives, or may */
async function deadLocks(state: StackState): Promise<DeadLocks> {
  const { locks, damaged } = await readLocks(state);
  if (locks.length === 0 && damaged.length === 0) return [];
  const noted = (await readNote(state))?.engines ?? [];
  const alive = locks.find((lock) => lifeOfLock(lock, noted) !== "gone");
  if (alive !== undefined) throw anotherRun(state.stack, alive);
  return [...locks.map(({ pid }) => `process ${pid}`), ...damaged.map((file) => `${file} is cut short`)];
}

async function releaseLocks(stack: string, dead: DeadLocks): Promise<void> {
  if (dead.length === 0) return;
  console.error(`Releasing the lock of a run that was interrupted (${dead.join(", ")}).`);
  await pulumiOutput(stack, "cancel", "--yes", "--stack", stack);
  await forgetPendingCreates(stack);
}

async function readOrCreate(state: StackState, create = true): ReturnType<typeof readState> {
  const found = await readState(state);
  if (found === undefined) {
    const [here] = await copiesOf(state);
    // Without a stack the engine reads no keys out of its file.
    if (create) await createStack(state.stack);
    const copy = here ?? (create ? await newestElsewhere(state.stack) : undefined);
    if (copy !== undefined) {
      const copied = `the newest copy is of ${readable(copy.date)}, with ${copy.count} resources`;
      console.error(
        `Stack ${state.stack} has no state in ${state.store.locate(state.keys.state)}; ${copied}: ${restoreCommand(state)} shows what taking it would mean.`,
      );
    }
  }
  return found;
}

/** Makes a stack that is not there, with nothing in it. @throws UserError where it has no file */
export async function createStack(stack: string): Promise<void> {
  stackFile(stack);
  await pulumiOutput(stack, "stack", "select", "--create", stack);
}
