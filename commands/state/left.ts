import { z } from "zod";
import { jsonIfAny } from "../../model/foreign-json";
import type { StackState } from "./backend";
import { checksum, keepCopy } from "./copies";
import { type GoodState, inspectState } from "./inspect";

/** What a run of this program left: by it damage that is still a well-formed state is told. */
const leftSchema = z.object({
  /** Of the state. */
  sum: z.string(),
  /** The state's own note of when the engine wrote it. */
  time: z.string(),
  /** Of the state before the engine's last write; empty when there was none. */
  previous: z.string(),
});

const keyOf = ({ keys }: StackState): string => `${keys.copies}/left.json`;

const previousSum = async ({ store, keys }: StackState): Promise<string> => {
  const content = await store.read(keys.previous);
  return content === undefined ? "" : checksum(content);
};

/** Notes what a run left, and keeps a copy of it. What is damaged is not noted: the next run then finds it so. */
export async function noteLeft(state: StackState): Promise<void> {
  const content = await state.store.read(state.keys.state);
  if (content === undefined) return state.store.remove(keyOf(state));
  const good = inspectState(content);
  if ("damage" in good) return;
  await keepCopy(state, content, good);
  const left = { sum: checksum(content), time: good.time, previous: await previousSum(state) };
  await state.store.write(keyOf(state), Buffer.from(`${JSON.stringify(left)}\n`));
}

/**
 * Whether a well-formed state was changed by something other than the engine since the last run of this program. Plain
 * `pulumi` may have run since: whatever it writes, it notes a time, and puts the state that was there aside. A state
 * that was set back to an older one has that one's time. So damage is what changed the content, and none of these.
 */
export async function isTampered(state: StackState, content: Buffer, { time }: GoodState): Promise<boolean> {
  const left = await readLeft(state);
  if (left === undefined || left.sum === checksum(content) || left.time !== time) return false;
  return left.previous !== left.sum && left.previous === (await previousSum(state));
}

async function readLeft(state: StackState): Promise<z.infer<typeof leftSchema> | undefined> {
  const content = await state.store.read(keyOf(state));
  // It only adds to what is known: without it the state's form alone is looked at.
  return content && jsonIfAny(leftSchema, content.toString("utf8"));
}
