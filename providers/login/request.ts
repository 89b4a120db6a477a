import tls from "node:tls";
import { type HttpServer, requestContainer } from "../docker/http";
import { exchange, type HttpAnswer, type HttpRequest } from "../ssh/http";
import type { Transport } from "../ssh/transport";

/** Where a host's program is asked over HTTP: in its container, at an address of the host, or at a site of its gateway. */
export type HttpPlace = HttpServer | { address: string; port: number; hostname?: string };

/**
 * Asks a program of a host, through the host's SSH connection. With a hostname it speaks TLS to the gateway; whose certificate
 * that is does not matter, since the stream ends on the host whose key is pinned.
 */
export function requestAt(host: Transport, place: HttpPlace, asked: HttpRequest): Promise<HttpAnswer> {
  if ("container" in place) return requestContainer(host, place, asked);
  const { address, port, hostname } = place;
  const headers = { host: hostname ?? `${address}:${port}`, ...asked.headers };
  return host.forward(address, port, (stream) =>
    exchange(
      hostname === undefined
        ? stream
        : tls.connect({ socket: stream, servername: hostname, rejectUnauthorized: false }),
      { ...asked, headers },
    ),
  );
}
