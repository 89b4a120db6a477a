import type { Database, Row, Written } from "./couchdb.ts";
import { asKept, contentHash, type Documents, documentsOf } from "./documents.ts";
import { refuseForeignFormat } from "./format.ts";
import { type Entry, Ledger, remembered } from "./ledger.ts";
import { documentId, marked } from "./paths.ts";
import { readNote, wholeness, writePieces } from "./pieces.ts";
import { isNote, type StoredNote } from "./reading.ts";
import { goneNotes, refuseEmpty, type Seen } from "./sweep.ts";
import type { NoteSet, Wanted } from "./wanted.ts";
import { type Place, placeOf } from "./whose.ts";

/** What a run did, as paths. */
export interface Outcome {
  written: string[];
  unchanged: string[];
  /** Changed or deleted by a person, and left alone. */
  kept: { path: string; why: string }[];
  removed: string[];
  /** What could not be done, as sentences; the rest was. */
  problems: string[];
}

/** Notes and bytes that are dealt with at a time. */
const BATCH = { notes: 100, bytes: 4_000_000 };

/** The plugin takes times that are less than this apart for the same. Milliseconds. */
const RESOLUTION = 2_000;

/** A note that has to be written. */
interface Pending {
  wanted: Wanted;
  hash: string;
  documents: Documents;
}

/** A place that a note may be in. */
type Living = Exclude<Place, { kind: "deleted" }>;

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

/** Brings the notes of a collector into a vault, and leaves alone what a person changed. */
export class Publisher {
  readonly #database: Database;
  readonly #ledger: Ledger;
  readonly #outcome: Outcome = { written: [], unchanged: [], kept: [], removed: [], problems: [] };
  /** Documents that this run has given away, over all sets. */
  readonly #claimed = new Set<string>();
  /** Hashes of what this run has in the vault. */
  readonly #present = new Set<string>();

  private constructor(database: Database, ledger: Ledger) {
    this.#database = database;
    this.#ledger = ledger;
  }

  /** @throws where the vault is one that plain notes would harm */
  static async of(database: Database, collector: string): Promise<Publisher> {
    await refuseForeignFormat(database);
    return new Publisher(database, await Ledger.of(database, collector));
  }

  /** Publishes one set after the other. What fails of one is a problem in the outcome, and the others are published. */
  async publish(sets: readonly NoteSet[]): Promise<Outcome> {
    for (const set of sets)
      try {
        await this.#sweep(set, await this.#publishSet(set));
      } catch (error) {
        this.#outcome.problems.push(`${set.name}: ${messageOf(error)}`);
      }
    await this.#ledger.save();
    return this.#outcome;
  }

