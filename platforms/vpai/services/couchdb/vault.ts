import type { CouchDatabaseRequest } from "../../../../capabilities/couchdb-database";
import type { SecretDeclaration } from "../../../../model/secret";

/** Who may do everything in CouchDB. */
export const ADMIN: { user: string; password: SecretDeclaration } = {
  user: "admin",
  password: {
    name: "couchdbAdminPassword",
    description: "Password of CouchDB's administrator, admin",
    ansible: "couchdb_admin_password",
    origin: "random",
    length: 32,
  },
};

/** What CouchDB signs sessions with, and what its number among servers follows from: with another one, clients read all anew. */
export const IDENTITY: SecretDeclaration = {
  name: "couchdbSecret",
  description:
    "Key that CouchDB signs sessions with; its number among servers follows from it, by which clients know it",
  ansible: "couchdb_secret",
  origin: "random",
  length: 32,
  fixed: {
    because: "clients know the server by what follows from it, and would read everything anew",
    lost: "every client a synchronisation from the beginning, and every session",
  },
};

/** The notes, and who reads and writes them: Obsidian's clients and what collects for them (docs/requirements.md#obsidian-sync). */
export const VAULT: CouchDatabaseRequest = {
  name: "obsidian_vault",
  user: "obsidian",
  password: {
    name: "couchdbObsidianPassword",
    description: "Password of obsidian, whom Obsidian's clients log in to CouchDB as",
    ansible: "couchdb_obsidian_password",
    origin: "random",
    length: 32,
  },
};
