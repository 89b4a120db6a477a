import { createServer, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

/** A message that somebody sent by the bot. */
export interface Sent {
  chat: string;
  text: string;
  /** Milliseconds since 1970. */
  at: number;
}

/**
 * Stands in for Telegram's Bot API in the lab, as far as a bot that sends and one that is called need it: `sendMessage` and
 * `setWebhook`, for one token. Any other path is a heartbeat's.
 */
export class FakeTelegram {
  readonly sent: Sent[] = [];
  /** What `setWebhook` was last told. */
  webhook: Record<string, unknown> = {};
  /** Paths asked for that are no bot's. */
  readonly heartbeats: string[] = [];

  private constructor(
    private readonly server: Server,
    private readonly token: string,
  ) {}

  /** Listens on all addresses of this machine, so that lab hosts and containers reach it. */
  static async start(token: string): Promise<FakeTelegram> {
    const server = createServer();
    const fake = new FakeTelegram(server, token);
    server.on("request", (request, response) => {
      const parts: Buffer[] = [];
      request.on("data", (part: Buffer) => parts.push(part));
      request.on("end", () => fake.answer(request.url ?? "", Buffer.concat(parts).toString("utf8"), response));
    });
    await new Promise<void>((resolve) => server.listen(0, "0.0.0.0", resolve));
    return fake;
  }

  get port(): number {
    return (this.server.address() as AddressInfo).port;
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }

  private answer(url: string, body: string, response: ServerResponse): void {
    const [, token, method] = /^\/bot([^/]*)\/(\w+)$/.exec(url) ?? [];
    if (method === undefined) {
      this.heartbeats.push(url);
      return void response.end("OK");
    }
    if (token !== this.token) return say(response, 401, { ok: false, error_code: 401, description: "Unauthorized" });
    const given = JSON.parse(body) as Record<string, unknown>;
    if (method === "setWebhook") {
      this.webhook = given;
      return say(response, 200, { ok: true, result: true });
    }
    if (method !== "sendMessage")
      return say(response, 404, {
        ok: false,
        error_code: 404,
        description: "Not Found: the lab's fake has no such method",
      });
    const chat = String(given["chat_id"]);
    this.sent.push({ chat, text: String(given["text"]), at: Date.now() });
    say(response, 200, { ok: true, result: { message_id: this.sent.length, date: 1, chat: { id: Number(chat) } } });
  }
}

function say(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { "content-type": "application/json", "x-lab": "fake of Telegram's Bot API" });
  response.end(JSON.stringify(body));
}
