import { createHash, timingSafeEqual } from "node:crypto";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { Starter } from "./starter.ts";

/** What is answered, as JSON. */
interface Reply {
  status: number;
  json: unknown;
}

const ORDER = /^\/services\/([\w-]+)(?:\/(start|stop))?$/;

/**
 * `GET /services/<name>` tells how a service is; `POST /services/<name>/start` and `…/stop` answer once that is done. Whoever asks
 * shows the token; `GET /health` asks for none.
 */
export const starterServer = (starter: Starter, token: string): Server =>
  createServer((request, response) => {
    replyTo(request, starter, token).then(
      (reply) => send(response, reply),
      (error: unknown) => {
        console.error(error instanceof Error ? error.message : error);
        send(response, { status: 502, json: { error: error instanceof Error ? error.message : "failed" } });
      },
    );
  });

async function replyTo(request: IncomingMessage, starter: Starter, token: string): Promise<Reply> {
  const { method = "", url = "" } = request;
  request.resume();
  if (method === "GET" && url === "/health") return { status: 200, json: { status: "ok" } };
  if (!isToken(request.headers.authorization, token))
    return { status: 401, json: { error: "a bearer token is needed" } };
  const [, service = "", order] = ORDER.exec(url) ?? [];
  if (!starter.knows(service)) return { status: 404, json: { error: "no such service" } };
  if (method !== (order === undefined ? "GET" : "POST")) return { status: 405, json: { error: "another method" } };
  const condition =
    order === undefined
      ? starter.condition(service)
      : order === "start"
        ? starter.start(service)
        : starter.stop(service);
  return { status: 200, json: { service, ...(await condition) } };
}

const digestOf = (text: string): Buffer => createHash("sha256").update(text).digest();

/** In constant time, whatever the length. */
const isToken = (header: string | undefined, token: string): boolean =>
  timingSafeEqual(digestOf(header ?? ""), digestOf(`Bearer ${token}`));

function send(response: ServerResponse, { status, json }: Reply): void {
  response.writeHead(status, { "content-type": "application/json" });
  response.end(`${JSON.stringify(json)}\n`);
}
