import net from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import tls from "node:tls";
import { exchange, refusesHandshake } from "@vpai/providers";
import type { ToggledSite } from "./switch";

/** How a site meets everybody. */
export type Seen = "open" | "closed" | "not known";

/** Errors by which it is seen that nobody serves: nobody listens, or the connection is ended instead of an answer. */
const CLOSED = new Set(["ECONNREFUSED", "ECONNRESET"]);

/** Asks a site at a host's public address from this machine, as somebody outside the VPN. @param port default: 443 */
export async function seen({ hostname, path, status }: ToggledSite, address: string, port = 443): Promise<Seen> {
  const socket = net.connect({ host: address, port });
  // Whoever serves where nobody may is not better for a certificate that cannot be verified.
  const secured = tls.connect({ socket, servername: hostname, rejectUnauthorized: false });
  socket.on("error", (error) => secured.destroy(error));
  try {
    const answer = await exchange(secured, { method: "GET", path, headers: { host: hostname }, timeout: 10 });
    return answer.status === 404 && status !== 404 ? "closed" : "open";
  } catch (error) {
    const { code = "" } = error as NodeJS.ErrnoException;
    return CLOSED.has(code) || refusesHandshake(error as Error) ? "closed" : "not known";
  } finally {
    socket.destroy();
  }
}

/** Milliseconds that a site may take to be as it should, and between two looks. */
const [PATIENCE, PAUSE] = [30_000, 1_000];

/** The same, until it is what it should be. */
export async function seenAs(wanted: Seen, site: ToggledSite, address: string): Promise<Seen> {
  const deadline = Date.now() + PATIENCE;
  for (;;) {
    const found = await seen(site, address);
    if (found === wanted || Date.now() + PAUSE > deadline) return found;
    await sleep(PAUSE);
  }
}
