import { z } from "zod";
import { parseJson } from "../../model/foreign-json";
import type { HttpServer } from "../docker/http";
import { JsonApi } from "../docker/json-api";
import type { Connection } from "../ssh/connection";
import { type Transport, transportTo } from "../ssh/transport";
import { Unreadable } from "../unreadable";

/** A Headscale that runs in a container of a host. */
export interface Headscale {
  connection: Connection;
  server: HttpServer;
}

/** Its program in the image. */
const PROGRAM = "/ko-app/headscale";

/** How long a key of ours is good for, should its run be interrupted. */
const LIFETIME = "10m";

/**
 * Runs `work` with Headscale's API. It wants a key, which the server's own command makes over its socket: that command takes
 * what it shall expire as an argument, and the API does not. The key is deleted afterwards; where the server does not answer then, as
 * it starts again, the key ends by itself.
 * @throws Unreadable when the server cannot be asked
 */
export async function withApi<T>({ connection, server }: Headscale, work: (api: JsonApi) => Promise<T>): Promise<T> {
  const key = await makeKey(transportTo(connection), server);
  const api = new JsonApi(transportTo(connection), server, { authorization: `Bearer ${key}` });
  try {
    return await work(api);
  } finally {
    // How the work went counts, and nothing else may be told in its place.
    await api.call("DELETE", `/api/v1/apikey/${key.split(".")[0] ?? ""}`, { missing: true }).catch(() => undefined);
  }
}

async function makeKey(host: Transport, { container }: HttpServer): Promise<string> {
  const create = ["apikeys", "create", "--expiration", LIFETIME, "--output", "json"];
  const { code, stdout, stderr } = await host.run(["docker", "exec", container, PROGRAM, ...create]);
  if (code !== 0) throw new Unreadable(`${container} on ${host.name} made no API key: ${stderr.trim()}`);
  return parseJson(z.string(), stdout, `an API key of ${container} on ${host.name}`);
}

/** A user as Headscale tells of it, as far as we use it. */
const userSchema = z.object({ id: z.string(), name: z.string() });

export type User = z.infer<typeof userSchema>;

const usersSchema = z.object({ users: z.array(userSchema).exactOptional() });

/** Undefined when there is none of that name. */
export async function userNamed(api: JsonApi, name: string): Promise<User | undefined> {
  const answer = await api.call("GET", "/api/v1/user", { answer: usersSchema });
  return answer?.users?.find((user) => user.name === name);
}

/** The same, which has to be there. @param server for messages @throws when there is none of that name */
export async function expectUser(api: JsonApi, name: string, server: string): Promise<User> {
  const found = await userNamed(api, name);
  if (found === undefined) throw new Error(`${server}: expected a user ${name}, found none`);
  return found;
}
