import { setTimeout as sleep } from "node:timers/promises";

/** When a host goes back at the earliest. */
export class Deadline {
  readonly #began = Date.now();
  #at: number;

  /** @param seconds from now, which is before the host's timer starts */
  constructor(private readonly seconds: number) {
    this.#at = this.#began + seconds * 1000;
  }

  /** Milliseconds since it was reached; negative before. */
  get past(): number {
    return Date.now() - this.#at;
  }

  /** Milliseconds until it is reached; 0 after. */
  get left(): number {
    return Math.max(0, -this.past);
  }

  /** Seconds from its beginning, with all that was put off. */
  get allowed(): number {
    return Math.round((this.#at - this.#began) / 1000);
  }

  /** Begins anew if the host does so with its timer; what the host does not hear changes nothing. */
  async putOff(renew: () => Promise<unknown>): Promise<void> {
    const at = Date.now() + this.seconds * 1000;
    await renew().then(
      () => (this.#at = at),
      () => undefined,
    );
  }
}

/** A change that did not end. */
export class TooSlow extends Error {}

/** How long a change may be under way. */
interface Pace {
  /** How often the host hears of it. */
  everySeconds: number;
  /** For how long. */
  forSeconds: number;
  /** Tells the host. */
  renew: () => Promise<unknown>;
}

/**
 * Waits for a change. One that cuts our connection never ends: there is no answer any more, and the host hears nothing, either.
 * @throws TooSlow at the deadline
 */
export async function inTime<T>(change: Promise<T>, deadline: Deadline, pace: Pace): Promise<T> {
  const over = new AbortController();
  return Promise.race([change, tooLate(deadline, pace, over.signal)]).finally(() => over.abort());
}

async function tooLate(deadline: Deadline, pace: Pace, signal: AbortSignal): Promise<never> {
  const until = Date.now() + pace.forSeconds * 1000;
  while (deadline.left > 0) {
    await sleep(Math.min(deadline.left, pace.everySeconds * 1000), undefined, { signal });
    if (Date.now() < until)
      await Promise.race([deadline.putOff(pace.renew), sleep(deadline.left, undefined, { signal })]);
  }
  throw new TooSlow(`expected the change within ${deadline.allowed} s, found it still under way`);
}
