import type { HttpServer } from "../docker/http";
import type { Kind } from "../implementation";
import { resourceOf } from "../resource";
import type { Connection } from "../ssh/connection";
import { inSession } from "../uptime-kuma/session";

/** The one account of an Uptime Kuma. */
export interface UptimeKumaOwnerInputs {
  connection: Connection;
  server: HttpServer;
  user: string;
  password: string;
}

export const uptimeKumaOwnerKind: Kind<UptimeKumaOwnerInputs> = {
  version: 1,
  identity: ["user"],
  id: ({ server, user }) => `${server.container}:${user}`,
  title: ({ user, server, connection }) => `account ${user} in ${server.container} on ${connection.host}`,
  ensure: (inputs, before) =>
    inSession(inputs, async (session) => {
      const { user, password, server, connection } = inputs;
      if (await session.ask<boolean>("needSetup")) await session.must("setup", user, password);
      if (await session.logIn(inputs)) return inputs;
      if (before !== undefined && before.password !== password && (await session.logIn(before))) {
        await session.must("changePassword", { currentPassword: before.password, newPassword: password });
        return inputs;
      }
      throw new Error(
        `${server.container} on ${connection.host}: expected to log in as ${user}, or to make that account, found neither ` +
          "possible: where the account has another name or password, set it in the program to the one of the stack, or the " +
          "stack's to that one (make secrets)",
      );
    }),
  observe: (state) => inSession(state, async (session) => ((await session.logIn(state)) ? state : undefined)),
  /** A program without accounts would be the next visitor's: the account stays. */
  async remove() {},
};

/** The account of an Uptime Kuma that runs on a host: made where there is none; another password there is drift. */
export class UptimeKumaOwner extends resourceOf(uptimeKumaOwnerKind, {
  type: "vpai/uptimekuma:Owner",
  name: "uptimeKumaOwner",
  outputs: {},
}) {}
