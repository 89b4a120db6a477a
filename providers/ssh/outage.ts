import { setTimeout as sleep } from "node:timers/promises";

/** How long a host that does not let us in, or went away, is waited for: a machine that boots answers late. Milliseconds. */
export const PATIENCE = 90_000;

/** The connection broke before a channel was open: nothing has run yet. */
export class ChannelLost extends Error {}

/** The connection broke while something ran over it: how far that came is not known. */
export class ConnectionLost extends Error {}

/** One span of time in which the connections to a host keep breaking. */
export class Outage {
  private since: number | undefined;
  private pause = 1000;

  /** Pauses before the next try, each time longer. @returns false, at once, when the host was waited for long enough */
  async wait(): Promise<boolean> {
    this.since ??= Date.now();
    if (Date.now() - this.since > PATIENCE) return false;
    await sleep(this.pause);
    this.pause = Math.min(this.pause * 2, 10_000);
    return true;
  }
}

/**
 * Does work again, from its beginning, while it fails in a way that passes.
 * @throws its last error when the host stays away for as long as a login is waited for, and every other error at once
 */
export async function again<T>(work: () => Promise<T>, passes: (error: unknown) => boolean): Promise<T> {
  const outage = new Outage();
  for (;;) {
    try {
      return await work();
    } catch (error) {
      if (!passes(error) || !(await outage.wait())) throw error;
    }
  }
}
