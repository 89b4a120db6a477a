import { readFileSync } from "node:fs";
import { type Patience, patiently, Transient } from "./patience.ts";
import type { Stored } from "./reading.ts";

/** Where a vault's database is. */
export interface DatabaseSettings {
  /** The server: `http://100.64.0.1:5984`. */
  url: string;
  database: string;
  user: string;
  /** File that holds the user's password. */
  passwordFile: string;
}

/** A line of `_all_docs`. */
export interface Row {
  key: string;
  /** Absent where there never was such a document. */
  value?: { rev: string; deleted?: boolean };
  /** Absent where it was not asked for, null where it is deleted. */
  doc?: Stored | null;
}

/** What became of one of the documents of a `_bulk_docs`. */
export interface Written {
  id: string;
  rev?: string;
  error?: string;
  reason?: string;
}

/** A part of the list of all documents. */
export interface Range {
  startkey?: string;
  endkey?: string;
  limit?: number;
  skip?: number;
}

/** Seconds that one answer may take. */
const ANSWER = 120;

/** Ids in one request. */
const KEYS = 500;

const text = (error: unknown): string => {
  const { message, cause } = error as Error;
  return cause instanceof Error ? `${message}: ${cause.message}` : message;
};

/** One database of a CouchDB, over HTTP. What may go by itself is tried again; anything else is thrown at once. */
export class Database {
  readonly name: string;
  readonly #base: string;
  readonly #login: string;
  readonly #patience: Patience;

  constructor({ url, database, user, passwordFile }: DatabaseSettings, patience: Patience) {
    const password = readFileSync(passwordFile, "utf8").replace(/\r?\n$/, "");
    this.name = `${url}/${database}`;
    this.#base = `${url.replace(/\/$/, "")}/${encodeURIComponent(database)}`;
    this.#login = `Basic ${Buffer.from(`${user}:${password}`).toString("base64")}`;
    this.#patience = patience;
  }

  /** The database's `update_seq`, which changes with every document. */
  async sequence(): Promise<string> {
    return String((await this.#json<{ update_seq: string | number }>("GET", "")).update_seq);
  }

  /** Documents by id, deleted ones too; conflicts are named in each. */
  async byId(ids: readonly string[], withDocuments = true): Promise<Map<string, Row>> {
    const rows = new Map<string, Row>();
    const query = withDocuments ? "?include_docs=true&conflicts=true" : "";
    for (let start = 0; start < ids.length; start += KEYS) {
      const keys = ids.slice(start, start + KEYS);
      const answer = await this.#json<{ rows: Row[] }>("POST", `/_all_docs${query}`, { keys });
      for (const row of answer.rows) rows.set(row.key, row);
    }
    return rows;
  }

  /** Documents of a range of ids, as they are at one moment. */
  async range(range: Range): Promise<Stored[]> {
    const query = Object.entries(range).map(([name, value]) => `${name}=${encodeURIComponent(JSON.stringify(value))}`);
    const path = `/_all_docs?${["include_docs=true", ...query].join("&")}`;
    const { rows } = await this.#json<{ rows: Row[] }>("GET", path);
    return rows.flatMap(({ doc }) => (doc === undefined || doc === null ? [] : [doc]));
  }

  /** What changed after a sequence, each document once, and the sequence then. */
  async changes(since: string): Promise<{ documents: Stored[]; sequence: string }> {
    const path = `/_changes?include_docs=true&since=${encodeURIComponent(since)}`;
    const { results, last_seq } = await this.#json<{ results: { doc: Stored }[]; last_seq: string | number }>(
      "GET",
      path,
    );
    return { documents: results.map(({ doc }) => doc), sequence: String(last_seq) };
  }

  /** One document; undefined when there is none. */
  async get(id: string): Promise<Stored | undefined> {
    return this.#json<Stored | undefined>("GET", `/${pathOfId(id)}`, undefined, true);
  }

  /** @returns its new revision */
  async put(document: Stored): Promise<string> {
    return (await this.#json<{ rev: string }>("PUT", `/${pathOfId(document._id)}`, document)).rev;
  }

  /** Writes documents; what became of each is in the answer. */
  async write(documents: readonly object[]): Promise<Written[]> {
    return documents.length === 0 ? [] : this.#json<Written[]>("POST", "/_bulk_docs", { docs: documents });
  }

  #json<T>(method: string, path: string, body?: object, missing = false): Promise<T> {
    return patiently(this.#patience, () => this.#once<T>(method, path, body, missing));
  }

  async #once<T>(method: string, path: string, body: object | undefined, missing: boolean): Promise<T> {
    const [status, answer] = await this.#answer(method, path, body);
    if (missing && status === 404) return undefined as T;
    if (status >= 200 && status < 300) return JSON.parse(answer) as T;
    const said = `${method} ${this.name}${path}: expected an answer, found ${status} ${answer.trim().slice(0, 200)}`;
    throw status >= 500 || status === 429 || status === 408 ? new Transient(said) : new Error(said);
  }

  async #answer(method: string, path: string, body: object | undefined): Promise<[number, string]> {
    try {
      const response = await fetch(`${this.#base}${path}`, {
        method,
        headers: { authorization: this.#login, accept: "application/json", "content-type": "application/json" },
        signal: AbortSignal.timeout(ANSWER * 1000),
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      });
      return [response.status, await response.text()];
    } catch (error) {
      throw new Transient(`${this.name}: expected a server, found none: ${text(error)}`);
    }
  }
}

/** `_local/` is a part of the path, all else of the id. */
const pathOfId = (id: string): string => {
  const local = "_local/";
  return id.startsWith(local) ? `${local}${encodeURIComponent(id.slice(local.length))}` : encodeURIComponent(id);
};
