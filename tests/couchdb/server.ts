import { createHash } from "node:crypto";
import { createServer, type IncomingMessage, type Server } from "node:http";
import type { AddressInfo } from "node:net";

/** A document as clients see it. */
export interface Doc {
  _id: string;
  _rev?: string;
  _deleted?: boolean;
  [other: string]: unknown;
}

type Answer = [status: number, body: unknown];

/** One thing that was asked of the server. */
interface Asked {
  method: string;
  path: string;
  body: unknown;
}

/**
 * One database with the parts of CouchDB's HTTP interface that programs of the project use, kept in memory: revisions, conflicts,
 * tombstones, local documents, changes. It fails as it is told.
 */
export class FakeCouchdb {
  readonly database = "obsidian_vault";
  /** Everything that was asked, in order. */
  readonly asked: Asked[] = [];
  /** Called before each answer: it may change documents, or give another answer. */
  before: (asked: Asked) => Answer | undefined | void = () => undefined;
  readonly #docs = new Map<string, Doc>();
  readonly #local = new Map<string, Doc>();
  readonly #sequences = new Map<string, number>();
  #sequence = 0;
  #server: Server | undefined;
  #port = 0;

  constructor(
    readonly user: string,
    readonly password: string,
  ) {}

  get url(): string {
    return `http://127.0.0.1:${this.#port}`;
  }

  /** Listens, on the port of the last time. */
  async start(): Promise<void> {
    this.#server = createServer((request, response) => {
      void this.#serve(request).then(([status, body]) => {
        response.writeHead(status, { "content-type": "application/json" });
        response.end(JSON.stringify(body));
      });
    });
    await new Promise<void>((resolve) => this.#server?.listen(this.#port, "127.0.0.1", resolve));
    this.#port = (this.#server.address() as AddressInfo).port;
  }

  async stop(): Promise<void> {
    this.#server?.closeAllConnections();
    await new Promise((resolve) => this.#server?.close(resolve));
  }

  /** A document as it is, a deleted one too. */
  doc(id: string): Doc | undefined {
    return this.#docs.get(id);
  }

  ids(): string[] {
    return [...this.#docs].flatMap(([id, { _deleted }]) => (_deleted === true ? [] : [id])).sort();
  }

  /** Puts a document there whatever was there before, as a device that synchronises does. */
  force(doc: Doc): void {
    this.#store({ ...doc });
  }

  async #serve(request: IncomingMessage): Promise<Answer> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const text = Buffer.concat(chunks).toString();
    const asked = {
      method: request.method ?? "",
      path: request.url ?? "",
      body: text === "" ? undefined : (JSON.parse(text) as unknown),
    };
    this.asked.push(asked);
    const login = `Basic ${Buffer.from(`${this.user}:${this.password}`).toString("base64")}`;
    if (request.headers.authorization !== login)
      return [401, { error: "unauthorized", reason: "Name or password is incorrect." }];
    return this.before(asked) ?? this.#answer(asked);
  }

  #answer({ method, path, body }: Asked): Answer {
    const { pathname, searchParams } = new URL(path, "http://couchdb");
    const [, database = "", ...rest] = pathname.split("/");
    if (database !== this.database) return [404, { error: "not_found", reason: "Database does not exist." }];
    const of = rest.map(decodeURIComponent).join("/");
    switch (`${method} ${of}`) {
      case "GET ":
        return [200, { db_name: database, update_seq: this.#seq(this.#sequence) }];
      case "GET _all_docs":
        return [200, { rows: this.#range(searchParams) }];
      case "POST _all_docs":
        return [200, { rows: (body as { keys: string[] }).keys.map((key) => this.#row(key, searchParams)) }];
      case "GET _changes":
        return [200, this.#changes(searchParams)];
      case "POST _bulk_docs":
        return [201, (body as { docs: Doc[] }).docs.map((doc) => this.#write(doc))];
      default:
        return of.startsWith("_local/") ? this.#localAnswer(method, of, body) : this.#document(method, of);
    }
  }

  /** CouchDB's are opaque: a number and more. */
  #seq(number: number): string {
    return `${number}-g1AAAA`;
  }

  #row(key: string, query: URLSearchParams): unknown {
    const doc = this.#docs.get(key);
    if (doc === undefined) return { key, error: "not_found" };
    const value = { rev: doc._rev, ...(doc._deleted === true ? { deleted: true } : {}) };
    const included = query.get("include_docs") === "true" ? { doc: doc._deleted === true ? null : doc } : {};
    return { id: key, key, value, ...included };
  }

  #range(query: URLSearchParams): unknown[] {
    const bound = (name: string): string | undefined => {
      const text = query.get(name);
      return text === null ? undefined : (JSON.parse(text) as string);
    };
    const [start, end] = [bound("startkey") ?? "", bound("endkey")];
    const limit = Number(query.get("limit") ?? Infinity);
    return this.ids()
      .filter((id) => id >= start && (end === undefined || id <= end))
      .slice(0, limit)
      .map((id) => this.#row(id, query));
  }

  #changes(query: URLSearchParams): unknown {
    const since = Number.parseInt(query.get("since") ?? "0");
    const results = [...this.#sequences]
      .filter(([, sequence]) => sequence > since)
      .sort(([, one], [, other]) => one - other)
      .map(([id, sequence]) => ({ id, seq: this.#seq(sequence), doc: this.#docs.get(id) }));
    return { results, last_seq: this.#seq(this.#sequence) };
  }

  #write(doc: Doc): unknown {
    const present = this.#docs.get(doc._id);
    const isFree = present === undefined || present._deleted === true;
    if (isFree ? doc._rev !== undefined && doc._rev !== present?._rev : doc._rev !== present._rev)
      return { id: doc._id, error: "conflict", reason: "Document update conflict." };
    return { ok: true, id: doc._id, rev: this.#store(doc) };
  }

  #store(doc: Doc): string {
    const number = Number.parseInt(this.#docs.get(doc._id)?._rev ?? "0") + 1;
    const { _rev, ...content } = doc;
    const rev = `${number}-${createHash("md5")
      .update(JSON.stringify([_rev, content]))
      .digest("hex")}`;
    this.#docs.set(doc._id, { ...content, _rev: rev });
    this.#sequences.set(doc._id, ++this.#sequence);
    return rev;
  }

  #localAnswer(method: string, id: string, body: unknown): Answer {
    const present = this.#local.get(id);
    if (method === "GET")
      return present === undefined ? [404, { error: "not_found", reason: "missing" }] : [200, present];
    const doc = body as Doc;
    if (doc._rev !== present?._rev) return [409, { error: "conflict", reason: "Document update conflict." }];
    const rev = `0-${Number.parseInt(present?._rev?.slice(2) ?? "0") + 1}`;
    this.#local.set(id, { ...doc, _rev: rev });
    return [201, { ok: true, id, rev }];
  }

  #document(method: string, id: string): Answer {
    const doc = this.#docs.get(id);
    if (method !== "GET") return [405, { error: "method_not_allowed" }];
    return doc === undefined || doc._deleted === true ? [404, { error: "not_found", reason: "missing" }] : [200, doc];
  }
}
