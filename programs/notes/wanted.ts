/** A note that a collector wants in the vault. */
export interface Wanted {
  /** In the vault. */
  path: string;
  /** What it is made from, in its set: the same after a rename where that has an identity of its own. */
  key: string;
  /** Changes whenever the content may have changed; reading is left out while it is the same. */
  stamp: string;
  /** Of what it is made from, milliseconds since 1970. */
  ctime: number;
  mtime: number;
  content: () => Promise<Buffer>;
}

/** Notes that are made from one thing. */
export interface NoteSet {
  /** Unique in the collector; what it wrote is remembered under it. */
  name: string;
  /**
   * What becomes of a note when there is nothing any more that it was made from. `remove`: it goes. `keep`: it stays, as a record, unless
   * the thing was renamed.
   */
  gone: "remove" | "keep";
  notes: () => AsyncIterable<Wanted>;
}
