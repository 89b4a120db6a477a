import { createServer as createHttpServer, type IncomingMessage, type Server as HttpServer } from "node:http";
import type { AddressInfo } from "node:net";
import { datacenters, images, locations, serverTypes } from "./catalogue";
import type { Collection, Entry, Fields } from "./collection";
import { ApiError } from "./errors";
import { errorOf, Faults, GatewayError } from "./faults";
import { Project } from "./project";
import { actOnServer, createServer, deleteServer, type Server, shown } from "./servers";

interface Answer {
  status: number;
  body: object | string | undefined;
}

interface Request {
  method: string;
  /** The parts of the path below `/v1`. */
  path: string[];
  query: URLSearchParams;
  body: Fields;
}

/** A token of the form that the provider asks for. */
export const TOKEN = "t".repeat(64);

/**
 * The part of the Hetzner Cloud API that a server needs: servers, SSH keys, firewalls, networks, their actions, and what can
 * be ordered. It keeps what it is told, checks it as the real one does, and fails as planned.
 */
export class HetznerApi {
  readonly project = new Project();
  readonly faults = new Faults();
  /** Every request that changes something, with the status of its answer: `POST /servers 201`. */
  readonly changes: string[] = [];
  private readonly http: HttpServer;

  constructor(private readonly token = TOKEN) {
    this.http = createHttpServer((request, response) => {
      void this.answer(request).then(({ status, body }) => {
        const text = body === undefined ? "" : typeof body === "string" ? body : JSON.stringify(body);
        const type = typeof body === "string" ? "text/html" : "application/json";
        response.writeHead(status, { "content-type": type, "ratelimit-limit": "3600", "ratelimit-remaining": "3599" });
        response.end(text);
      });
    });
  }

  /** @param port default: a free one @returns the API's address, as HCLOUD_ENDPOINT takes it */
  async start(port = 0): Promise<string> {
    await new Promise<void>((resolve) => this.http.listen(port, "127.0.0.1", resolve));
    return `http://127.0.0.1:${(this.http.address() as AddressInfo).port}/v1`;
  }

  async stop(): Promise<void> {
    this.project.actions.stop();
    this.http.closeAllConnections();
    await new Promise((resolve) => this.http.close(resolve));
  }

  private async answer(incoming: IncomingMessage): Promise<Answer> {
    const chunks: Buffer[] = [];
    for await (const chunk of incoming) chunks.push(chunk as Buffer);
    const request = parse(incoming, Buffer.concat(chunks).toString("utf8"));
    const answer = this.answerTo(request, incoming.headers.authorization);
    if (request.method !== "GET") this.changes.push(`${nameOf(request)} ${answer.status}`);
    return answer;
  }

  private answerTo(request: Request, authorization: string | undefined): Answer {
    const fault = this.faults.take(nameOf(request));
    try {
      if (authorization !== `Bearer ${this.token}`) throw new ApiError(401, "unauthorized", "unable to authenticate");
      if (fault !== undefined && fault.carriedOut !== true) throw errorOf(fault);
      const answer = this.route(request);
      if (fault !== undefined) throw errorOf(fault);
      return answer;
    } catch (error) {
      if (error instanceof GatewayError) return { status: error.status, body: error.message };
      if (!(error instanceof ApiError)) throw error;
      const { status, code, message, details } = error;
      return { status, body: { error: { code, message, details } } };
    }
  }

  private route(request: Request): Answer {
    const [collection = ""] = request.path;
    switch (collection) {
      case "servers":
        return this.servers(request);
      case "ssh_keys":
        return this.sshKeys(request);
      case "firewalls":
        return this.firewalls(request);
      case "networks":
        return this.networks(request);
      case "actions":
        return this.actions(request);
      case "server_types":
        return listed("server_types", serverTypes, request.query);
      case "images":
        return listed("images", images, request.query);
      case "locations":
        return listed("locations", locations, request.query);
      case "datacenters":
        return listed("datacenters", datacenters, request.query);
      default:
        throw new ApiError(404, "not_found", `no such endpoint: ${request.path.join("/")}`);
    }
  }

