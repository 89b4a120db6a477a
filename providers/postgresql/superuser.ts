import type { Client } from "pg";
import type { Transport } from "../ssh/transport";
import { scramVerifier } from "./scram";
import { type Server, withSession, WrongPassword } from "./session";

/** Reads statements from standard input, over the local socket, where the server asks nobody for a password. */
const psql = ({ container, superuser }: Server): string[] => [
  ...["docker", "exec", "--interactive", container, "psql", "--username", superuser, "--dbname", "postgres"],
  ...["--no-psqlrc", "--no-password", "--quiet", "--set", "ON_ERROR_STOP=1"],
  // An error would else quote the statement.
  ...["--set", "VERBOSITY=terse"],
];

/** Two statements for one role at the same time fail, and several resources may find out at once. */
const underWay = new Map<string, Promise<void>>();

/**
 * Runs `work` as {@link withSession} does, in order to change something: where the server knows another password of its
 * superuser, the one of the stack is put in force first. The image sets it in a new server only. Not for what is taken away: the
 * state, which alone knows of that, may have the password from before this run.
 */
export async function asSuperuser<T>(
  host: Transport,
  server: Server,
  database: string,
  work: (client: Client) => Promise<T>,
): Promise<T> {
  return withSession(host, server, database, work).catch(async (error: unknown) => {
    if (!(error instanceof WrongPassword)) throw error;
    await putInForce(host, server);
    return withSession(host, server, database, work);
  });
}

function putInForce(host: Transport, server: Server): Promise<void> {
  const key = `${host.name} ${server.container}`;
  const setting = underWay.get(key) ?? setPassword(host, server).finally(() => underWay.delete(key));
  underWay.set(key, setting);
  return setting;
}

async function setPassword(host: Transport, server: Server): Promise<void> {
  const { escapeIdentifier, escapeLiteral } = (await import("pg")).default;
  const verifier = escapeLiteral(scramVerifier(server.password));
  const statement = `ALTER ROLE ${escapeIdentifier(server.superuser)} PASSWORD ${verifier};\n`;
  const { code, stderr } = await host.run(psql(server), { stdin: statement });
  if (code !== 0)
    throw new Error(
      `${server.container} on ${host.name}: expected to set the password of ${server.superuser} over the local socket, ` +
        `found a refusal (${stderr.trim()}): set it by hand, to the one of the stack`,
    );
}
