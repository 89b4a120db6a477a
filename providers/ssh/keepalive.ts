import type { Client } from "ssh2";
import { KEEPALIVE } from "./policy";

/**
 * Calls `lost` when the other end of a connection is silent: a network that drops packets without a word would be noticed after a
 * quarter of an hour otherwise. The library's own keepalive would hold the process alive; this one does not.
 * @param seconds between two signs of life
 * @param unanswered how many of them may stay unanswered
 */
export function keepAlive(
  client: Client,
  lost: () => void,
  { seconds, unanswered }: { seconds: number; unanswered: number } = KEEPALIVE,
): void {
  let open = 0;
  const timer = setInterval(() => {
    if (open >= unanswered) return lost();
    open += 1;
    ask(client, () => (open = 0));
  }, seconds * 1000).unref();
  client.once("close", () => clearInterval(timer));
}

/** Asks for something that every server answers, if only with a refusal: to end a forwarding that was never begun. */
function ask(client: Client, answered: () => void): void {
  try {
    client.unforwardIn("127.0.0.1", 0, answered);
  } catch {
    // The connection is closing already.
  }
}
