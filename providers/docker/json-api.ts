import { z } from "zod";
import { expectForm, parseJson } from "../../model/foreign-json";
import { lookUntil } from "../../model/look-until";
import { type HttpServer, requestContainer } from "./http";
import type { HttpAnswer } from "../ssh/http";
import type { Transport } from "../ssh/transport";
import { Unreadable } from "../unreadable";

/** Longest part of an unexpected answer that an error quotes, in characters. */
const LONGEST_QUOTE = 500;

/** Another status than a call expected. */
export class UnexpectedStatus extends Unreadable {
  constructor(
    text: string,
    readonly status: number,
  ) {
    super(text);
  }
}

/** The status of a server that has not taken the request on: it may be sent again. */
const UNAVAILABLE = 503;

/** An HTTP interface of a container that takes and gives JSON. */
export class JsonApi {
  /**
   * @param headers sent with each request: who asks
   * @param patience seconds for which a request is sent again while the answer is 503. Default: 0
   */
  constructor(
    private readonly host: Transport,
    private readonly server: HttpServer,
    private readonly headers: Readonly<Record<string, string>>,
    private readonly patience = 0,
  ) {}

  /**
   * Asks, and gives the answer's value.
   * @param answer form of it; without one, nothing that is in it may be relied on
   * @returns undefined when the answer is 404 and `missing` allows it
   * @throws UnexpectedStatus on any other status than 2xx, quoting the answer and never what was sent
   */
  async call<Value = unknown>(
    method: string,
    path: string,
    {
      body,
      missing = false,
      answer: form,
    }: { body?: unknown; missing?: boolean; answer?: z.ZodType<Value, Value> } = {},
  ): Promise<Value | undefined> {
    const answer = await this.answer(method, path, body);
    if (answer.status === 404 && missing) return undefined;
    if (answer.status < 200 || answer.status > 299) throw this.unexpected(method, path, answer);
    const what = `an answer of ${this.server.container} on ${this.host.name} to ${method} ${path}`;
    if (form === undefined && answer.body === "") return undefined;
    const schema = form ?? (z.unknown() as z.ZodType<Value, Value>);
    return answer.body === "" ? expectForm(schema, undefined, what) : parseJson(schema, answer.body, what);
  }

  private answer(method: string, path: string, body: unknown): Promise<HttpAnswer> {
    const ask = (): Promise<HttpAnswer> =>
      requestContainer(this.host, this.server, {
        method,
        path,
        headers: { ...this.headers, ...(body === undefined ? {} : { "content-type": "application/json" }) },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      });
    return lookUntil(ask, ({ status }) => status !== UNAVAILABLE, { pause: 1000, seconds: this.patience });
  }

  private unexpected(method: string, path: string, { status, body }: HttpAnswer): Error {
    return new UnexpectedStatus(
      `${this.server.container} on ${this.host.name}: expected ${method} ${path} to succeed, found ${status}: ` +
        body.trim().slice(0, LONGEST_QUOTE),
      status,
    );
  }
}