  async #publishSet({ name, notes }: NoteSet): Promise<Seen> {
    const seen: Seen = { keys: new Set(), ids: new Set() };
    let batch: Wanted[] = [];
    for await (const wanted of notes()) {
      const path = this.#claim(name, wanted);
      seen.keys.add(wanted.key);
      seen.ids.add(documentId(path));
      batch.push({ ...wanted, path });
      if (batch.length < BATCH.notes) continue;
      await this.#publishBatch(name, batch);
      batch = [];
    }
    await this.#publishBatch(name, batch);
    return seen;
  }

  /** Names that differ in their capitals only are one document: the second gets a mark. */
  #claim(set: string, { path, key }: Wanted): string {
    const free = this.#claimed.has(documentId(path)) ? marked(path, `${set} ${key}`) : path;
    this.#claimed.add(documentId(free));
    return free;
  }

  async #publishBatch(set: string, batch: readonly Wanted[]): Promise<void> {
    const rows = await this.#database.byId(batch.map(({ path }) => documentId(path)));
    const notes = [...rows.values()].flatMap(({ doc }) => (doc && isNote(doc) ? [doc] : []));
    const isWhole = await wholeness(this.#database, notes);
    let pending: Pending[] = [];
    for (const wanted of batch) {
      const needed = await this.#decide(set, wanted, rows.get(documentId(wanted.path)), isWhole);
      if (needed !== undefined) pending.push(needed);
      if (sizeOf(pending) < BATCH.bytes) continue;
      await this.#write(set, pending);
      pending = [];
    }
    await this.#write(set, pending);
  }

  /** What has to be written of a note; undefined where nothing has. */
  async #decide(
    set: string,
    wanted: Wanted,
    row: Row | undefined,
    isWhole: (note: StoredNote) => boolean,
  ): Promise<Pending | undefined> {
    const entry = this.#ledger.get(documentId(wanted.path));
    const place = await this.#placeOf(row, entry);
    if (place.kind === "deleted") return this.#keep(wanted, "somebody deleted it");
    const whole = place.kind !== "free" && isWhole(place.note);
    const [hash] = entry?.hashes ?? [];
    if (place.kind === "own" && whole && hash !== undefined && entry?.stamp === wanted.stamp)
      if (entry.rev === place.note._rev && place.note.path === wanted.path)
        return this.#unchanged(set, wanted, place.note, hash);
    return this.#compare(set, wanted, place, whole);
  }

  #placeOf(row: Row | undefined, entry: Entry | undefined): Promise<Place> {
    return placeOf(row, entry, (note) => readNote(this.#database, note));
  }

  async #compare(set: string, wanted: Wanted, place: Living, whole: boolean): Promise<Pending | undefined> {
    const content = asKept(wanted.path, await wanted.content());
    const hash = contentHash(content);
    if (place.kind !== "free" && whole && (await this.#isSame(wanted, place.note, hash)))
      return this.#unchanged(set, wanted, place.note, hash);
    if (place.kind === "foreign") return this.#keep(wanted, place.why);
    const { metadata, pieces } = documentsOf({ path: wanted.path, content, ...timesOf(wanted, place) });
    return { wanted, hash, documents: { metadata: { ...metadata, ...revisionOf(place) }, pieces } };
  }

  async #isSame({ path }: Wanted, note: StoredNote, hash: string): Promise<boolean> {
    return note.path === path && contentHash(await readNote(this.#database, note)) === hash;
  }

  #keep({ path }: Wanted, why: string): undefined {
    this.#outcome.kept.push({ path, why });
  }

  #unchanged(set: string, wanted: Wanted, note: StoredNote, hash: string): undefined {
    this.#note(set, wanted, hash, note._rev);
    this.#outcome.unchanged.push(wanted.path);
  }

  /** Notes what a note has, or is about to have while `rev` is undefined. */
  #note(set: string, { path, key, stamp }: Wanted, hash: string, rev: string | undefined): void {
    const id = documentId(path);
    const hashes = remembered(hash, this.#ledger.get(id)?.hashes);
    this.#ledger.set(id, { set, key, stamp, hashes, ...(rev === undefined ? {} : { rev }) });
    this.#present.add(hash);
  }

  /**
   * First the ledger says what is about to be written, so that after a run that was killed the next one knows its own notes; then
   * come the pieces, which nothing shows, and last the metadata.
   */
  async #write(set: string, pending: readonly Pending[]): Promise<void> {
    if (pending.length === 0) return;
    for (const { wanted, hash } of pending) this.#note(set, wanted, hash, undefined);
    await this.#ledger.save();
    await writePieces(
      this.#database,
      pending.flatMap(({ documents }) => documents.pieces),
    );
    const answers = await this.#database.write(pending.map(({ documents }) => documents.metadata));
    for (const [index, one] of pending.entries()) this.#conclude(set, one, answers[index]);
    await this.#ledger.save();
  }

  #conclude(set: string, { wanted, hash }: Pending, answer: Written | undefined): void {
    if (answer?.rev !== undefined && answer.error === undefined) {
      this.#note(set, wanted, hash, answer.rev);
      this.#outcome.written.push(wanted.path);
    } else if (answer?.error === "conflict") this.#keep(wanted, "somebody changed it meanwhile");
    else this.#outcome.problems.push(`${wanted.path}: ${answer?.error ?? "no answer"}: ${answer?.reason ?? ""}`);
  }

  /** Takes away what the set does not have any more, unless a person changed it. */
  async #sweep(set: NoteSet, seen: Seen): Promise<void> {
    const known = this.#ledger.entries(set.name);
    refuseEmpty(set, seen, known);
    const gone = goneNotes(set, known, seen, this.#present);
    const rows = await this.#database.byId(gone);
    for (const id of gone) await this.#remove(id, rows.get(id));
  }

  async #remove(id: string, row: Row | undefined): Promise<void> {
    const entry = this.#ledger.get(id);
    const place = await this.#placeOf(row, entry);
    if (place.kind !== "own" || entry === undefined) return this.#ledger.forget(id);
    const [answer] = await this.#database.write([{ ...place.note, deleted: true, mtime: Date.now() }]);
    if (answer?.rev === undefined || answer.error !== undefined)
      return void this.#outcome.problems.push(
        `${place.note.path}: expected it to be taken away, found ${answer?.error ?? "no answer"}`,
      );
    this.#ledger.set(id, { ...entry, rev: answer.rev, removed: true });
    this.#outcome.removed.push(place.note.path);
  }
}

const sizeOf = (pending: readonly Pending[]): number =>
  pending.reduce((size, { documents }) => size + documents.metadata.size, 0);

const revisionOf = (place: Living): { _rev?: string } => {
  const rev = place.kind === "free" ? place.rev : place.note._rev;
  return rev === undefined ? {} : { _rev: rev };
};

/** A changed note has to look newer than the one before: a device whose file looks newer would write it back. */
function timesOf({ ctime, mtime }: Wanted, place: Living): { ctime: number; mtime: number } {
  if (place.kind === "free") return { ctime: Math.trunc(ctime), mtime: Math.trunc(mtime) };
  const { ctime: first, mtime: last } = place.note;
  return { ctime: Number(first), mtime: Math.max(Math.trunc(mtime), Number(last) + RESOLUTION) };
}
