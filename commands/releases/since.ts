import type { ReleaseManifest } from "../backups/release";

/** What differs between a release and now, and what going back does. */
export interface Since {
  /** Tables, collections and the like whose number of rows differs: what, then, now. */
  rows: [what: string, then: string, now: string][];
  /** Files of data folders that were written since. */
  newer: string[];
  /** Configuration files that differ. */
  configs: string[];
  /** What a rollback replaces and stops, in words. */
  does: string[];
}

/** @param text lines of `since` (programs/backup/rollback.sh): a part or a kind, what it tells, and of what */
export function sinceOf(release: ReleaseManifest, text: string): Since {
  const lines = text
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => line.split("\t"));
  const then = new Map(
    release.parts.flatMap(({ name, rows }) =>
      Object.entries(rows).map(([what, count]) => [`${name}\t${what}`, count] as const),
    ),
  );
  const now = new Map(
    lines.flatMap(([part = "", kind, what = "", count]) =>
      kind === "rows" ? [[`${part}\t${what}`, Number(count)] as const] : [],
    ),
  );
  const all = [...new Set([...then.keys(), ...now.keys()])].sort();
  const rows = all
    .filter((key) => then.get(key) !== now.get(key))
    .map((key): Since["rows"][0] => [key.replace("\t", " "), told(then.get(key)), told(now.get(key))]);
  return {
    rows,
    newer: lines.flatMap(([, kind, file = ""]) => (kind === "newer" ? [file] : [])),
    configs: lines.flatMap(([part, kind, file = ""]) => (part === "config" && kind === "differs" ? [file] : [])),
    does: lines.flatMap(([part, words = ""]) => (part === "does" ? [words] : [])),
  };
}

const told = (count: number | undefined): string => (count === undefined ? "not there" : String(count));
