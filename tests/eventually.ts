import { setTimeout as sleep } from "node:timers/promises";

/**
 * Tries again until `attempt` returns without throwing.
 * @param seconds how long; then its last error is thrown
 */
export async function eventually<T>(attempt: () => T | Promise<T>, seconds = 120): Promise<T> {
  const deadline = Date.now() + seconds * 1000;
  for (;;) {
    try {
      return await attempt();
    } catch (error) {
      if (Date.now() > deadline) throw error;
      await sleep(500);
    }
  }
}
