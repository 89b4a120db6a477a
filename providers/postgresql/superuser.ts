import type { Client } from "pg";
import type { Transport } from "../ssh/transport";
import { scramVerifier } from "./scram";
import { type Server, withSession } from "./session";

/** PostgreSQL's code for a password that is not the role's. */
const WRONG_PASSWORD = "28P01";

/** The statement is read from standard input, so that no list of processes shows it. Arguments: container, role. */
const LOCALLY =
  'exec docker exec -i -- "$1" psql --quiet --no-psqlrc --set ON_ERROR_STOP=1 --username "$2" --dbname postgres';

/** Passwords that are being set, by server: PostgreSQL refuses two changes of one role at once. */
const changes = new Map<string, Promise<unknown>>();

/**
 * Runs `work` as the superuser. A server takes its password from its file only when it makes its data; another one is set from
 * inside of its container first, where its own tools need none.
 */
export async function asSuperuser<T>(
  host: Transport,
  server: Server,
  work: (client: Client) => Promise<T>,
): Promise<T> {
  try {
    return await withSession(host, server, "postgres", work);
  } catch (error) {
    if ((error as { code?: unknown }).code !== WRONG_PASSWORD) throw error;
  }
  const key = `${host.name} ${server.container}`;
  const change = changes.get(key) ?? setPassword(host, server).finally(() => changes.delete(key));
  changes.set(key, change);
  await change;
  return withSession(host, server, "postgres", work);
}

async function setPassword(host: Transport, { container, superuser, password }: Server): Promise<void> {
  const { escapeIdentifier, escapeLiteral } = (await import("pg")).default;
  const statement = `ALTER ROLE ${escapeIdentifier(superuser)} PASSWORD ${escapeLiteral(scramVerifier(password))};\n`;
  await host.script(LOCALLY, [container, superuser], { stdin: statement });
}
