import type { GoodState, StateResource } from "./inspect";

/** Where and when the engine met a resource. What is different about it since then has another `modified`. */
const CIRCUMSTANCES = ["sourcePosition", "stackTrace"];

/** Encrypted anew by some runs that change nothing. */
const CIPHERTEXT = "ciphertext";

/** Lists of URNs are sets, and written in the order in which they came. */
const inOrder = (value: unknown): unknown =>
  Array.isArray(value) && value.every((one) => String(one).startsWith("urn:")) ? (value as string[]).toSorted() : value;

/**
 * What a resource is in a state, as a text that is the same for two that are the same.
 * @param exact whether encrypted values are compared by their bytes
 */
export function substanceOfResource(resource: StateResource, exact = false): string {
  const left = new Set([...CIRCUMSTANCES, ...(exact ? [] : [CIPHERTEXT])]);
  return JSON.stringify(resource, (key, value: unknown) => (left.has(key) ? undefined : inOrder(value)));
}

/** The same for a whole state. The engine writes resources in the order in which they were ready. */
export function substanceOf({ resources, pending }: GoodState): string {
  return JSON.stringify([resources.map((resource) => substanceOfResource(resource)).sort(), pending]);
}
