import { randomBytes, randomUUID } from "node:crypto";
import type { Client } from "pg";
import { z } from "zod";
import { lookUntil } from "../../model/look-until";
import type { HttpServer } from "../docker/http";
import { JsonApi, UnexpectedStatus } from "../docker/json-api";
import type { Transport } from "../ssh/transport";
import { Unreadable } from "../unreadable";

/** First words of the names of our keys in n8n's list of API keys. */
const LABEL = "vpai deployment";

const SCOPES = [
  ...["create", "read", "list", "update", "activate", "deactivate"].map((verb) => `workflow:${verb}`),
  ...["create", "update", "delete"].map((verb) => `credential:${verb}`),
];

/** How long n8n may take from being healthy, with its database migrated, to serving the API. Seconds. */
const PATIENCE = 120;

/** How long a busy n8n may say in between that its database is not ready: it looks every few seconds whether that answers. Seconds. */
const HICCUP = 60;

/**
 * The last work with each n8n. One is done after the other: n8n has two connections to its database, and several changes at
 * once each hold one and wait for a second.
 */
const turns = new Map<string, Promise<unknown>>();

function inTurn<T>(server: string, work: () => Promise<T>): Promise<T> {
  const turn = (turns.get(server) ?? Promise.resolve()).then(work, work);
  turns.set(server, turn);
  return turn;
}

/**
 * Runs `work`, when its turn has come, with n8n's public API, which publishes at once; the commands of n8n's own CLI start a second n8n each and
 * take effect only after a restart. The API wants a key that a person makes in the editor. So one is put into n8n's
 * database and taken away afterwards; its prefix makes n8n look for it there and nowhere else.
 * @param client a session in n8n's database
 */
export const withApi = <T>(
  host: Transport,
  server: HttpServer,
  client: Client,
  work: (api: JsonApi) => Promise<T>,
): Promise<T> => inTurn(`${host.name} ${server.container}`, () => withKey(host, server, client, work));

async function withKey<T>(
  host: Transport,
  server: HttpServer,
  client: Client,
  work: (api: JsonApi) => Promise<T>,
): Promise<T> {
  const [id, key] = [randomUUID(), `n8n_api_${randomBytes(32).toString("hex")}`];
  await sweep(client);
  const { rowCount } = await client.query(
    `INSERT INTO user_api_keys (id, "userId", label, "apiKey", scopes)
     SELECT $1::varchar, id, $2, $3, $4::json FROM "user" WHERE "roleSlug" = 'global:owner' ORDER BY "createdAt" LIMIT 1`,
    [id, `${LABEL} ${id}`, key, JSON.stringify(SCOPES)],
  );
  if (rowCount !== 1)
    throw new Error(
      `${server.container} on ${host.name}: expected a user with the role global:owner in n8n, found none`,
    );
  try {
    const api = new JsonApi(host, server, { "x-n8n-api-key": key }, HICCUP);
    await untilServed(api);
    return await work(api);
  } finally {
    await client.query("DELETE FROM user_api_keys WHERE id = $1", [id]);
  }
}

const savedSchema = z.object({ id: z.string() });

/** Has n8n keep a credential or a workflow. @param kind which of both, for the error @returns n8n's id of it */
export async function keptAs(
  api: JsonApi,
  kind: "credential" | "workflow",
  { method, path, body }: { method: string; path: string; body: unknown },
): Promise<string> {
  const answer = await api.call(method, path, { body, answer: savedSchema });
  if (answer === undefined) throw new Error(`expected n8n to answer ${method} ${path} with the ${kind}, found nothing`);
  return answer.id;
}

async function untilServed(api: JsonApi): Promise<void> {
  const answered = await lookUntil(
    () => isServed(api),
    (found) => found === true,
    { pause: 500, seconds: PATIENCE },
  );
  if (answered !== true) throw answered;
}

/**
 * Whether the API is there; else what to say of that. A busy n8n is healthy and tells callers that it is not ready, or hangs
 * up on them.
 */
async function isServed(api: JsonApi): Promise<true | Error> {
  try {
    if ((await api.call("GET", "/api/v1/workflows?limit=1", { missing: true })) !== undefined) return true;
    return new Error(`expected n8n's public API within ${PATIENCE} s, found none: is N8N_PUBLIC_API_DISABLED set?`);
  } catch (error) {
    const refused = error instanceof UnexpectedStatus && error.status !== NOT_READY;
    if (error instanceof Unreadable && !refused) return error;
    throw error;
  }
}

const NOT_READY = 503;

/** An interrupted run leaves its key. Others may be at work at this moment, with young ones. */
const sweep = (client: Client): Promise<unknown> =>
  client.query(`DELETE FROM user_api_keys WHERE label LIKE $1 AND "createdAt" < now() - interval '10 minutes'`, [
    `${LABEL} %`,
  ]);
