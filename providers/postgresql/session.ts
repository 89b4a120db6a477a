import type { Duplex } from "node:stream";
import type { Client } from "pg";
import { streamTo } from "../docker/stream";
import type { Transport } from "../ssh/transport";
import { Unreadable } from "../unreadable";

/** A PostgreSQL server that runs in a container of a host, seen as its superuser. */
export interface Server {
  /** The container's name. */
  container: string;
  superuser: string;
  password: string;
}

/** PostgreSQL's port (docs/requirements.md#service-matrix). */
const PORT = 5432;

/** Milliseconds that the server may take to accept a login. */
const PATIENCE = 30_000;

/** The server knows another password of its superuser than we do. */
export class WrongPassword extends Unreadable {}

/** SQLSTATE of a login with a wrong password. */
const INVALID_PASSWORD = "28P01";

/**
 * Runs `work` in a superuser session that travels through the host's SSH connection.
 * @throws Unreadable when the server does not take the session, or refuses a statement; {@link WrongPassword}
 */
export async function withSession<T>(
  host: Transport,
  server: Server,
  database: string,
  work: (client: Client) => Promise<T>,
): Promise<T> {
  return streamTo(host, { container: server.container, port: PORT }, (channel) =>
    overStream(
      channel,
      server,
      { database, where: `PostgreSQL in ${server.container} on ${host.name}, database ${database}` },
      work,
    ),
  );
}

async function overStream<T>(
  channel: Duplex,
  server: Server,
  { database, where }: { database: string; where: string },
  work: (client: Client) => Promise<T>,
): Promise<T> {
  const { Client } = (await import("pg")).default;
  const client = new Client({
    user: server.superuser,
    password: server.password,
    database,
    connectionTimeoutMillis: PATIENCE,
    stream: () => asSocket(channel),
  });
  // The statement under way is told of a lost connection; nobody else has to be.
  client.on("error", () => undefined);
  await client.connect().catch((error: Error) => {
    channel.destroy();
    throw (error as { code?: string }).code === INVALID_PASSWORD
      ? new WrongPassword(`${where}: the password of ${server.superuser} is another one than the stack's`)
      : new Unreadable(`${where}: ${error.message}`, { cause: error });
  });
  try {
    return await work(client);
  } catch (error) {
    throw isRefusal(error) ? new Unreadable(`${where}: ${error.message}`, { cause: error }) : error;
  } finally {
    await client.end();
  }
}

/** Whether an error is the server's own answer to a statement. */
const isRefusal = (error: unknown): error is Error => error instanceof Error && "severity" in error;

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
