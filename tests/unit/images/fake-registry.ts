import { createHash } from "node:crypto";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

/** What a registry keeps under a path below `/v2/`. */
export interface Stored {
  status?: number;
  body?: string;
  headers?: Record<string, string>;
}

/** A registry over plain HTTP that may demand a token, as Docker Hub and ghcr.io do. */
export class FakeRegistry {
  /** By path below `/v2/`: `library/redis/manifests/8.0.2`. */
  readonly content = new Map<string, Stored>();
  /** Requests as `<path> <authorization>`. */
  readonly requests: string[] = [];
  /** The scheme that it demands; undefined for an open one. */
  demands: "bearer" | "basic" | undefined;
  /** Credentials that the token service wants, in base64; undefined when it gives everybody a token. */
  login: string | undefined;
  /** Paths that get no answer. */
  readonly silent = new Set<string>();

  private constructor(private readonly server: Server) {}

  static async start(): Promise<FakeRegistry> {
    const registry: FakeRegistry = new FakeRegistry(
      createServer((request, response) => registry.answer(request, response)),
    );
    await new Promise<void>((resolve) => registry.server.listen(0, "127.0.0.1", resolve));
    return registry;
  }

  get endpoint(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  reset(): void {
    this.content.clear();
    this.silent.clear();
    this.requests.length = 0;
    this.demands = undefined;
    this.login = undefined;
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }

  /** Stores a manifest under a tag. @returns its digest */
  put(repository: string, tag: string, manifest: object): string {
    const body = JSON.stringify(manifest);
    const digest = sha256(body);
    this.content.set(`${repository}/manifests/${tag}`, { body, headers: { "docker-content-digest": digest } });
    return digest;
  }

  /** Stores an image's configuration. @returns its digest */
  putConfig(repository: string, config: object): string {
    const body = JSON.stringify(config);
    this.content.set(`${repository}/blobs/${sha256(body)}`, { body });
    return sha256(body);
  }

  private answer(request: IncomingMessage, response: ServerResponse): void {
    const url = new URL(request.url ?? "", this.endpoint);
    const authorization = request.headers.authorization;
    this.requests.push([url.pathname + url.search, authorization].filter((part) => part !== undefined).join(" "));
    if (url.pathname === "/token") return this.giveToken(authorization, response);
    const path = url.pathname.replace(/^\/v2\//, "");
    if (this.silent.has(path)) return;
    if (!this.isAllowed(authorization)) return this.challenge(path, response);
    const { status = 200, body = "", headers = {} } = this.content.get(path) ?? { status: 404 };
    response.writeHead(status, headers).end(body);
  }

  private isAllowed(authorization: string | undefined): boolean {
    if (this.demands === undefined) return true;
    return authorization === (this.demands === "bearer" ? 'Bearer a"token' : `Basic ${this.login ?? ""}`);
  }

  private challenge(path: string, response: ServerResponse): void {
    const scope = `repository:${path.replace(/\/(manifests|blobs)\/.*/, "")}:pull`;
    const bearer = `Bearer realm="${this.endpoint}/token",service="registry.test",scope="${scope}"`;
    response.writeHead(401, { "www-authenticate": this.demands === "bearer" ? bearer : 'Basic realm="x"' }).end();
  }

  private giveToken(authorization: string | undefined, response: ServerResponse): void {
    if (this.login !== undefined && authorization !== `Basic ${this.login}`) return void response.writeHead(401).end();
    response.end(JSON.stringify({ token: 'a"token' }));
  }
}

const sha256 = (text: string): string => `sha256:${createHash("sha256").update(text).digest("hex")}`;
