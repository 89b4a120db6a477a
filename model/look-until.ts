import { setTimeout as sleep } from "node:timers/promises";

/** How often something is looked at, and for how long. */
export interface Looks {
  /** Milliseconds between two looks. */
  pause: number;
  /** Seconds after which nobody looks again. Default: no matter how long it takes. */
  seconds?: number;
  /** Looks in all. Default: no matter how many it takes. */
  looks?: number;
}

/**
 * Looks again and again at what becomes right by itself, such as a server that starts. What a look throws ends it; work that is
 * done again where a host is away goes through `again` of `providers/ssh/outage.ts`.
 * @returns what was found last; where that is not right, whoever asked says so
 */
export async function lookUntil<Found>(
  look: () => Promise<Found>,
  isRight: (found: Found) => boolean,
  { pause, seconds = Infinity, looks = Infinity }: Looks,
): Promise<Found> {
  const deadline = Date.now() + 1000 * seconds;
  for (let count = 1; ; count += 1) {
    const found = await look();
    if (isRight(found) || count >= looks || Date.now() >= deadline) return found;
    await sleep(pause);
  }
}
