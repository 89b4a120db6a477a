import { ageOf } from "../backups/manifest";
import type { OffsiteCopy } from "../backups/offsite";
import type { Computer } from "./computer";

/** What is known before a host is recovered. */
export interface Known {
  stack: string;
  host: string;
  computer: Computer;
  /** Where its state comes from, in words; undefined: it is here. */
  state: string | undefined;
  /** The copy that is meant, as far as the hub knows it; undefined: nobody can be asked yet. */
  copy: OffsiteCopy | undefined;
  /** As it was typed. */
  at: string;
}

const COMPUTERS: Readonly<Record<Computer, string>> = {
  there: "has what the stack put there; that is brought up to date",
  empty: "lets us in and has nothing of the stack; everything is put there anew",
  away: "does not answer; it is made anew if its provider has it no more, else nothing is changed",
  unmade: "is not there; it is made",
};

/** What a recovery would do, in words. */
export function planOf({ stack, host, computer, state, copy, at }: Known, now: Date): string {
  return [
    `Recovering ${host} of the stack ${stack}:`,
    ...(state === undefined ? [] : [`  state     is lost here; taken is ${state}`]),
    `  computer  ${COMPUTERS[computer]}`,
    `  data      ${copy === undefined ? unknown(at) : dataOf(copy, now)}`,
    `  then      its services and sites are looked at, and the whole stack is brought up: other hosts may have to know of it`,
    "What is in use there is put aside, and its place is told.",
  ].join("\n");
}

const unknown = (at: string): string =>
  `everything from elsewhere, as of ${at === "" ? "the newest copy" : at}: which one, is told when the host can ask for it`;

/** Which copy it is, and how old. */
export const dataOf = ({ time, set }: OffsiteCopy, now: Date): string =>
  `everything as of ${time}, ${ageOf(time, now)} ago (${set}, from elsewhere)`;

const numberOf = ({ set }: OffsiteCopy): number => Number(set.slice(0, set.indexOf("-")));

/**
 * Warns of a copy whose set was made by another computer than those before it: sets are numbered by their host, and one that began anew
 * may have backed up what it never had.
 * @param copies all of the host
 */
export function numberedAnew(copies: readonly OffsiteCopy[], chosen: OffsiteCopy): string | undefined {
  const before = copies
    .filter(({ host, time }) => host === chosen.host && time < chosen.time)
    .sort((one, other) => (one.time < other.time ? -1 : 1))
    .filter((copy) => numberOf(copy) > numberOf(chosen))
    .at(-1);
  return before === undefined
    ? undefined
    : `warning: ${chosen.set} was made by another computer than ${before.set}, the last one before it: AT=${before.set} takes that one`;
}
