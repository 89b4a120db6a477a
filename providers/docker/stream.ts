import type { Duplex } from "node:stream";
import type { Transport } from "../ssh/transport";
import { Unreadable } from "../unreadable";
import { addressOf } from "./container";

/** SSH's number for a port that does not answer, as against a forwarding that sshd does not allow (RFC 4254, 5.1). */
const CONNECT_FAILED = 2;

/**
 * A TCP stream to a port of a running container, through the host's SSH connection.
 * @throws Unreadable when the container does not run, or nothing listens there
 */
export async function streamTo(host: Transport, container: string, port: number): Promise<Duplex> {
  const address = await addressOf(host, container);
  return host.forward(address, port).catch((error: Error & { reason?: unknown }) => {
    if (error.reason !== CONNECT_FAILED) throw error;
    throw new Unreadable(`${host.name}: expected ${container} to listen on port ${port}, found no program there`);
  });
}
