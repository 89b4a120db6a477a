import type { ImageLock, LockedImage } from "../../images/lock";

/** What asking for one image gave. */
export interface Outcome {
  reference: string;
  /** What the lock had. */
  before?: LockedImage | undefined;
  /** What the registry has; absent when it could not be asked, or has no such image. */
  found?: LockedImage;
  /** Why there is nothing found. */
  problem?: string;
}

/** Asks for all images at once; a failure of one is no failure of the others. */
export const askAll = (
  references: readonly string[],
  lock: ImageLock,
  ask: (reference: string) => Promise<LockedImage>,
): Promise<Outcome[]> =>
  Promise.all(
    references.map(async (reference) => {
      const before = lock[reference];
      try {
        return { reference, before, found: await ask(reference) };
      } catch (error) {
        return { reference, before, problem: (error as Error).message };
      }
    }),
  );

/** The lock after these answers: an image that could not be asked for keeps its entry, one that nothing uses loses it. */
export const refreshed = (outcomes: readonly Outcome[]): ImageLock =>
  Object.fromEntries(
    outcomes.flatMap(({ reference, before, found }): [string, LockedImage][] => {
      const entry = found ?? before;
      return entry === undefined ? [] : [[reference, entry]];
    }),
  );

/** How an image stands to its lock entry. */
export type State = "same" | "new" | "moved" | "kept" | "missing";

/** `kept`: the registry did not say, the entry stays. `missing`: it did not say, and there is no entry. */
export function stateOf({ before, found }: Outcome): State {
  if (found === undefined) return before === undefined ? "missing" : "kept";
  if (before === undefined) return "new";
  return isSame(before, found) ? "same" : "moved";
}

const isSame = (one: LockedImage, other: LockedImage): boolean =>
  one.digest === other.digest && one.architectures.join() === other.architectures.join();
