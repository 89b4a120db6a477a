import { z } from "zod";
import type { HttpServer } from "../docker/http";
import { JsonApi, UnexpectedStatus } from "../docker/json-api";
import type { Connection } from "../ssh/connection";
import { transportTo } from "../ssh/transport";

/** A CouchDB that runs in a container of a host, seen as its administrator. */
export interface CouchServer extends HttpServer {
  user: string;
  password: string;
}

/** Who logs in, and what that allows. */
export interface CouchAccount {
  connection: Connection;
  server: CouchServer;
  user: string;
  /** The user's. */
  password: string;
  roles: readonly string[];
}

const basic = (user: string, password: string): { authorization: string } => ({
  authorization: `Basic ${Buffer.from(`${user}:${password}`).toString("base64")}`,
});

/** CouchDB's interface as its administrator is let in. */
export const apiOf = ({ connection, server }: Pick<CouchAccount, "connection" | "server">): JsonApi =>
  new JsonApi(transportTo(connection), server, basic(server.user, server.password));

/** The path of a user's document. */
export const userPath = (user: string): string => `/_users/org.couchdb.user:${encodeURIComponent(user)}`;

const sessionSchema = z.object({
  userCtx: z.object({ name: z.string().nullable(), roles: z.array(z.string()) }),
});

/** What every document has. */
export const documentSchema = z.object({ _rev: z.string() });

/** Whether the user is there, with the password and these roles alone. */
export async function logsIn({ connection, server, user, password, roles }: CouchAccount): Promise<boolean> {
  const api = new JsonApi(transportTo(connection), server, basic(user, password));
  try {
    const session = await api.call("GET", "/_session", { answer: sessionSchema });
    return session?.userCtx.name === user && JSON.stringify(session.userCtx.roles) === JSON.stringify(roles);
  } catch (error) {
    if (error instanceof UnexpectedStatus && error.status === 401) return false;
    throw error;
  }
}

/** CouchDB hashes the password before it keeps the document. */
export async function writeUser({ user, password, roles, ...of }: CouchAccount): Promise<void> {
  const api = apiOf(of);
  const found = await api.call("GET", userPath(user), { missing: true, answer: documentSchema });
  const body = { name: user, password, roles, type: "user", ...(found === undefined ? {} : { _rev: found._rev }) };
  await api.call("PUT", userPath(user), { body });
}