  private servers(request: Request): Answer {
    const { project } = this;
    const { id, command, body } = parts(request);
    const show = (server: Server): object => ({ server: shown(project, server) });
    if (command !== undefined) return { status: 201, body: { action: actOnServer(project, id, command, body) } };
    if (request.method === "POST") {
      const { server, action } = createServer(project, body);
      return { status: 201, body: { ...show(server), action, next_actions: [], root_password: null } };
    }
    if (request.method === "DELETE") return { status: 200, body: { action: deleteServer(project, id) } };
    if (request.path.length === 1) {
      const found = listed("servers", project.servers.all(), request.query);
      const { servers, ...rest } = found.body as { servers: Server[] };
      return { status: 200, body: { servers: servers.map((server) => shown(project, server)), ...rest } };
    }
    return { status: 200, body: show(this.oneOf(project.servers, request)) };
  }

  private sshKeys(request: Request): Answer {
    const { sshKeys } = this.project;
    if (request.method === "POST") return { status: 201, body: { ssh_key: this.project.createSshKey(request.body) } };
    if (request.method === "DELETE") return removed(() => sshKeys.remove(parts(request).id));
    if (request.path.length === 1) return listed("ssh_keys", sshKeys.all(), request.query);
    return { status: 200, body: { ssh_key: this.oneOf(sshKeys, request) } };
  }

  private firewalls(request: Request): Answer {
    const { project } = this;
    const { id, command, body } = parts(request);
    if (command !== undefined) return { status: 201, body: { actions: project.actOnFirewall(id, command, body) } };
    if (request.method === "POST")
      return { status: 201, body: { firewall: project.createFirewall(body), actions: [] } };
    if (request.method === "DELETE") return removed(() => project.deleteFirewall(id));
    if (request.path.length === 1) return listed("firewalls", project.firewalls.all(), request.query);
    return { status: 200, body: { firewall: this.oneOf(project.firewalls, request) } };
  }

  private networks(request: Request): Answer {
    const { project } = this;
    const { id, command, body } = parts(request);
    if (command !== undefined) return { status: 201, body: { action: project.actOnNetwork(id, command, body) } };
    if (request.method === "POST") return { status: 201, body: { network: project.createNetwork(body) } };
    if (request.method === "DELETE") return removed(() => project.networks.remove(id));
    if (request.path.length === 1) return listed("networks", project.networks.all(), request.query);
    return { status: 200, body: { network: this.oneOf(project.networks, request) } };
  }

  private actions({ path, query }: Request): Answer {
    if (path.length === 1) return listed("actions", this.project.actions.list(query.getAll("id").map(Number)), query);
    const [action] = this.project.actions.list([Number(path[1])]);
    if (action === undefined) throw new ApiError(404, "not_found", `action with ID '${path[1]}' not found`);
    return { status: 200, body: { action } };
  }

  /** One object, changed first where the request is a PUT. */
  private oneOf<Item extends Entry>(collection: Collection<Item>, request: Request): Item {
    const { id, body } = parts(request);
    return request.method === "PUT" ? collection.update(id, body) : collection.get(id);
  }
}

function parse({ method = "GET", url = "" }: IncomingMessage, body: string): Request {
  const { pathname, searchParams } = new URL(url, "http://api");
  return {
    method,
    path: pathname.replace(/^\/v1\//, "").split("/"),
    query: searchParams,
    body: body === "" ? {} : (JSON.parse(body) as Fields),
  };
}

/** A request for logs and faults: ids are `*`. */
const nameOf = ({ method, path }: Request): string =>
  `${method} /${path.map((part) => (/^\d+$/.test(part) ? "*" : part)).join("/")}`;

/** `servers/<id>/actions/<command>` */
const parts = ({ path, body }: Request): { id: number; command: string | undefined; body: Fields } => ({
  id: Number(path[1]),
  command: path[2] === "actions" ? path[3] : undefined,
  body,
});

const removed = (remove: () => void): Answer => {
  remove();
  return { status: 204, body: undefined };
};

/** A page of a list, filtered as the query says. */
function listed(name: string, all: readonly object[], query: URLSearchParams): Answer {
  const filters = ["name", "fingerprint", "architecture"].filter((field) => query.has(field));
  const found = all.filter((item) =>
    filters.every((field) => query.getAll(field).includes(String((item as Fields)[field]))),
  );
  const [page, size] = [Number(query.get("page") ?? 1), Number(query.get("per_page") ?? 25)];
  const last = Math.max(1, Math.ceil(found.length / size));
  const pagination = {
    page,
    per_page: size,
    previous_page: page > 1 ? page - 1 : null,
    next_page: page < last ? page + 1 : null,
    last_page: last,
    total_entries: found.length,
  };
  return { status: 200, body: { [name]: found.slice((page - 1) * size, page * size), meta: { pagination } } };
}
