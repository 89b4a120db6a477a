import type { Client } from "pg";
import type { MakeAnew } from "../gone";
import type { Kind } from "../implementation";
import { ensureMemberships, membershipsOf } from "../postgresql/memberships";
import { scramVerifier, verifies } from "../postgresql/scram";
import { type Server, withSession, WrongPassword } from "../postgresql/session";
import { asSuperuser } from "../postgresql/superuser";
import { resourceOf } from "../resource";
import type { Connection } from "../ssh/connection";
import { transportTo } from "../ssh/transport";

/** A database and the role that owns it. */
export interface PostgresDatabaseInputs {
  connection: Connection;
  server: Server;
  /** Name of the database. */
  database: string;
  /** Role that owns the database and may log in to it. */
  role: string;
  /** The role's password. */
  password: string;
  /** Roles whose rights it has, and no others. */
  memberOf: string[];
}

export const postgresDatabaseKind: Kind<PostgresDatabaseInputs> = {
  version: 1,
  identity: ["database"],
  title: ({ database, server, connection }) => `database ${database} in ${server.container} on ${connection.host}`,
  holdsData: () => true,
  check: ({ password }) =>
    password === "" ? [{ property: "password", reason: "expected a password, found an empty text" }] : [],
  async ensure(inputs, _before, makeAnew) {
    const { connection, server } = inputs;
    await asSuperuser(transportTo(connection), server, "postgres", (client) =>
      ensureDatabase(client, inputs, makeAnew),
    );
    return inputs;
  },
  async observe(state) {
    const { connection, server } = state;
    try {
      return await withSession(transportTo(connection), server, "postgres", (client) => observed(client, state));
    } catch (error) {
      if (!(error instanceof WrongPassword)) throw error;
      return { ...state, server: { ...server, password: "" } };
    }
  },
  /** Data outlives its declaration: dropping a database is for a person to do. */
  async remove() {},
};

async function observed(client: Client, state: PostgresDatabaseInputs): Promise<PostgresDatabaseInputs | undefined> {
  const { rows } = await client.query<{ role: string; verifier: string | null; canLogin: boolean }>(
    `SELECT r.rolname AS role, r.rolpassword AS verifier, r.rolcanlogin AS "canLogin"
     FROM pg_database d JOIN pg_authid r ON r.oid = d.datdba WHERE d.datname = $1`,
    [state.database],
  );
  const found = rows[0];
  if (found === undefined) return undefined;
  const works = found.canLogin && verifies(found.verifier, state.password);
  const seen = { ...state, role: found.role, password: works ? state.password : "" };
  const held = (await membershipsOf(client, found.role)).map(({ group }) => group);
  return { ...seen, memberOf: inOrderOf(state.memberOf, held) };
}

async function ensureDatabase(
  client: Client,
  { database, role, password, memberOf }: PostgresDatabaseInputs,
  makeAnew: MakeAnew | undefined,
): Promise<void> {
  const owner = await client.query<{ name: string }>(
    "SELECT pg_get_userbyid(datdba) AS name FROM pg_database WHERE datname = $1",
    [database],
  );
  if (owner.rows[0] === undefined) makeAnew?.();
  await ensureRole(client, role, password);
  await ensureMemberships(client, role, memberOf);
  const [name, ownerName] = [client.escapeIdentifier(database), client.escapeIdentifier(role)];
  if (owner.rows[0] === undefined) await client.query(`CREATE DATABASE ${name} OWNER ${ownerName}`);
  else if (owner.rows[0].name !== role) await client.query(`ALTER DATABASE ${name} OWNER TO ${ownerName}`);
  await client.query(`REVOKE CONNECT, TEMPORARY ON DATABASE ${name} FROM PUBLIC`);
}

async function ensureRole(client: Client, role: string, password: string): Promise<void> {
  const { rows } = await client.query<{ verifier: string | null; canLogin: boolean }>(
    `SELECT rolpassword AS verifier, rolcanlogin AS "canLogin" FROM pg_authid WHERE rolname = $1`,
    [role],
  );
  const found = rows[0];
  if (found?.canLogin && verifies(found.verifier, password)) return;
  const verb = found === undefined ? "CREATE" : "ALTER";
  await client.query(
    `${verb} ROLE ${client.escapeIdentifier(role)} LOGIN PASSWORD ${client.escapeLiteral(scramVerifier(password))}`,
  );
}

/** What is there, the expected ones first and in their order: another order is no difference. */
const inOrderOf = (expected: readonly string[], found: readonly string[]): string[] => [
  ...expected.filter((name) => found.includes(name)),
  ...new Set(found.filter((name) => !expected.includes(name)).sort()),
];

/** A database with the role that owns it, in a PostgreSQL server that runs on a host. */
export class PostgresDatabase extends resourceOf(postgresDatabaseKind, {
  type: "vpai/postgresql:Database",
  name: "postgresDatabase",
  outputs: {},
}) {}
