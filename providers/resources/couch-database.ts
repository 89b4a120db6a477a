import type { HttpServer } from "../docker/http";
import { JsonApi, UnexpectedStatus } from "../docker/json-api";
import type { Kind } from "../implementation";
import { resourceOf } from "../resource";
import type { Connection } from "../ssh/connection";
import { transportTo } from "../ssh/transport";

/** A CouchDB that runs in a container of a host, seen as its administrator. */
interface CouchServer extends HttpServer {
  user: string;
  password: string;
}

/** By name or by role. */
interface Group {
  names: string[];
  roles: string[];
}

/** A database and the user who reads and writes it. */
export interface CouchDatabaseInputs {
  connection: Connection;
  server: CouchServer;
  database: string;
  user: string;
  /** The user's. */
  password: string;
  /** Who may do what in the database. */
  security: { admins: Group; members: Group };
}

export const couchDatabaseKind: Kind<CouchDatabaseInputs> = {
  version: 1,
  identity: ["database"],
  title: ({ database, server, connection }) => `database ${database} in ${server.container} on ${connection.host}`,
  holdsData: () => true,
  check: ({ database }) =>
    /^[a-z][a-z0-9_$()+/-]*$/.test(database)
      ? []
      : [{ property: "database", reason: `expected lower case letters, digits and _$()+/-, found ${database}` }],
  async ensure(inputs, _before, makeAnew) {
    const api = apiOf(inputs);
    if (!(await logsIn(inputs))) await writeUser(api, inputs);
    if ((await api.call("GET", pathOf(inputs), { missing: true })) === undefined) {
      makeAnew?.();
      await api.call("PUT", pathOf(inputs));
    }
    if (!same(await securityOf(api, inputs), inputs.security))
      await api.call("PUT", `${pathOf(inputs)}/_security`, { body: inputs.security });
    return inputs;
  },
  async observe(state) {
    const api = apiOf(state);
    if ((await api.call("GET", pathOf(state), { missing: true })) === undefined) return undefined;
    const password = (await logsIn(state)) ? state.password : "";
    return { ...state, password, security: await securityOf(api, state) };
  },
  /** Data outlives its declaration: deleting a database is for a person to do. */
  async remove() {},
};

const basic = (user: string, password: string): { authorization: string } => ({
  authorization: `Basic ${Buffer.from(`${user}:${password}`).toString("base64")}`,
});

const apiOf = ({ connection, server }: CouchDatabaseInputs): JsonApi =>
  new JsonApi(transportTo(connection), server, basic(server.user, server.password));

const pathOf = ({ database }: CouchDatabaseInputs): string => `/${encodeURIComponent(database)}`;

const userPath = ({ user }: CouchDatabaseInputs): string => `/_users/org.couchdb.user:${encodeURIComponent(user)}`;

/** Whether the user is there, with the password and no role that lets it do more. */
async function logsIn({ connection, server, user, password }: CouchDatabaseInputs): Promise<boolean> {
  const api = new JsonApi(transportTo(connection), server, basic(user, password));
  try {
    const session = await api.call<{ userCtx: { name: string; roles: string[] } }>("GET", "/_session");
    return session?.userCtx.name === user && session.userCtx.roles.length === 0;
  } catch (error) {
    if (error instanceof UnexpectedStatus && error.status === 401) return false;
    throw error;
  }
}

/** CouchDB hashes the password before it keeps the document. */
async function writeUser(api: JsonApi, inputs: CouchDatabaseInputs): Promise<void> {
  const found = await api.call<{ _rev: string }>("GET", userPath(inputs), { missing: true });
  const { user, password } = inputs;
  const body = { name: user, password, roles: [], type: "user", ...(found === undefined ? {} : { _rev: found._rev }) };
  await api.call("PUT", userPath(inputs), { body });
}

/** What CouchDB leaves out is empty. */
async function securityOf(api: JsonApi, inputs: CouchDatabaseInputs): Promise<CouchDatabaseInputs["security"]> {
  const found = await api.call<Partial<Record<"admins" | "members", Partial<Group>>>>(
    "GET",
    `${pathOf(inputs)}/_security`,
  );
  const group = ({ names = [], roles = [] }: Partial<Group> = {}): Group => ({ names, roles });
  return { admins: group(found?.admins), members: group(found?.members) };
}

const same = (one: object, other: object): boolean => JSON.stringify(one) === JSON.stringify(other);

/** A database in a CouchDB that runs on a host, with its user and its rights. It is never deleted. */
export class CouchDatabase extends resourceOf(couchDatabaseKind, {
  type: "vpai/couchdb:Database",
  name: "couchDatabase",
  outputs: {},
}) {}
