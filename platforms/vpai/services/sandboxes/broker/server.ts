import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { Duplex } from "node:stream";
import type { Answer, Engine } from "./engine.ts";
import type { Sandboxes } from "./sandboxes.ts";
import { forbidden, Refusal } from "./refusal.ts";
import type { Settings } from "./settings.ts";

/** Bytes that a request's body may have. */
const BODY_LIMIT = 64 * 1024;

/** What is answered: what the engine said, or what the broker itself has to say. */
type Reply = Answer | { status: number; json: unknown };

/** A request, with what its path names. */
interface Asked {
  /** The part of the path that a route leaves open, decoded. */
  name: string;
  query: URLSearchParams;
  body: unknown;
}

interface Route {
  method: string;
  /** Its first group is the name. */
  path: RegExp;
  reply: (asked: Asked) => Promise<Reply>;
}

/** What a broker works with. */
export interface Broker {
  settings: Settings;
  sandboxes: Sandboxes;
  engine: Engine;
  /** Version of the engine's API, which clients are told. */
  api: string;
}

/** What a Docker client may ask of the broker: the little that sandboxes take. Everything else is refused. */
export function brokerServer(broker: Broker): Server {
  const { sandboxes, engine } = broker;
  const routes = routesOf(broker);
  const server = createServer((request, response) => {
    response.setHeader("Api-Version", broker.api);
    response.setHeader("Ostype", "linux");
    void serve(routes, request, response);
  });
  server.on("upgrade", (request, socket, head) => attach(sandboxes, engine, { request, socket, head }));
  return server;
}

const routesOf = ({ settings, sandboxes, engine }: Broker): Route[] => [
  { method: "HEAD", path: /^\/_ping$/, reply: () => engine.ask("GET", "/_ping") },
  { method: "GET", path: /^\/_ping$/, reply: () => engine.ask("GET", "/_ping") },
  { method: "GET", path: /^\/containers\/json$/, reply: async () => ({ status: 200, json: sandboxes.list() }) },
  {
    method: "POST",
    path: /^\/containers\/create$/,
    reply: ({ query, body }) => sandboxes.create(query.get("name") ?? "", body),
  },
  {
    method: "GET",
    path: /^\/containers\/([^/]+)\/json$/,
    reply: async ({ name }) => ({ status: 200, json: await sandboxes.inspect(name) }),
  },
  { method: "POST", path: /^\/containers\/([^/]+)\/start$/, reply: ({ name }) => sandboxes.start(name) },
  { method: "POST", path: /^\/containers\/([^/]+)\/exec$/, reply: ({ name, body }) => sandboxes.command(name, body) },
  {
    method: "DELETE",
    path: /^\/containers\/([^/]+)$/,
    reply: async ({ name }) => {
      await sandboxes.remove(name);
      return { status: 204, body: "" };
    },
  },
  {
    method: "GET",
    path: /^\/exec\/([0-9a-f]+)\/json$/,
    reply: ({ name }) => (sandboxes.commandOf(name), engine.ask("GET", `/exec/${name}/json`)),
  },
  {
    method: "POST",
    path: /^\/exec\/([0-9a-f]+)\/resize$/,
    reply: ({ name, query }) => (
      sandboxes.commandOf(name),
      engine.ask("POST", `/exec/${name}/resize?h=${Number(query.get("h"))}&w=${Number(query.get("w"))}`)
    ),
  },
  // Where `docker inspect` looks for what is no container.
  { method: "GET", path: /^\/(?:networks|volumes|plugins)\/([^/]+)/, reply: async ({ name }) => nothingNamed(name) },
  { method: "GET", path: /^\/images\/(.+)\/json$/, reply: async ({ name }) => imageNamed(name, settings) },
];

function imageNamed(name: string, { image }: Settings): Reply {
  if (name !== image) throw new Refusal(404, `No such image: ${name}`);
  return { status: 200, json: { RepoTags: [image], Os: "linux" } };
}

function nothingNamed(name: string): never {
  throw new Refusal(404, `No such object: ${name}`);
}

