import tls from "node:tls";
import { exchange } from "../../../providers/ssh/http";
import { docker, run } from "./containers";

/** Address of one of the test file's containers. */
export const addressOf = (name: string): string =>
  docker("inspect", "--format", `{{(index .NetworkSettings.Networks "${run}").IPAddress}}`, `${run}-${name}`);

/** Somebody on the public side, who sends requests to a site through the gateway in the container `caddy`. */
export class Stranger {
  /** How often each status was the answer to what {@link poll} asked; 0: there was nobody to answer. */
  readonly answers: Record<string, number> = {};
  private polling: Promise<void> | undefined;
  private over = false;

  /** @param site hostname of the site */
  constructor(private readonly site: string) {}

  /** Sends one request. @returns the answer's status */
  async ask(method: string, path: string, body?: object): Promise<number> {
    const stream = tls.connect({
      host: addressOf("caddy"),
      port: 443,
      servername: this.site,
      rejectUnauthorized: false,
    });
    const headers = { host: this.site, "content-type": "application/json" };
    const text = body === undefined ? {} : { body: JSON.stringify(body) };
    return (await exchange(stream, { method, path, headers, timeout: 20, ...text })).status;
  }

  /** Posts one and the same body to each of the paths in turn, again and again, until {@link stop}. */
  poll(paths: readonly string[], body: object): void {
    this.polling = this.turns(paths, body);
  }

  async stop(): Promise<void> {
    this.over = true;
    await this.polling;
  }

  private async turns(paths: readonly string[], body: object): Promise<void> {
    for (let turn = 0; !this.over; turn += 1) {
      const status = await this.ask("POST", paths[turn % paths.length] ?? "", body).catch(() => 0);
      this.answers[status] = (this.answers[status] ?? 0) + 1;
    }
  }
}
