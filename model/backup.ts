/** How one datum is kept safe, or why it needs no backup. */
export type Backup =
  /** Dumped by `pg_dump`. */
  | { kind: "postgresql-dump" }
  /** Redis writes a snapshot, which is copied. */
  | { kind: "redis-snapshot" }
  /** Qdrant writes a snapshot of a collection, which is copied. */
  | { kind: "qdrant-snapshot" }
  /** Its files are copied as they are. */
  | { kind: "files" }
  | { kind: "none"; reason: string };

/** Every kind there is. */
export const BACKUP_KINDS: readonly Backup["kind"][] = [
  "postgresql-dump",
  "redis-snapshot",
  "qdrant-snapshot",
  "files",
  "none",
];
