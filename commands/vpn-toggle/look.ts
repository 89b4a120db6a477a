import net from "node:net";
import tls from "node:tls";
import { exchange, refusesHandshake } from "@vpai/providers";
import { lookUntil } from "../../model/look-until";
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

/** How long a site may take to be as it should. */
const LOOKS = { pause: 1000, seconds: 29 };

/** The same, until it is what it should be. */
export const seenAs = (wanted: Seen, site: ToggledSite, address: string): Promise<Seen> =>
  lookUntil(
    () => seen(site, address),
    (found) => found === wanted,
    LOOKS,
  );
