import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import { projectRoot } from "../../../toolchain/environment";
import { PARITY } from "../../facts/parity";

const DOCUMENT = "docs/parity.md";

const text = readFileSync(path.join(projectRoot, DOCUMENT), "utf8");

/** Cells of a line of a table. */
const cellsOf = (line: string): string[] =>
  line
    .split("|")
    .slice(1, -1)
    .map((cell) => cell.trim());

/** A line of the comparison. */
interface Row {
  ids: string[];
  promise: string;
  said: string;
  kept: string;
}

const rows: Row[] = text
  .split("\n")
  .filter((line) => /^\| (gap )?\d/.test(line))
  .map(cellsOf)
  .map(([ids = "", promise = "", said = "", kept = ""]) => ({ ids: ids.split(", "), promise, said, kept }));

/** Where a cell's links lead, from the project's root. */
const targetsIn = (cell: string): string[] =>
  [...cell.matchAll(/\]\(([^)\s#]+)[^)]*\)/g)].map(([, target]) => path.join("docs", target ?? ""));

const isTest = (file: string): boolean => /^tests\/.+\.test\.ts$/.test(file);

const isDecision = (file: string): boolean => /^docs\/decisions\/[\w-]+\.md$/.test(file);

/** What is missing, in words. */
const isOpen = (kept: string): boolean => /(^|; )open: \S+ \S+/.test(kept);

test("every gap and every line of the comparison is there once, and no other", () => {
  expect(rows.flatMap(({ ids }) => ids).sort()).toEqual(Object.keys(PARITY).sort());
});

test.each(rows.map((row) => [row.ids.join(", "), row] as const))(
  "%s: what is promised, the sections that say so, and what keeps it",
  (_ids, { ids, promise, said, kept }) => {
    expect(promise).not.toBe("");
    for (const id of ids) expect(said).toContain(`](requirements.md#${PARITY[id]})`);
    const files = targetsIn(kept);
    expect(files.filter((file) => !isTest(file) && !isDecision(file))).toEqual([]);
    expect(files.filter((file) => !existsSync(path.join(projectRoot, file)))).toEqual([]);
    expect(files.length > 0 || isOpen(kept)).toBe(true);
  },
);
