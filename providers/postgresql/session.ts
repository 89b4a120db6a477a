import type { Duplex } from "node:stream";
import type { Client } from "pg";
import { addressOf } from "../docker/container";
import type { Transport } from "../ssh/transport";

/** A PostgreSQL server that runs in a container of a host, seen as its superuser. */
export interface Server {
  /** The container's name. */
  container: string;
  superuser: string;
  password: string;
}

/** PostgreSQL's port (docs/requirements.md#service-matrix). */
const PORT = 5432;

/** Runs `work` in a superuser session that travels through the host's SSH connection. */
export async function withSession<T>(
  host: Transport,
  server: Server,
  database: string,
  work: (client: Client) => Promise<T>,
): Promise<T> {
  const channel = await host.forward(await addressOf(host, server.container), PORT);
  const { Client } = (await import("pg")).default;
  const client = new Client({
    user: server.superuser,
    password: server.password,
    database,
    stream: () => asSocket(channel),
  });
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}

/** An open SSH channel, with the methods that pg calls on a socket it would have opened itself. */
function asSocket(channel: Duplex): Duplex {
  const nothing = (): Duplex => channel;
  return Object.assign(channel, {
    connect: () => {
      process.nextTick(() => channel.emit("connect"));
      return channel;
    },
    setNoDelay: nothing,
    setKeepAlive: nothing,
    ref: nothing,
    unref: nothing,
  });
}
