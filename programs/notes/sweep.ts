import type { Entry } from "./ledger.ts";
import type { NoteSet } from "./wanted.ts";

const isPresent = ([, entry]: [string, Entry]): boolean => entry.removed !== true;

/** What a set has now. */
export interface Seen {
  /** Of what its notes are made from. */
  keys: Set<string>;
  /** Of its notes' documents. */
  ids: Set<string>;
}

/**
 * Refuses a set that had notes and has none: a folder that is not mounted, or a program that has forgotten all it had, takes no
 * note with it.
 */
export function refuseEmpty({ gone }: NoteSet, { ids }: Seen, known: readonly [string, Entry][]): void {
  const had = known.filter(isPresent).length;
  if (gone === "remove" && ids.size === 0 && had > 0)
    throw new Error(`expected something to make notes of, found nothing; its ${had} notes stay`);
}

/**
 * Documents of notes that nothing is made for any more.
 * @param known what the ledger has of the set, by document
 * @param present hashes of what is in the vault now
 */
export function goneNotes(
  { gone }: NoteSet,
  known: readonly [string, Entry][],
  { keys, ids }: Seen,
  present: ReadonlySet<string>,
): string[] {
  const renamed = ({ key, hashes: [hash = ""] }: Entry): boolean => keys.has(key) || present.has(hash);
  return known
    .filter(isPresent)
    .filter(([id, entry]) => !ids.has(id) && (gone === "remove" || renamed(entry)))
    .map(([id]) => id);
}
