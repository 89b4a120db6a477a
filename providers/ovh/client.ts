import type { z } from "zod";
import { expectForm, parseJson } from "../../model/foreign-json";
import { OvhOutage, OvhRefusal } from "./failure";
import { withRetries } from "./retry";
import { type OvhKeys, signatureOf } from "./signature";

/** An account at an API of OVH. */
export interface OvhAccount extends OvhKeys {
  /** Address of the API up to its version, without a slash at the end: `https://eu.api.ovh.com/1.0`. */
  endpoint: string;
}

type Method = "GET" | "POST" | "PUT" | "DELETE";

/** Milliseconds that an answer may take. */
const TIMEOUT = 20_000;

/** Requests to OVH's API, each signed by OVH's clock, whatever this machine's says. */
export class OvhApi {
  /** Seconds that OVH's clock is ahead of this machine's. */
  private ahead: number | undefined;

  constructor(private readonly account: OvhAccount) {}

  /** What the API answers, in a form; an outage is waited out. @throws OvhRefusal, OvhOutage */
  send<Value>(form: z.ZodType<Value, Value>, method: Method, path: string, body?: object): Promise<Value> {
    return withRetries(() => this.sendOnce(form, method, path, body));
  }

  /** The same in one try, for what must not be made twice. */
  async sendOnce<Value>(form: z.ZodType<Value, Value>, method: Method, path: string, body?: object): Promise<Value> {
    const { endpoint, applicationKey, consumerKey } = this.account;
    const url = `${endpoint}${path}`;
    const text = body === undefined ? "" : JSON.stringify(body);
    const timestamp = now() + (await this.lead());
    const answer = await exchange(`${method} ${path}`, url, {
      method,
      headers: {
        "content-type": "application/json",
        "x-ovh-application": applicationKey,
        "x-ovh-consumer": consumerKey,
        "x-ovh-timestamp": String(timestamp),
        "x-ovh-signature": signatureOf(this.account, { method, url, body: text, timestamp }),
      },
      ...(text === "" ? {} : { body: text }),
    });
    const what = `an answer of OVH to ${method} ${path}`;
    return answer === "" ? expectForm(form, undefined, what) : parseJson(form, answer, what);
  }

  private async lead(): Promise<number> {
    this.ahead ??= Number(await exchange("GET /auth/time", `${this.account.endpoint}/auth/time`)) - now();
    return this.ahead;
  }
}

const now = (): number => Math.floor(Date.now() / 1000);

async function exchange(asked: string, url: string, request: RequestInit = {}): Promise<string> {
  const answer = await answerTo(asked, url, request);
  if (answer.status === 429 || answer.status >= 500) throw new OvhOutage(asked, String(answer.status), answer.wait);
  if (answer.status >= 400) throw new OvhRefusal(asked, answer.status, answer.text);
  return answer.text;
}

interface Answer {
  status: number;
  text: string;
  /** Milliseconds after which it wants to be asked again. */
  wait?: number;
}

async function answerTo(asked: string, url: string, request: RequestInit): Promise<Answer> {
  try {
    const answer = await fetch(url, { ...request, redirect: "error", signal: AbortSignal.timeout(TIMEOUT) });
    const seconds = Number(answer.headers.get("retry-after") ?? Number.NaN);
    const wait = Number.isFinite(seconds) ? { wait: seconds * 1000 } : {};
    return { status: answer.status, text: await answer.text(), ...wait };
  } catch (error) {
    const { message, cause } = error as Error & { cause?: Error & { code?: string } };
    throw new OvhOutage(asked, `none (${cause?.code ?? (cause?.message || message)})`);
  }
}
