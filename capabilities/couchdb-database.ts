import path from "node:path";
import { CouchDatabase } from "@vpai/providers";
import { containerOf, defineCapability, type Endpoint, type MakeContext } from "../model/capability";
import { basicLogin, type Proof } from "../model/proof";
import type { SecretDeclaration } from "../model/secret";
import { methodIn } from "./backups/method";

/** What makes a service the one that keeps the others' databases. */
export interface CouchServer {
  admin: { user: string; password: SecretDeclaration };
}

/** A database and who reads and writes it. */
export interface CouchDatabaseRequest {
  /** Lower case letters, digits and `_$()+/-`, a letter first. */
  name: string;
  /** Name of its user, who may change documents and nothing else. */
  user: string;
  password: SecretDeclaration;
}

/** How a user's password is tried. */
export const couchLogin = (user: string, password: SecretDeclaration): Proof => ({
  secret: password,
  as: `user ${user}`,
  request: (value) => ({ path: "/_session", headers: basicLogin(user, value) }),
});

/** The server as its administrator asks it. */
export const serverAt = (endpoint: Endpoint, { user, password }: CouchServer["admin"], at: MakeContext) => ({
  container: containerOf(endpoint),
  port: endpoint.port,
  user,
  password: at.secret(password),
});

/** Role of further users that a database lets in. */
export const memberRole = (database: string): string => `${database}-member`;

/** A database in a CouchDB server with a user of its own, and nobody else let in but administrators and whom a further request makes. */
export const couchdbDatabase = defineCapability<CouchServer, CouchDatabaseRequest>({
  name: "CouchDB database",
  when: "before",
  guarded: true,
  offerSecrets: ({ admin }) => [admin.password],
  requestSecrets: ({ password }) => [password],
  offerProofs: ({ admin }) => [couchLogin(admin.user, admin.password)],
  requestProofs: ({ user, password }) => [couchLogin(user, password)],
  claims: ({ name, user }) => [`database ${name}`, `user ${user}`],
  keeps: () => ({ kind: "couchdb-dump" }),
  backupItem: ({ name }) => name,
  backup: ({ admin }, requests) => ({
    method: methodIn(path.join(__dirname, "backups"), "couchdb", [
      "couchdb-dump.mjs",
      "couchdb-verify.mjs",
      "couchdb-load.mjs",
    ]),
    arguments: ["{port}", admin.user, ...requests.map(({ name }) => name).sort()],
    secret: admin.password,
  }),
  make: ({ name, user, password }, { offer: { admin }, host, connection, endpoint, ready, scope }, at) =>
    new CouchDatabase(
      `${host}/couchdb-database/${name}`,
      {
        connection,
        server: serverAt(endpoint, admin, at),
        database: name,
        user,
        password: at.secret(password),
        security: {
          admins: { names: [], roles: ["_admin"] },
          members: { names: [user], roles: [memberRole(name)] },
        },
      },
      { parent: scope, dependsOn: [ready], protect: at.protect },
    ),
});
