import type { HttpServer } from "../docker/http";
import type { JsonApi } from "../docker/json-api";
import { userNamed, withApi } from "../headscale/api";
import { type Described, keysSchema, makeKey } from "../headscale/keys";
import type { Kind } from "../implementation";
import { resourceOf } from "../resource";
import type { Connection } from "../ssh/connection";

/** What lets one computer become a node of a VPN, once. */
export interface HeadscaleKeyInputs {
  connection: Connection;
  server: HttpServer;
  /** Name of the user whose node it becomes. */
  user: string;
  /** Which computer it is for. */
  node: string;
  /** How long it is good for. */
  minutes: number;
}

export interface HeadscaleKeyState extends HeadscaleKeyInputs {
  key: string;
  /** When it expires, ISO 8601. */
  expires: string;
}

export const headscaleKeyKind: Kind<HeadscaleKeyInputs, HeadscaleKeyState> = {
  version: 1,
  identity: ["user", "node"],
  title: ({ node, server, connection }) => `pre-auth key of ${node} in ${server.container} on ${connection.host}`,
  check: ({ minutes }) =>
    Number.isInteger(minutes) && minutes > 0
      ? []
      : [{ property: "minutes", reason: `expected a whole number of minutes above 0, found ${minutes}` }],
  ensure: (inputs, before) =>
    withApi(inputs, async (api) => {
      if (before !== undefined) await expire(api, before);
      const { user, minutes, server, connection } = inputs;
      const made = await makeKey(api, { user, minutes, server: `${server.container} on ${connection.host}` });
      return { ...inputs, key: made.key, expires: made.expiration };
    }),
  /** Used, or expired by itself, it has had its use, and is what it should be; one that somebody has expired before is gone. */
  observe: (state) =>
    withApi(state, async (api) => {
      const user = await userNamed(api, state.user);
      if (user === undefined) return undefined;
      const known = await api.call("GET", `/api/v1/preauthkey?user=${user.id}`, { answer: keysSchema });
      const found = known?.preAuthKeys?.find(({ key }) => key === state.key);
      return found === undefined || isTakenBack(found, state) ? undefined : { ...state, expires: found.expiration };
    }),
  remove: (state) => withApi(state, (api) => expire(api, state)),
};

const isTakenBack = ({ used = false, expiration }: Described, { expires }: HeadscaleKeyState): boolean =>
  !used && Date.parse(expiration) < Date.parse(expires);

async function expire(api: JsonApi, { user, key }: HeadscaleKeyState): Promise<void> {
  const found = await userNamed(api, user);
  if (found === undefined) return;
  await api.call("POST", "/api/v1/preauthkey/expire", { body: { user: found.id, key }, missing: true });
}

/** A pre-auth key in a Headscale that runs on a host: for one node, once, and not for long. */
export class HeadscaleKey extends resourceOf(headscaleKeyKind, {
  type: "vpai/headscale:PreAuthKey",
  name: "headscaleKey",
  outputs: { key: "secret", expires: "plain" },
}) {}
