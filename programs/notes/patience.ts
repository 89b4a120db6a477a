import { setTimeout as sleep } from "node:timers/promises";

/** How often something is tried, and how long between. */
export interface Patience {
  /** Tries in all. */
  attempts: number;
  /** Seconds before the second try; each further one waits twice as long, a minute at most. */
  firstDelay: number;
}

/** Half a minute in all: a restart of a server. A longer outage is the job's own retries to bridge. */
export const PATIENCE: Patience = { attempts: 5, firstDelay: 2 };

const LONGEST = 60;

/** What may go by itself: a server that is down, busy or restarting. */
export class Transient extends Error {}

/** Does `work` until it succeeds, while what it throws is {@link Transient}. @throws the last of these, or any other at once */
export async function patiently<T>({ attempts, firstDelay }: Patience, work: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt++)
    try {
      return await work();
    } catch (error) {
      if (!(error instanceof Transient) || attempt >= attempts) throw error;
      await sleep(1000 * Math.min(LONGEST, firstDelay * 2 ** (attempt - 1)));
    }
}
