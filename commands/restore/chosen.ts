import { foundAt, type Manifest, setAt } from "../backups/manifest";
import { copyOf, type OffsiteCopy } from "../backups/offsite";

/** The set that a restore is to bring back. */
export interface ChosenSet {
  set: string;
  /** ISO 8601: when it was begun. */
  started: string;
  /** Where the host has it no more, and it comes from the copies elsewhere: its bytes. */
  elsewhere?: { bytes: number };
}

/**
 * The set that is meant: of the host's own, else of the copies elsewhere, which reach further back.
 * @param at a set's name or number, or a moment (ISO 8601). Default: the newest of the host's own, and of all where it has none
 * @param copies what there is elsewhere; undefined where the stack has no copies
 * @throws where there is none, naming those there are
 */
export async function chosenSet(
  { host, at }: { host: string; at: string },
  manifests: readonly Manifest[],
  copies: () => Promise<readonly OffsiteCopy[] | undefined>,
): Promise<ChosenSet> {
  const own = foundAt(manifests, at);
  if (own !== undefined) return { set: own.set, started: own.started };
  const there = await copies();
  if (there === undefined) return setAt(manifests, at);
  const { set, time, bytes } = copyOf(there, host, at);
  return { set, started: time, elsewhere: { bytes } };
}
