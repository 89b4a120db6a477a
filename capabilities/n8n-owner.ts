import { N8nOwner } from "@vpai/providers";
import { containerOf, defineCapability } from "../model/capability";
import type { SecretDeclaration } from "../model/secret";
import { type Database, postgresqlDatabase } from "./postgresql-database";

/** What makes a service an n8n that somebody owns. */
interface OwnedServer {
  /** Where it keeps its accounts. */
  database: Database;
}

interface Owner {
  /** Name of the n8n. */
  of: string;
  password: SecretDeclaration;
}

/** The account that owns an n8n, under the stack's `ownerEmail`; n8n else gives itself to the first visitor. */
export const n8nOwner = defineCapability<OwnedServer, Owner>({
  name: "n8n owner",
  when: "after",
  opens: true,
  offerSecrets: ({ database }) => [database.password],
  requestSecrets: ({ password }) => [password],
  requestProofs: ({ password }, _offer, { ownerEmail }) => [
    {
      secret: password,
      as: "the owner",
      request: (value) => ({
        method: "POST",
        path: "/rest/login",
        body: { emailOrLdapLoginId: ownerEmail, password: value },
      }),
    },
  ],
  claims: ({ of }) => [`owner ${of}`],
  make: ({ of, password }, { offer, host, endpoint, ready, scope }, at) => {
    const store = at.server(postgresqlDatabase, offer.database.server);
    const container = containerOf(endpoint);
    return new N8nOwner(
      `${host}/owner/${of}`,
      {
        connection: store.connection,
        container,
        server: postgresqlDatabase.superuserOf(store, at),
        database: offer.database.name,
        email: at.ownerEmail,
        password: at.secret(password),
      },
      { parent: scope, dependsOn: [ready] },
    );
  },
});
