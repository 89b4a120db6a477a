import type { Duplex } from "node:stream";
import { ChannelRefused } from "../ssh/refusal";
import type { Transport } from "../ssh/transport";
import { Unreadable } from "../unreadable";
import { addressOf } from "./container";

/**
 * Lets `use` talk over a TCP stream to a port of a running container, through the host's SSH connection.
 * @throws Unreadable when the container does not run, or nothing listens there
 */
export async function streamTo<T>(
  host: Transport,
  { container, port }: { container: string; port: number },
  use: (stream: Duplex) => Promise<T>,
): Promise<T> {
  const address = await addressOf(host, container);
  return host.forward(address, port, use).catch((error: unknown) => {
    if (!(error instanceof ChannelRefused) || !error.isTargetClosed) throw error;
    throw new Unreadable(`${host.name}: expected ${container} to listen on port ${port}, found no program there`);
  });
}
