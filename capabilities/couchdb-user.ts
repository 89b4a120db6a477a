import { CouchUser } from "@vpai/providers";
import { defineCapability } from "../model/capability";
import type { SecretDeclaration } from "../model/secret";
import { couchLogin, type CouchServer, memberRole, serverAt } from "./couchdb-database";

/** Who changes documents of a database beside its own user. */
export interface CouchUserRequest {
  /** Of a request for a database. */
  database: string;
  user: string;
  password: SecretDeclaration;
}

/**
 * A further user of a database in CouchDB, so that each program has a login that can be changed or taken away alone. Servers of
 * databases offer it with these.
 */
export const couchdbUser = defineCapability<CouchServer, CouchUserRequest>({
  name: "CouchDB user",
  when: "after",
  offerSecrets: ({ admin }) => [admin.password],
  requestSecrets: ({ password }) => [password],
  requestProofs: ({ user, password }) => [couchLogin(user, password)],
  claims: ({ user }) => [`user ${user}`],
  make: ({ database, user, password }, { offer: { admin }, host, connection, endpoint, ready, scope }, at) =>
    new CouchUser(
      `${host}/couchdb-user/${user}`,
      {
        connection,
        server: serverAt(endpoint, admin, at),
        user,
        password: at.secret(password),
        roles: [memberRole(database)],
      },
      { parent: scope, dependsOn: [ready] },
    ),
});
