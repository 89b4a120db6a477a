import type { Client } from "pg";
import type { Kind } from "../implementation";
import { scramVerifier, verifies } from "../postgresql/scram";
import { type Server, withSession } from "../postgresql/session";
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
  /** Roles whose rights it has, and no others. Default: left as they are. */
  memberOf?: string[];
}

export const postgresDatabaseKind: Kind<PostgresDatabaseInputs> = {
  version: 1,
  identity: ["database", "role"],
  check: ({ password }) =>
    password === "" ? [{ property: "password", reason: "expected a password, found an empty text" }] : [],
  async ensure(inputs) {
    await asSuperuser(transportTo(inputs.connection), inputs.server, (client) => ensureDatabase(client, inputs));
    return inputs;
  },
  async observe(state) {
    return withSession(transportTo(state.connection), state.server, "postgres", async (client) => {
      const { rows } = await client.query<{ role: string; verifier: string | null; canLogin: boolean }>(
        `SELECT r.rolname AS role, r.rolpassword AS verifier, r.rolcanlogin AS "canLogin"
         FROM pg_database d JOIN pg_authid r ON r.oid = d.datdba WHERE d.datname = $1`,
        [state.database],
      );
      const found = rows[0];
      if (found === undefined) return undefined;
      const works = found.canLogin && verifies(found.verifier, state.password);
      const observed = { ...state, role: found.role, password: works ? state.password : "" };
      if (state.memberOf === undefined) return observed;
      const held = await membershipsOf(client, found.role);
      return { ...observed, memberOf: inOrderOf(state.memberOf, held) };
    });
  },
  /** Data outlives its declaration: dropping a database is for a person to do. */
  async remove() {},
};

async function ensureDatabase(
  client: Client,
  { database, role, password, memberOf }: PostgresDatabaseInputs,
): Promise<void> {
  await ensureRole(client, role, password);
  if (memberOf !== undefined) await ensureMemberships(client, role, memberOf);
  const owner = await client.query<{ name: string }>(
    "SELECT pg_get_userbyid(datdba) AS name FROM pg_database WHERE datname = $1",
    [database],
  );
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

async function membershipsOf(client: Client, role: string): Promise<string[]> {
  const { rows } = await client.query<{ name: string }>(
    "SELECT pg_get_userbyid(roleid) AS name FROM pg_auth_members WHERE pg_get_userbyid(member) = $1",
    [role],
  );
  return rows.map(({ name }) => name);
}

async function ensureMemberships(client: Client, role: string, wanted: readonly string[]): Promise<void> {
  const held = await membershipsOf(client, role);
  const member = client.escapeIdentifier(role);
  for (const group of wanted.filter((name) => !held.includes(name)))
    await client.query(`GRANT ${client.escapeIdentifier(group)} TO ${member}`);
  for (const group of held.filter((name) => !wanted.includes(name)))
    await client.query(`REVOKE ${client.escapeIdentifier(group)} FROM ${member}`);
}

/** What is there, the expected ones first and in their order: another order is no difference. */
const inOrderOf = (expected: readonly string[], found: readonly string[]): string[] => [
  ...expected.filter((name) => found.includes(name)),
  ...found.filter((name) => !expected.includes(name)).sort(),
];

/** A database with the role that owns it, in a PostgreSQL server that runs on a host. */
export class PostgresDatabase extends resourceOf(postgresDatabaseKind, {
  type: "vpai/postgresql:Database",
  name: "postgresDatabase",
  outputs: {},
}) {}
