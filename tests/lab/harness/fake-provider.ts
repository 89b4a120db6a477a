import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";

/** Stands in for providers of models in the lab: answers each question as OpenAI's API does, with the model's name. */
export class FakeProvider {
  /** Models that were asked, in order. */
  readonly asked: string[] = [];
  /** Tokens that a question and its answer are said to have, each. */
  tokens = 1000;

  private constructor(private readonly server: Server) {}

  /** Listens on all addresses of this machine, so that containers reach it. */
  static async start(): Promise<FakeProvider> {
    const server = createServer();
    const fake = new FakeProvider(server);
    server.on("request", (request, response) => {
      const parts: Buffer[] = [];
      request.on("data", (part: Buffer) => parts.push(part));
      request.on("end", () => {
        const { model } = JSON.parse(Buffer.concat(parts).toString("utf8")) as { model: string };
        response.writeHead(200, { "content-type": "application/json", "x-lab": "fake of a provider of models" });
        response.end(JSON.stringify(fake.answer(model)));
      });
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

  private answer(model: string): object {
    this.asked.push(model);
    const message = { role: "assistant", content: `this is ${model}` };
    return {
      ...{ id: "chatcmpl-1", object: "chat.completion", created: 1, model },
      choices: [{ index: 0, message, finish_reason: "stop" }],
      usage: { prompt_tokens: this.tokens, completion_tokens: this.tokens, total_tokens: 2 * this.tokens },
    };
  }
}
