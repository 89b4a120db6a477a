import { all } from "@pulumi/pulumi";
import { N8nCredential } from "@vpai/providers";
import { containerOf, defineCapability } from "../model/capability";
import type { ServiceContext } from "../model/context";
import type { HttpProof } from "../model/proof";
import type { SecretDeclaration } from "../model/secret";
import { litellmKey } from "./litellm-key";
import { type Database, postgresqlDatabase } from "./postgresql-database";

/** What makes a service an n8n that keeps credentials for its workflows. */
export interface CredentialStore {
  /** Where it keeps them. */
  database: Database;
}

/** A login that workflows use by its name. */
export interface Credential {
  /** Name that workflows refer to it by. */
  name: string;
  /** n8n's name for what it is a login at: `openAiApi`, `httpHeaderAuth`, `postgres`. */
  type: string;
  secret: SecretDeclaration;
  /** All fields of that type. @param value of the secret @param context of the requesting service */
  data: (value: string, context: ServiceContext) => Readonly<Record<string, unknown>>;
  /** How a value is tried at the n8n, where that itself asks its callers for it. Default: it logs in elsewhere with it. */
  proof?: Omit<HttpProof, "secret">;
}

/**
 * A credential in an n8n, which encrypts it; one that nobody requests any more is deleted. Where the stack lacks a secret that
 * it may lack, there is none, and a workflow that uses it fails and says so.
 */
export const n8nCredential = defineCapability<CredentialStore, Credential>({
  name: "n8n credential",
  when: "after",
  offerSecrets: ({ database }) => [database.password],
  requestSecrets: ({ secret }) => [secret],
  requestProofs: ({ secret, proof }) => (proof === undefined ? [] : [{ ...proof, secret }]),
  claims: ({ name }) => [`credential ${name}`],
  make: ({ name, type, secret, data }, { offer, host, connection, endpoint, ready, scope }, at) => {
    const value = at.given(secret);
    if (value === undefined) return undefined;
    const store = at.server(postgresqlDatabase, offer.database.server);
    return new N8nCredential(
      `${host}/credential/${name}`,
      {
        connection,
        container: containerOf(endpoint),
        port: endpoint.port,
        server: postgresqlDatabase.superuserOf(store, at),
        database: offer.database.name,
        credential: name,
        credentialType: type,
        data: value.apply((text) => data(text, at.context)),
      },
      // What it is a login at takes it first.
      { parent: scope, dependsOn: [ready, ...at.earlier(litellmKey)] },
    );
  },
});

/** Ids of credentials by name, as their n8n has given them. @param credentials what was made of {@link n8nCredential} */
export const idsByName = (credentials: readonly unknown[]) =>
  all(
    credentials
      .filter((one) => one instanceof N8nCredential)
      .map(({ credential, credentialId }) => all([credential, credentialId])),
  ).apply((pairs) => Object.fromEntries(pairs) as Readonly<Record<string, string>>);
