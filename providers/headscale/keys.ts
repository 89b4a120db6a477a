import { z } from "zod";
import type { JsonApi } from "../docker/json-api";
import { expectUser, type Headscale, withApi } from "./api";

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
  // Headscale 0.26 numbers users, and wants the number here.
  const { id } = await expectUser(api, user, server);
  const body = { user: id, reusable: false, ephemeral: false, expiration };
  const answer = z.object({ preAuthKey: keySchema });
  const made = await api.call("POST", "/api/v1/preauthkey", { body, answer });
  if (made === undefined) throw new Error(`expected Headscale to tell the key that it made, found nothing`);
  return made.preAuthKey;
}

/** The same in a Headscale, once: nobody keeps it. @throws Unreadable when the server cannot be asked */
export const newKey = (headscale: Headscale, { user, minutes }: Omit<Wanted, "server">): Promise<Described> =>
  withApi(headscale, (api) => {
    const { server, connection } = headscale;
    return makeKey(api, { user, minutes, server: `${server.container} on ${connection.host}` });
  });