async function serve(routes: readonly Route[], request: IncomingMessage, response: ServerResponse): Promise<void> {
  const reply = await replyTo(routes, request).catch((error: unknown) => refused(request, error));
  const text = "json" in reply ? JSON.stringify(reply.json) : reply.body;
  response.writeHead(reply.status, {
    "Content-Type": "application/json",
    ...(reply.status === 204 ? {} : { "Content-Length": Buffer.byteLength(text) }),
  });
  response.end(request.method === "HEAD" || reply.status === 204 ? undefined : text);
}

async function replyTo(routes: readonly Route[], request: IncomingMessage): Promise<Reply> {
  const { path, query } = addressed(request);
  for (const route of routes) {
    const match = route.method === request.method ? route.path.exec(path) : null;
    if (match === null) continue;
    return route.reply({ name: decodeURIComponent(match[1] ?? ""), query, body: await bodyOf(request) });
  }
  throw forbidden("a request that sandboxes take", `${request.method ?? ""} ${path}`);
}

/** Where a request goes, without the version of the API that the client speaks. */
function addressed({ url = "/" }: IncomingMessage): { path: string; query: URLSearchParams } {
  const [path = "/", query = ""] = url.split("?", 2);
  return { path: path.replace(/^\/v\d+\.\d+(?=\/)/, ""), query: new URLSearchParams(query) };
}

async function bodyOf(request: IncomingMessage): Promise<unknown> {
  const parts: Buffer[] = [];
  let size = 0;
  for await (const part of request as AsyncIterable<Buffer>) {
    size += part.length;
    if (size > BODY_LIMIT) throw new Refusal(413, `expected a body of at most ${BODY_LIMIT} bytes, found more`);
    parts.push(part);
  }
  const text = Buffer.concat(parts).toString("utf8");
  try {
    return text === "" ? {} : (JSON.parse(text) as unknown);
  } catch {
    throw new Refusal(400, "expected a body in JSON, found something else");
  }
}

/** Every refusal is a line of the log: an agent that tries is worth knowing of. */
function refused({ method, url }: IncomingMessage, error: unknown): Reply {
  const status = error instanceof Refusal ? error.status : 502;
  const message = error instanceof Error ? error.message : String(error);
  if (status !== 404) console.error(`${method ?? ""} ${url ?? ""}: ${status} ${message}`);
  return { status, json: { message } };
}

/** A connection that its client wants to be the stream of a command. */
interface Upgrade {
  request: IncomingMessage;
  socket: Duplex;
  /** What came behind the request's head: its body, and what is for the command. */
  head: Buffer;
}

/** Joins a client with the command that it made: two streams of bytes, until both have ended. */
function attach(sandboxes: Sandboxes, engine: Engine, { request, socket, head }: Upgrade): void {
  socket.on("error", () => socket.destroy());
  try {
    const id = /^\/exec\/([0-9a-f]+)\/start$/.exec(addressed(request).path)?.[1];
    if (request.method !== "POST" || id === undefined) throw forbidden("the start of a command", request.url);
    const { tty, began, ended } = sandboxes.commandOf(id);
    const stream = engine.stream(`/exec/${id}/start`, { Detach: false, Tty: tty });
    began();
    stream.once("close", () => (ended(), socket.destroy()));
    stream.on("error", () => stream.destroy());
    socket.once("close", () => stream.destroy());
    stream.pipe(socket);
    afterBody(Number(request.headers["content-length"] ?? 0), { socket, head }, stream);
  } catch (error) {
    const { status, json } = refused(request, error) as { status: number; json: unknown };
    const text = JSON.stringify(json);
    socket.end(
      `HTTP/1.1 ${status} Refused\r\nContent-Length: ${Buffer.byteLength(text)}\r\nConnection: close\r\n\r\n${text}`,
    );
  }
}

/** Passes on what follows a request's body, which itself is not: the broker asks with one of its own. */
function afterBody(length: number, { socket, head }: Pick<Upgrade, "socket" | "head">, stream: Duplex): void {
  let left = length;
  const pass = (part: Buffer): void => {
    const rest = part.subarray(Math.min(left, part.length));
    left -= part.length - rest.length;
    if (rest.length === 0 || stream.write(rest)) return;
    socket.pause();
    stream.once("drain", () => socket.resume());
  };
  pass(head);
  socket.on("data", pass);
  socket.on("end", () => stream.end());
}
