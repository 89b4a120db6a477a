import { isDeepStrictEqual } from "node:util";
import type { Client } from "pg";
import type { Kind } from "../implementation";
import { keptAs, withApi } from "../n8n/api";
import { type Credential, findCredential } from "../n8n/credential";
import { type Server, withSession } from "../postgresql/session";
import { asSuperuser } from "../postgresql/superuser";
import { resourceOf } from "../resource";
import type { Connection } from "../ssh/connection";
import { transportTo } from "../ssh/transport";

/** A credential in an n8n that runs on a host. */
export interface N8nCredentialInputs {
  connection: Connection;
  /** The n8n container's name. */
  container: string;
  /** n8n's port in its container. */
  port: number;
  /** The database server that n8n keeps its credentials in. */
  server: Server;
  /** n8n's database there. */
  database: string;
  /** Name that workflows refer to it by; one that is there under the same name and type is taken on. */
  credential: string;
  /** n8n's name for what it is a login at, e.g. `openAiApi`. */
  credentialType: string;
  /** All fields of that type, as n8n's public API takes them. Secret: the state keeps them encrypted. */
  data: Readonly<Record<string, unknown>>;
}

export interface N8nCredentialState extends N8nCredentialInputs {
  /** n8n's own id of it, which nodes of workflows hold. */
  credentialId: string;
  /** Stands for what was there right after our last change, encrypted as it was; what differs was edited since. */
  fingerprint: string;
}

export const n8nCredentialKind: Kind<N8nCredentialInputs, N8nCredentialState> = {
  version: 1,
  identity: ["credential", "credentialType"],
  title: ({ credential, container, connection }) => `credential ${credential} in ${container} on ${connection.host}`,
  ensure: (inputs, before) =>
    asSuperuser(transportTo(inputs.connection), inputs.server, inputs.database, async (client) => {
      const found = await find(client, inputs, before?.credentialId);
      if (found !== undefined && isRight(found, inputs, before)) return settled(inputs, found);
      const id = await save(client, inputs, found?.id);
      const saved = await find(client, inputs, id);
      if (saved === undefined)
        throw new Error(
          `n8n in ${inputs.container} on ${inputs.connection.host} took the credential ${inputs.credential} and does ` +
            "not keep it: expected it in the table credentials_entity of its database",
        );
      return settled(inputs, saved);
    }),
  observe: (state) =>
    withSession(transportTo(state.connection), state.server, state.database, async (client) => {
      const found = await find(client, state, state.credentialId);
      if (found === undefined) return undefined;
      // Only n8n can tell what an edited one holds.
      return found.fingerprint === state.fingerprint ? state : { ...state, credentialId: found.id, data: {} };
    }),
  async remove(state) {
    const { connection, server, database, container, port } = state;
    const host = transportTo(connection);
    await withSession(host, server, database, async (client) => {
      const found = await find(client, state, state.credentialId);
      if (found === undefined) return;
      await withApi(host, { container, port }, client, (api) =>
        api.call("DELETE", `/api/v1/credentials/${found.id}`, { missing: true }),
      );
    });
  },
};

const find = (client: Client, inputs: N8nCredentialInputs, id: string | undefined): Promise<Credential | undefined> =>
  findCredential(client, { id, name: inputs.credential, type: inputs.credentialType });

/** Whether it is what we wrote last, and that is what is wanted. */
const isRight = (found: Credential, { data }: N8nCredentialInputs, before: N8nCredentialState | undefined): boolean =>
  before?.fingerprint === found.fingerprint && isDeepStrictEqual(before.data, data);

const settled = (inputs: N8nCredentialInputs, { id, fingerprint }: Credential): N8nCredentialState => ({
  ...inputs,
  credentialId: id,
  fingerprint,
});

/** Has n8n encrypt and keep it. @returns n8n's id of it */
function save(client: Client, inputs: N8nCredentialInputs, id: string | undefined): Promise<string> {
  const { connection, container, port, credential: name, credentialType: type, data } = inputs;
  const [method, path] =
    id === undefined ? (["POST", "/api/v1/credentials"] as const) : (["PATCH", `/api/v1/credentials/${id}`] as const);
  return withApi(transportTo(connection), { container, port }, client, (api) =>
    keptAs(api, "credential", { method, path, body: { name, type, data } }),
  );
}

/** A credential in an n8n that runs on a host: kept up to date, and encrypted by n8n; one that was edited there is set back. */
export class N8nCredential extends resourceOf(n8nCredentialKind, {
  type: "vpai/n8n:Credential",
  name: "n8nCredential",
  outputs: { credentialId: "plain", fingerprint: "plain" },
}) {}
