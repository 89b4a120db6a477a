import { ageOf } from "../backups/manifest";
import { table } from "../terminal/table";
import type { ReleaseManifest } from "../backups/release";
import type { Since } from "./since";

/** Files that are named; of the others their number is told. */
const NAMED = 10;

/** What going back means, in words. @param running reference of the image that runs */
export function previewOf(
  release: ReleaseManifest,
  since: Since,
  { host, running, now }: { host: string; running: string; now: Date },
): string {
  const { set, service, started, from, to } = release;
  return [
    `${service} on ${host} goes back to ${set}: as of ${started} (age: ${ageOf(started, now)}), right before ${to.reference} took it on.`,
    `  image: ${from.reference} in place of ${running}`,
    `  configuration: ${since.configs.length === 0 ? "as it is now" : `that of then; now other: ${named(since.configs)}`}`,
    ...since.does.map((line) => `  ${line}`),
    "What was written since goes out of use, and is put aside:",
    ...lossesOf(since).map((line) => `  ${line}`),
    "Rows that were changed and not added are in none of these numbers.",
  ].join("\n");
}

function lossesOf({ rows, newer }: Since): string[] {
  const tables = rows.length === 0 ? [] : table(["rows of", "then", "now"], rows).split("\n");
  const files = newer.length === 0 ? [] : [`newer files: ${newer.length} (${named(newer)})`];
  return rows.length + newer.length === 0 ? ["as many rows as then, and no newer file"] : [...tables, ...files];
}

const named = (files: readonly string[]): string =>
  files.length <= NAMED ? files.join(", ") : `${files.slice(0, NAMED).join(", ")} and ${files.length - NAMED} more`;
