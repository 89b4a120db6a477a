import type { SecretDeclaration } from "./secret";

/** How one datum is kept safe, or why it needs no backup. */
export type Backup =
  /** Dumped by `pg_dump`. */
  | { kind: "postgresql-dump" }
  /** Redis writes a snapshot, which is copied. */
  | { kind: "redis-snapshot" }
  /** Qdrant writes a snapshot of a collection, which is copied. */
  | { kind: "qdrant-snapshot" }
  /** Its documents are read, with their revisions. */
  | { kind: "couchdb-dump" }
  /** Its files are copied as they are, SQLite databases among them as of one moment. */
  | { kind: "files" }
  | { kind: "none"; reason: string };

/** Every kind there is. */
export const BACKUP_KINDS: readonly Backup["kind"][] = [
  "postgresql-dump",
  "redis-snapshot",
  "qdrant-snapshot",
  "couchdb-dump",
  "files",
  "none",
];

/** How data of one kind is dumped, verified and put back (docs/backups.md#methods). */
export interface BackupMethod {
  /** Unique; a file name. */
  name: string;
  /** A program of bash, which the host runs with `dump`, `verify` or `restore` and the part's arguments. */
  script: string;
  /** Programs of Node that it runs in containers of their own, by name. Default: none. */
  programs?: Readonly<Record<string, string>>;
}

/** What one service has in a set of backups: a folder of its own there. */
export interface BackupPart {
  /** Unique on its host; a folder's name. */
  name: string;
  /** Name of the service whose data it is. */
  service: string;
  method: BackupMethod;
  /** Never empty ones. Default: none. */
  arguments?: readonly string[];
  /** What it logs in to the service with. Default: nothing. */
  secret?: SecretDeclaration;
}

/** A part as whoever has the data says it. In its arguments, `{port}` is the service's port, `{folder}` the platform's folder on the host. */
export interface OwnPart extends Omit<BackupPart, "name" | "service"> {
  /** Default: the service's name. */
  name?: string;
}
