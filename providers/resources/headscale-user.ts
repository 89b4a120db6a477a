import { z } from "zod";
import type { HttpServer } from "../docker/http";
import { userNamed, withApi } from "../headscale/api";
import type { Kind } from "../implementation";
import { resourceOf } from "../resource";
import type { Connection } from "../ssh/connection";

/** Whose nodes there are in a VPN. */
export interface HeadscaleUserInputs {
  connection: Connection;
  server: HttpServer;
  /** Unique in the server. */
  user: string;
}

export const headscaleUserKind: Kind<HeadscaleUserInputs> = {
  version: 1,
  identity: ["user"],
  title: ({ user, server, connection }) => `user ${user} in ${server.container} on ${connection.host}`,
  ensure: (inputs) =>
    withApi(inputs, async (api) => {
      if ((await userNamed(api, inputs.user)) === undefined)
        await api.call("POST", "/api/v1/user", { body: { name: inputs.user } });
      return inputs;
    }),
  observe: (state) =>
    withApi(state, async (api) => ((await userNamed(api, state.user)) === undefined ? undefined : state)),
  /** One that has nodes stays: they would be logged out for good. */
  remove: (state) =>
    withApi(state, async (api) => {
      const found = await userNamed(api, state.user);
      if (found === undefined) return;
      const answer = z.object({ nodes: z.array(z.unknown()).exactOptional() });
      const nodes = await api.call("GET", `/api/v1/node?user=${encodeURIComponent(state.user)}`, { answer });
      if ((nodes?.nodes ?? []).length === 0) await api.call("DELETE", `/api/v1/user/${found.id}`, { missing: true });
    }),
};

/** A user in a Headscale that runs on a host. */
export class HeadscaleUser extends resourceOf(headscaleUserKind, {
  type: "vpai/headscale:User",
  name: "headscaleUser",
  outputs: {},
}) {}
