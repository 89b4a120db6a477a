import { createServer, type IncomingMessage, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { expectedSignature } from "./signature";
import { FakeZone } from "./zone";

/** Keys of the form that OVH gives out, as its own documentation has them. */
export const KEYS = {
  applicationKey: "7kbG7Bk7S9Nt7ZSV",
  applicationSecret: "EXEgWIz07P0HYwtQDs7cNIqCiQaWSuHF",
  consumerKey: "MtSwSrPpNjqfVSmJhLbPyr2i45lSwPU1",
} as const;

/** Seconds that a request's time may differ from OVH's. */
const TOLERANCE = 30;

interface Answer {
  status: number;
  body?: unknown;
  headers?: Record<string, string>;
}

/** What one request meets instead of its answer. */
interface Fault {
  /** `POST /domain/zone/example.org/record`; a beginning is enough. */
  request: string;
  status?: number;
  headers?: Record<string, string>;
  /** Done as asked, with the connection cut instead of an answer. */
  isLost?: boolean;
}

const refused = (status: number, errorCode: string, message: string): Answer => ({
  status,
  body: { class: status === 400 ? "Client::BadRequest" : "Client::Forbidden", errorCode, message },
});

/**
 * The part of OVH's API that zones need: its time, signed requests, records, and `refresh`, without which nobody sees a change. It
 * checks what is signed, keeps what it is told, and fails as planned.
 */
export class OvhApiServer {
  readonly zone: FakeZone;
  /** Every signed request with its status, in order: `POST /domain/zone/example.org/record 200`. */
  readonly calls: string[] = [];
  /** Seconds that its clock is ahead of this machine's. */
  ahead = 0;
  /** Methods that the consumer key may use. */
  granted: readonly string[] = ["GET", "POST", "PUT", "DELETE"];
  private readonly faults: Fault[] = [];
  private readonly http: Server;

  constructor(
    readonly name = "example.org",
    private readonly base = "/1.0",
  ) {
    this.zone = new FakeZone();
    this.http = createServer((request, response) => {
      void this.receive(request).then((answer) => {
        if (answer === undefined) return request.socket.destroy();
        const text = answer.body === undefined ? "" : JSON.stringify(answer.body);
        response.writeHead(answer.status, { "content-type": "application/json", ...answer.headers }).end(text);
      });
    });
  }

  /** @param address default: this machine alone @returns its endpoint */
  async start(port = 0, address = "127.0.0.1"): Promise<string> {
    await new Promise<void>((resolve) => this.http.listen(port, address, resolve));
    return `http://${address}:${(this.http.address() as AddressInfo).port}${this.base}`;
  }

  async stop(): Promise<void> {
    this.http.closeAllConnections();
    await new Promise((resolve) => this.http.close(resolve));
  }

  /** Has the next requests of a kind fail, one after another. */
  fail(...faults: Fault[]): void {
    this.faults.push(...faults);
  }

  /** What changed something, in order, without the name of the zone: `POST record`. */
  get changes(): string[] {
    return this.calls
      .filter((call) => !call.startsWith("GET"))
      .map((call) => call.replace(`/domain/zone/${this.name}/`, "").replace(/ \d+$/, ""));
  }

  private async receive(incoming: IncomingMessage): Promise<Answer | undefined> {
    const chunks: Buffer[] = [];
    for await (const chunk of incoming) chunks.push(chunk as Buffer);
    const { method = "", url = "" } = incoming;
    const path = url.slice(this.base.length);
    if (path === "/auth/time") return { status: 200, body: this.time() };
    const asked = `${method} ${path}`;
    const at = this.faults.findIndex(({ request }) => asked.startsWith(request));
    const [fault] = at < 0 ? [] : this.faults.splice(at, 1);
    const body = Buffer.concat(chunks).toString("utf8");
    const answer =
      fault?.status === undefined
        ? ((await this.refusal(incoming, body)) ?? this.answer(method, path, body))
        : { status: fault.status, body: { message: "planned" }, ...(fault.headers && { headers: fault.headers }) };
    this.calls.push(`${asked} ${answer.status}`);
    return fault?.isLost ? undefined : answer;
  }

  private time(): number {
    return Math.floor(Date.now() / 1000) + this.ahead;
  }

  /** What is wrong with who asks. */
  private async refusal(
    { method = "", url = "", headers }: IncomingMessage,
    body: string,
  ): Promise<Answer | undefined> {
    const sent = (name: string): string => String(headers[`x-ovh-${name}`] ?? "");
    if (sent("application") !== KEYS.applicationKey)
      return refused(403, "INVALID_KEY", "This application key is invalid");
    if (sent("consumer") !== KEYS.consumerKey)
      return refused(403, "INVALID_CREDENTIAL", "This credential is not valid");
    if (Math.abs(Number(sent("timestamp")) - this.time()) > TOLERANCE)
      return refused(400, "QUERY_TIME_OUT", "Query out of time");
    const whole = `http://${headers.host ?? ""}${url}`;
    const { applicationSecret, consumerKey } = KEYS;
    const expected = await expectedSignature([applicationSecret, consumerKey, method, whole, body, sent("timestamp")]);
    if (sent("signature") !== expected) return refused(400, "INVALID_SIGNATURE", "Invalid signature");
    if (!this.granted.includes(method)) return refused(403, "NOT_GRANTED_CALL", "This call has not been granted");
    return undefined;
  }

  private answer(method: string, path: string, body: string): Answer {
    const { pathname, searchParams } = new URL(path, "http://api");
    const [, , , name, what, id] = pathname.split("/");
    if (name !== this.name) return { status: 404, body: { message: "This service does not exist" } };
    if (method === "POST" && what === "refresh") {
      this.zone.refresh();
      return { status: 200 };
    }
    if (what !== "record") return { status: 404, body: { message: "Got an invalid (or empty) URL" } };
    const fields = (body === "" ? {} : JSON.parse(body)) as Parameters<FakeZone["create"]>[0];
    if (id === undefined)
      return method === "POST"
        ? { status: 200, body: this.zone.create(fields) }
        : { status: 200, body: this.zone.ids(searchParams.get("fieldType"), searchParams.get("subDomain")) };
    const record = this.zone.records.get(Number(id));
    if (record === undefined) return { status: 404, body: { message: "The requested object (id = x) does not exist" } };
    if (method === "GET") return { status: 200, body: record };
    if (method === "PUT") Object.assign(record, fields);
    else this.zone.records.delete(Number(id));
    return { status: 200, body: null };
  }
}
