import type { Database } from "./couchdb.ts";
import type { Stored } from "./reading.ts";

/** What a collector knows of one note that it wrote. */
export interface Entry {
  /** Its set, and what it was made from there. */
  set: string;
  key: string;
  /** Changes whenever what it was made from may have changed. */
  stamp: string;
  /** Contents that the collector gave it, newest first: the note is its own while it has one of them. */
  hashes: string[];
  /** The document's revision after that; absent while a write is under way. */
  rev?: string;
  /** Whether the collector took it away, since what it was made from was gone. */
  removed?: boolean;
}

/** Contents that are remembered: one that was written, and some that a restored database may have. */
const REMEMBERED = 4;

/** The hash in front of those that were there. */
export const remembered = (hash: string, hashes: readonly string[] = []): string[] =>
  [hash, ...hashes.filter((other) => other !== hash)].slice(0, REMEMBERED);

/**
 * What a collector wrote, by path without capitals, as documents are named. It lies in the vault's database itself, in a document
 * that no device gets to see, and so is restored with it, and gone with it.
 */
export class Ledger {
  readonly #database: Database;
  readonly #id: string;
  #rev: string | undefined;
  #entries: Map<string, Entry>;
  #changed = false;

  private constructor(database: Database, id: string, stored: Stored | undefined) {
    this.#database = database;
    this.#id = id;
    this.#rev = stored?._rev;
    this.#entries = new Map(Object.entries((stored?.["notes"] ?? {}) as Record<string, Entry>));
  }

  static async of(database: Database, collector: string): Promise<Ledger> {
    const id = `_local/vpai-${collector}`;
    return new Ledger(database, id, await database.get(id));
  }

  /** @param id of the note's document */
  get(id: string): Entry | undefined {
    return this.#entries.get(id);
  }

  set(id: string, entry: Entry): void {
    if (JSON.stringify(this.#entries.get(id)) === JSON.stringify(entry)) return;
    this.#entries.set(id, entry);
    this.#changed = true;
  }

  forget(id: string): void {
    if (this.#entries.delete(id)) this.#changed = true;
  }

  /** What there is of a set, by the documents' ids. */
  entries(set: string): [string, Entry][] {
    return [...this.#entries].filter(([, entry]) => entry.set === set);
  }

  /** Writes it, unless nothing changed. */
  async save(): Promise<void> {
    if (!this.#changed) return;
    const notes = Object.fromEntries(this.#entries);
    this.#rev = await this.#database.put({
      _id: this.#id,
      ...(this.#rev === undefined ? {} : { _rev: this.#rev }),
      notes,
    });
    this.#changed = false;
  }
}
