import type { Manifest } from "../backups/manifest";

/** What a copy's host told of a set that was brought back there (`rehearse` of programs/backup/restore.sh). */
export interface Rehearsal {
  /** What can come back, and who uses it. */
  items: { part: string; item: string; users: string[] }[];
  /** Rows by part and by what was counted, before anybody wrote. */
  counts: Map<string, Map<string, number>>;
  /** Files that are not as the set has them, in words. */
  differences: { part: string; what: string }[];
  /** Services that were stopped, and the moment (ms since 1970) at which each was healthy again. */
  back: Map<string, number>;
}

/** A rehearsal that has not told anything yet. */
export const emptyRehearsal = (): Rehearsal => ({ items: [], counts: new Map(), differences: [], back: new Map() });

/** Takes a line on. @param at moment of it, in ms since 1970 */
export function heard(rehearsal: Rehearsal, line: string, at: number): void {
  const [word, part = "", ...rest] = line.split("\t");
  const [, service] = /^(\S+) is back, after \d+ s$/.exec(line) ?? [];
  if (service !== undefined) rehearsal.back.set(service, at);
  else if (word === "item") rehearsal.items.push({ part, item: rest[0] ?? "", users: rest.slice(1).filter(Boolean) });
  else if (word === "differs") rehearsal.differences.push({ part, what: rest.join("\t") });
  else if (word === "count" && rest[0] === "rows") {
    const counts = rehearsal.counts.get(part) ?? new Map<string, number>();
    rehearsal.counts.set(part, counts.set(rest[1] ?? "", Number(rest[2])));
  }
}

/** What came back of a part, beside what its manifest says. */
export interface ComparedPart {
  name: string;
  /** Whose part it is, and who uses some of it. */
  services: string[];
  rows: { expected: number; found: number };
  /** In words; none where all is as it was. */
  differences: string[];
}

/** Whether a row count is of an item, and not of something else that its server holds. */
const isOf = (item: string, what: string): boolean => item === "all" || what === item || what.startsWith(`${item}.`);

/** Keys of Redis may have run out since. */
const mayShrink = (method: string): boolean => method === "redis";

/** Compares what came back with the manifest, part by part; what no service asks for any more is left out. */
export function compared(manifest: Manifest, { items, counts, differences }: Rehearsal): ComparedPart[] {
  return manifest.parts.flatMap(({ name, service, method, rows }) => {
    const own = items.filter(({ part }) => part === name);
    if (own.length === 0) return [];
    const found = counts.get(name) ?? new Map<string, number>();
    const expected = Object.entries(rows).filter(([what]) => own.some(({ item }) => isOf(item, what)));
    const named = new Set(expected.map(([what]) => what));
    const wrong = expected.filter(([what, count]) => {
      const there = found.get(what);
      return there === undefined || (mayShrink(method) ? there > count : there !== count);
    });
    // Of an item that was written to while it was copied nobody could tell how much the copy has: its file alone is compared.
    const uncounted = new Set(own.map(({ item }) => item).filter((item) => found.has(item) && !named.has(item)));
    const counted = [...found].filter(([what]) => !uncounted.has(what));
    const more = counted.filter(([what, count]) => count > 0 && !named.has(what));
    return [
      {
        name,
        services: [...new Set([service, ...own.flatMap(({ users }) => users)])],
        rows: {
          expected: expected.reduce((sum, [, count]) => sum + count, 0),
          found: counted.reduce((sum, [, count]) => sum + count, 0),
        },
        differences: [
          ...wrong.map(([what, count]) => `${what}: expected ${count} rows, found ${found.get(what) ?? "none"}`),
          ...more.map(([what, count]) => `${what}: expected nothing of that name, found ${count} rows`),
          ...differences.filter(({ part }) => part === name).map(({ what }) => what),
        ],
      },
    ];
  });
}
