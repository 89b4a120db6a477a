import type { Transport } from "../ssh/transport";

/** One property of a system: what it is, and how it is made what it should be. */
export interface Aspect<Wanted> {
  /** What is there now, equal to `wanted` where that is so. */
  observe(host: Transport, wanted: Wanted): Promise<Wanted>;
  /** @throws with what was expected, what was found, and what to do */
  ensure(host: Transport, wanted: Wanted): Promise<void>;
}
