import { createServer, type IncomingMessage, type Server as HttpServer } from "node:http";
import type net from "node:net";
import type { Connection } from "../../../providers/ssh/connection";
import { SshServer } from "./ssh-server";
import { inspected } from "../inspected";

/** One request as a program in a container got it. */
export interface Received {
  method: string;
  /** Path with its query. */
  path: string;
  headers: IncomingMessage["headers"];
  body: unknown;
}

/** What a program answers; the body is sent as JSON. */
export interface Reply {
  status: number;
  body?: unknown;
}

/** A program that speaks HTTP in a container of a host, both in this process. */
export class HttpContainer {
  readonly requests: Received[] = [];
  reply: (request: Received) => Reply = () => ({ status: 404 });

  private constructor(
    readonly ssh: SshServer,
    private readonly server: HttpServer,
    readonly port: number,
  ) {}

  /** @param name the container's */
  static async start(name: string): Promise<HttpContainer> {
    const ssh = await SshServer.start();
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const container = new HttpContainer(ssh, server, (server.address() as net.AddressInfo).port);
    server.on("request", (request, response) => {
      const chunks: Buffer[] = [];
      request.on("data", (chunk: Buffer) => chunks.push(chunk));
      request.on("end", () => {
        const { status, body } = container.receive(request, Buffer.concat(chunks).toString("utf8"));
        response.writeHead(status, { "content-type": "application/json" });
        response.end(body === undefined ? "" : JSON.stringify(body));
      });
    });
    const described = inspected({ networks: { a: NONE, b: HERE } });
    ssh.respond = (argv) =>
      argv.join(" ") === `docker container inspect -- ${name}`
        ? { code: 0, stdout: JSON.stringify([described]), stderr: "" }
        : { code: 1, stdout: "", stderr: "Error: No such container" };
    return container;
  }

  get connection(): Connection {
    return this.ssh.connection;
  }

  /** Forgets what was asked. */
  forget(): void {
    this.requests.length = 0;
  }

  /** Requests that change something, as `METHOD path`. */
  changes(): string[] {
    return this.requests.filter(({ method }) => method !== "GET").map(({ method, path }) => `${method} ${path}`);
  }

  async stop(): Promise<void> {
    await this.ssh.stop();
    await new Promise<void>((resolve) => this.server.close(() => resolve()));
  }

  private receive({ method = "", url = "", headers }: IncomingMessage, text: string): Reply {
    const received = { method, path: url, headers, body: text === "" ? undefined : (JSON.parse(text) as unknown) };
    this.requests.push(received);
    return this.reply(received);
  }
}

/** A container on a network without an address of its own, and on one with. */
const NONE = { IPAddress: "" };
const HERE = { IPAddress: "127.0.0.1" };
