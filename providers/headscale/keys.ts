import { z } from "zod";
import type { JsonApi } from "../docker/json-api";
import { userNamed } from "./api";

/** Whose node a key lets in, and for how long. */
interface Wanted {
  /** Name of the user. */
  user: string;
  minutes: number;
  /** The server, for messages. */
  server: string;
}

/** A key as Headscale tells of it, as far as we use it. */
const keySchema = z.object({
  key: z.string(),
  /** When it expires, ISO 8601. */
  expiration: z.string(),
  used: z.boolean().exactOptional(),
});

export type Described = z.infer<typeof keySchema>;

export const keysSchema = z.object({ preAuthKeys: z.array(keySchema).exactOptional() });

/** Makes a pre-auth key for one node, once. @throws when there is no such user */
export async function makeKey(api: JsonApi, { user, minutes, server }: Wanted): Promise<Described> {
  const expiration = new Date(Date.now() + minutes * 60_000).toISOString();
  const body = { user: await idOf(api, user, server), reusable: false, ephemeral: false, expiration };
  const answer = z.object({ preAuthKey: keySchema });
  const made = await api.call("POST", "/api/v1/preauthkey", { body, answer });
  if (made === undefined) throw new Error(`expected Headscale to tell the key that it made, found nothing`);
  return made.preAuthKey;
}

/** Headscale 0.26 numbers users, and wants the number here. */
async function idOf(api: JsonApi, user: string, server: string): Promise<string> {
  const found = await userNamed(api, user);
  if (found !== undefined) return found.id;
  throw new Error(`${server}: expected a user ${user}, found none`);
}
