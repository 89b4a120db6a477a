import { warn } from "./warn";

/** What the state keeps of a resource that holds data, beyond what its kind does. */
export interface Known {
  /** The resource's name, as `RECREATE` takes it. States of older programs lack it. */
  resource?: string | undefined;
  /** Since when the state knows it. ISO 8601; states of older programs lack it. */
  knownSince?: string;
  /** When a refresh first found it gone. ISO 8601; absent while it is there. */
  goneSince?: string;
}

/** Called by a kind before it makes what holds data. @throws when it was there before, and nobody said to make it anew */
export type MakeAnew = () => void;

/** Notes in the state that a refresh did not find it, and says so. @param title what it is and where */
export function noteGone<State extends Known>(state: State, title: string): State {
  const gone = { ...state, goneSince: state.goneSince ?? new Date().toISOString() };
  warnOfGone(gone, title);
  return gone;
}

/** The state of one that is there. */
export function present<State extends Known>(state: State): State {
  const known = { ...state };
  delete known.goneSince;
  return known;
}

/** Says what an `up` will do about one that is noted as gone. */
export function warnOfGone(known: Known, title: string): void {
  if (isTold(known.resource)) return;
  warn(`${title} ${goneIn(known)}. It held data: up stops at it until it is back, or until told to make it anew`);
}

/** Refuses to make anew what the state knows, unless `RECREATE` names it; then says that it is made. */
export const onlyWhenTold =
  (known: Known, title: string): MakeAnew =>
  () => {
    if (isTold(known.resource)) return warn(`${title} ${goneIn(known)}, and is made anew, as told`);
    throw new Error(
      `${title} ${goneIn(known)}. Look first at what there is of it: make backups, which tells nightly sets and copies elsewhere, ` +
        "and make releases SERVICE=…. What a set has comes back by make restore HOST=… SERVICE=…, into the empty one that a run makes " +
        `which is told so: make up RECREATE='${known.resource ?? ""}'. Or bring back by hand what it held, and run up again`,
    );
  };

const goneIn = ({ knownSince, goneSince }: Known): string => {
  const facts = [
    ...(knownSince === undefined ? [] : [`in the state since ${minuteOf(knownSince)}`]),
    goneSince === undefined ? "there no more now" : `first missed ${minuteOf(goneSince)}`,
  ];
  return `is gone (${facts.join(", ")})`;
};

/** `2026-03-01 12:30 UTC` */
const minuteOf = (iso: string): string => `${iso.slice(0, 10)} ${iso.slice(11, 16)} UTC`;

/**
 * Whether `VPAI_RECREATE` names a resource: it lists names, with white space or commas between them; one that ends with
 * `*` stands for all that begin so. It holds for one run, as nothing keeps it.
 */
const isTold = (resource: string | undefined, told = process.env["VPAI_RECREATE"] ?? ""): boolean =>
  resource !== undefined &&
  told
    .split(/[\s,]+/)
    .some((name) => (name.endsWith("*") ? resource.startsWith(name.slice(0, -1)) : name === resource));
