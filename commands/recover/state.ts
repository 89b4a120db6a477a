import { copiesElsewhere } from "../state/elsewhere";
import { stateOf } from "../state/backend";
import { type Copy, newestGood, readable } from "../state/copies";
import { inspectState } from "../state/inspect";
import { holding } from "../state/prepare";
import { planRestore } from "../state/restore";

/** A state that is to be taken in the place of none. */
interface LostState {
  /** In words, for a person; undefined: there is no copy, neither here nor elsewhere. */
  from: string | undefined;
  /** Puts it in place. */
  bringBack: () => Promise<void>;
}

/** What becomes of the state of a stack that has none; undefined where it has one, or where nobody can tell. */
export async function lostState(stack: string): Promise<LostState | undefined> {
  const state = await stateOf(stack);
  if ("none" in state) return undefined;
  const content = await state.store.read(state.keys.state);
  const found = content && inspectState(content);
  if (found !== undefined && ("damage" in found || found.resources.length > 0)) return undefined;
  const elsewhere = await copiesElsewhere(stack);
  const copies = await Promise.all(
    [state, ...(elsewhere === undefined ? [] : [elsewhere])].map(async (source) => ({
      source,
      copy: await newestGood(source),
    })),
  );
  const [newest] = copies
    .flatMap(({ source, copy }) => (copy === undefined ? [] : [{ source, copy }]))
    .sort((one, other) => (one.copy.date < other.copy.date ? 1 : -1));
  if (newest === undefined) return { from: undefined, bringBack: () => Promise.resolve() };
  const { source, copy } = newest;
  return {
    from: wordsOf(copy, source.store.locate(copy.key)),
    bringBack: () =>
      holding(state, async () => {
        const restore = await planRestore(state, copy.date, () => Promise.resolve(source));
        await restore.apply();
      }),
  };
}

const wordsOf = ({ date, count }: Copy, place: string): string =>
  `that of ${readable(date)}, with ${count} resources (${place})`;
