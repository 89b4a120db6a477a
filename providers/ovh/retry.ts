import { setTimeout as sleep } from "node:timers/promises";
import { OvhOutage } from "./failure";

/** How often something is asked for at most. */
const TRIES = 5;

/** Milliseconds before the second try; each later one waits twice as long. */
const FIRST_PAUSE = 1_000;

/** Milliseconds that are waited at most, whatever the API asks for. */
const LONGEST_PAUSE = 30_000;

/** Does again what an outage ended, with longer and longer pauses. @throws what the last try has thrown */
export async function withRetries<T>(work: (isFirst: boolean) => Promise<T>): Promise<T> {
  for (let tries = 1; ; tries += 1) {
    try {
      return await work(tries === 1);
    } catch (error) {
      if (!(error instanceof OvhOutage) || tries === TRIES) throw error;
      await sleep(Math.min(error.wait ?? FIRST_PAUSE * 2 ** (tries - 1), LONGEST_PAUSE));
    }
  }
}
