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

/** How data of one kind is dumped, verified and brought back (docs/backups.md#methods). */
export interface BackupMethod {
  /** Unique; a file name. */
  name: string;
  /** A program of bash, which the host runs with a verb and the part's arguments. */
  script: string;
  /** What it has beside it, by name: mostly programs of Node that it runs in containers of their own. Default: none. */
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
  /** What can be brought back by itself, and whose it is. Default: nothing; it is there for a person to look at. */
  items?: readonly BackupItem[];
}

/** Something that can be brought back by itself: one database of a server, a whole folder. */
export interface BackupItem {
  /** Its name in its part. */
  name: string;
  /** Services that use it, which do not run while it is replaced. */
  users: readonly string[];
  /** Services whose data it is, beside whoever has the part: they asked for it, or share its folder. */
  owners: readonly string[];
}

/**
 * A part as whoever has the data says it. In its arguments, `{port}` is the service's port, `{data}` and
 * `{path}` its first data folder as the host and as it sees it, `{folder}` the platform's folder on the host.
 */
export interface OwnPart extends Omit<BackupPart, "name" | "service" | "items"> {
  /** Default: the service's name. */
  name?: string;
  /** Whether all of it can be brought back, and not just parts that are requested; the service then does not run. Default: false. */
  whole?: boolean;
}
