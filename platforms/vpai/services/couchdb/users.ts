import { couchdbUser } from "../../../../capabilities/couchdb-user";
import type { Requested } from "../../../../model/capability";
import { camelCase } from "../../../../model/names";
import type { VaultLogin } from "../../../../programs/notes";
import { VAULT } from "./vault";

/** A job's own login to the vault. @param name the job's, which is the user's too */
export const vaultLogin = (name: string): VaultLogin => ({
  database: VAULT.name,
  user: name,
  password: {
    name: `${camelCase(name)}Password`,
    description: `Password of ${name}, a job that logs in to CouchDB under its own name`,
    ansible: `${name.replaceAll("-", "_")}_password`,
    origin: "random",
    length: 32,
  },
});

/** Makes that login; a stack without the vault goes without. */
export const vaultUser = (login: VaultLogin): Requested =>
  couchdbUser.request(login, { from: "couchdb", beside: ["couchdb"] });
