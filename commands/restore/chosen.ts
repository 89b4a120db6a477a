import { foundAt, isNamed, type Manifest, setAt } from "../backups/manifest";
import { copyOf, type OffsiteCopy } from "../backups/offsite";
import { momentIn } from "../terminal/moment";

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
  if (own !== undefined && (isNamed(own, at) || isFollowed(own, manifests))) return onHost(own);
  const there = await copies();
  if (own === undefined) return there === undefined ? setAt(manifests, at) : fromElsewhere(copyOf(there, host, at));
  const later = (there ?? []).filter((copy) => copy.host === host && isBetween(own, copy, at, manifests));
  return later.length === 0 ? onHost(own) : fromElsewhere(copyOf(later, host, at));
}

const onHost = ({ set, started }: Manifest): ChosenSet => ({ set, started });

const fromElsewhere = ({ set, time, bytes }: OffsiteCopy): ChosenSet => ({ set, started: time, elsewhere: { bytes } });

/** Whether the host has the set that was made next, too; not so of one that came from elsewhere, for an earlier restore. */
function isFollowed(own: Manifest, manifests: readonly Manifest[]): boolean {
  const next = manifests[manifests.indexOf(own) + 1];
  return next === undefined || next.sequence === own.sequence + 1;
}

/** Whether a copy is of a set that the host has no more, later than one of its own, and no later than a moment. */
const isBetween = (own: Manifest, { set, time }: OffsiteCopy, at: string, manifests: readonly Manifest[]): boolean =>
  Date.parse(time) > Date.parse(own.started) &&
  Date.parse(time) <= momentIn(at) &&
  !manifests.some((one) => one.set === set);
