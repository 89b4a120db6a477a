import { exchange, type HttpAnswer, type HttpRequest } from "../ssh/http";
import type { Transport } from "../ssh/transport";
import { Unreadable } from "../unreadable";
import { streamTo } from "./stream";

/** A program in a container that speaks HTTP. */
export interface HttpServer {
  /** The container's name. */
  container: string;
  /** Port that it listens on in the container. */
  port: number;
}

/**
 * Asks a container of a host, through a stream of the host's SSH connection: sshd counts only commands as sessions, so
 * requests need no place among them.
 * @throws Unreadable when no whole answer comes
 */
export async function requestContainer(
  host: Transport,
  { container, port }: HttpServer,
  asked: HttpRequest,
): Promise<HttpAnswer> {
  const headers = { host: `${container}:${port}`, ...asked.headers };
  return streamTo(host, { container, port }, (stream) =>
    exchange(stream, { ...asked, headers }).catch((error: Error) => {
      throw new Unreadable(`${container} on ${host.name}: ${error.message}`, { cause: error });
    }),
  );
}
