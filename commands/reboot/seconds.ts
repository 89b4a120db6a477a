import { UserError } from "../../model/finding";

/** Seconds that a host, and then its services, may take: a Raspberry Pi that checks its disk takes minutes. */
const DEFAULT = 600;

/** @param given WAIT, as it was typed @throws UserError when it is no whole number of seconds */
export function secondsOf(given: string | undefined): number {
  if (given === undefined || given === "") return DEFAULT;
  if (/^[1-9]\d{0,4}$/.test(given)) return Number(given);
  throw new UserError(`WAIT: expected seconds, a whole number from 1 to 99999, found ${given}`);
}
