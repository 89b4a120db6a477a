import { z } from "zod";
import { apiOf, type CouchServer, documentSchema, logsIn, userPath, writeUser } from "../couchdb/users";
import type { Kind } from "../implementation";
import { resourceOf } from "../resource";
import type { Connection } from "../ssh/connection";

/** A user of a CouchDB, beside those that own a database. */
export interface CouchUserInputs {
  connection: Connection;
  server: CouchServer;
  user: string;
  /** The user's. */
  password: string;
  /** What lets it into databases. */
  roles: string[];
}

const userSchema = z.object({ roles: z.array(z.string()) });

export const couchUserKind: Kind<CouchUserInputs> = {
  version: 1,
  identity: ["user"],
  title: ({ user, server, connection }) => `user ${user} in ${server.container} on ${connection.host}`,
  async ensure(inputs) {
    if (!(await logsIn(inputs))) await writeUser(inputs);
    return inputs;
  },
  async observe(state) {
    const found = await apiOf(state).call("GET", userPath(state.user), { missing: true, answer: userSchema });
    if (found === undefined) return undefined;
    const { roles } = found;
    return { ...state, roles, password: (await logsIn({ ...state, roles })) ? state.password : "" };
  },
  async remove(state) {
    const api = apiOf(state);
    const found = await api.call("GET", userPath(state.user), { missing: true, answer: documentSchema });
    if (found !== undefined) await api.call("DELETE", `${userPath(state.user)}?rev=${found._rev}`);
  },
};

/** A user in a CouchDB that runs on a host: let into databases by its roles, and nothing more. */
export class CouchUser extends resourceOf(couchUserKind, {
  type: "vpai/couchdb:User",
  name: "couchUser",
  outputs: {},
}) {}
