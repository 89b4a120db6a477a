import { z } from "zod";
import { apiOf, type CouchServer, logsIn, writeUser } from "../couchdb/users";
import type { JsonApi } from "../docker/json-api";
import type { Kind } from "../implementation";
import { resourceOf } from "../resource";
import type { Connection } from "../ssh/connection";

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
    if (!(await logsIn(owner(inputs)))) await writeUser(owner(inputs));
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
    const password = (await logsIn(owner(state))) ? state.password : "";
    return { ...state, password, security: await securityOf(api, state) };
  },
  /** Data outlives its declaration: deleting a database is for a person to do. */
  async remove() {},
};

/** Its own user has no role that lets it do more. */
const owner = (inputs: CouchDatabaseInputs) => ({ ...inputs, roles: [] });

const pathOf = ({ database }: CouchDatabaseInputs): string => `/${encodeURIComponent(database)}`;

const groupSchema = z.object({
  names: z.array(z.string()).exactOptional(),
  roles: z.array(z.string()).exactOptional(),
});

const securitySchema = z.object({ admins: groupSchema.exactOptional(), members: groupSchema.exactOptional() });

/** What CouchDB leaves out is empty. */
async function securityOf(api: JsonApi, inputs: CouchDatabaseInputs): Promise<CouchDatabaseInputs["security"]> {
  const found = await api.call("GET", `${pathOf(inputs)}/_security`, { answer: securitySchema });
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
