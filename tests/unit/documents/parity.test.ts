import { existsSync, readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { configReference } from "../../../config/reference";
import { namesOf } from "../../../platforms";
import vpai from "../../../platforms/vpai/platform";
import { projectRoot } from "../../../toolchain/environment";
import { GROUPS, OWN, SAID_IN } from "../../facts/parity";

const INDEX = "docs/parity.md";
const FOLDER = "docs/parity";

/** What a promise may wait for, as the index lists it. */
const LATER = ["koff", "AINI"];

const read = (file: string): string => readFileSync(path.join(projectRoot, file), "utf8");

/** A line of a page's tables. */
interface Row {
  ids: string[];
  promise: string;
  kept: string;
  /** Sections of the requirements that its table begins with. */
  said: readonly string[];
  /** Files that the page's labels stand for, from the project's root. */
  labels: ReadonlyMap<string, string>;
}

const cellsOf = (line: string): string[] =>
  line
    .split("|")
    .slice(1, -1)
    .map((cell) => cell.trim());

const fromRoot = (target: string): string => path.join(FOLDER, target.replace(/#.*/, ""));

const labelsOf = (page: string): Map<string, string> =>
  new Map([...page.matchAll(/^\[([^\]]+)\]: (\S+)$/gm)].map(([, label = "", to = ""]) => [label, fromRoot(to)]));

const sectionsIn = (text: string): string[] =>
  [...text.matchAll(/\]\(\.\.\/requirements\.md#([\w-]+)\)/g)].map(([, section = ""]) => section);

/** The rows of a page, each with what its own part of the page says above them. */
function rowsOf(page: string): Row[] {
  const labels = labelsOf(page);
  return page.split(/^## /m).flatMap((part) => {
    const said = sectionsIn(/^Said in .*$/m.exec(part)?.[0] ?? "");
    const lines = part.split("\n").filter((line) => /^\| (gap )?\d/.test(line));
    return lines.map(cellsOf).map(([ids = "", promise = "", kept = ""]) => ({
      ...{ ids: ids.split(", "), promise, kept, said, labels },
    }));
  });
}

const pages = readdirSync(path.join(projectRoot, FOLDER)).sort();
const texts = pages.map((name) => [name, read(`${FOLDER}/${name}`)] as const);
const rows = texts.map(([name, text]) => [name, rowsOf(text)] as const);

/** All ids of `1.01-1.10`, or the one that is no range. */
function idsOf(range: string): string[] {
  const [, group = "", first = "", last = ""] = /^(\d+)\.(\d+)-\1\.(\d+)$/.exec(range) ?? [];
  if (group === "") return [range];
  const count = Number(last) - Number(first) + 1;
  return Array.from({ length: count }, (_, index) => `${group}.${String(Number(first) + index).padStart(2, "0")}`);
}

const ALL = Object.entries(GROUPS).flatMap(([group, count]) =>
  Array.from({ length: count }, (_, index) =>
    group === "gap" ? `gap ${index + 1}` : `${group}.${String(index + 1).padStart(2, "0")}`,
  ),
);

const SECTION = new Map(
  Object.entries(SAID_IN).flatMap(([section, ranges]) => ranges.flatMap(idsOf).map((id) => [id, section] as const)),
);

const targets = new Set([...read("Makefile").matchAll(/^([a-z-]+):.*## /gm)].map(([, target = ""]) => target));

/** Keys that a stack's file may have: settings as docs/config.md lists them, and secrets. */
const keys = new Set([
  ...[...configReference(namesOf(vpai)).matchAll(/^## `(.+)`$/gm)].map(([, key = ""]) => key),
  ...namesOf(vpai).secrets.map(({ name }) => `secrets:${name}`),
]);

const found = (text: string, expression: RegExp): string[] =>
  [...text.matchAll(expression)].map((match) => match.slice(1).find((part) => part !== undefined) ?? "");

/** Labels of a cell's links: `[label]` and `[text][label]`. */
const labelsIn = (cell: string): string[] => found(cell, /\[[^\]]*\]\[([^\]]+)\]|(?<!\])\[([^\]]+)\](?![[(])/g);

/** What is not kept by something that is there, by the word that says so. */
const WORDS: Readonly<Record<string, (rest: string) => boolean>> = {
  open: (rest) => /^\S+ \S+/.test(rest),
  later: (rest) => LATER.some((word) => rest === word || new RegExp(`^${word} \\(.+\\)$`).test(rest)),
  "n/a": (rest) => /^\S+ \S+ \S+/.test(rest),
};

/** What links, commands and keys of a cell name that is not there, and how many of them are. */
function namedIn({ kept, labels }: Row): { missing: string[]; there: number } {
  const files = [
    ...labelsIn(kept).map((label) => labels.get(label) ?? `[${label}]`),
    ...found(kept, /\]\(([^)\s]+)\)/g).map(fromRoot),
  ];
  const missing = [
    ...files.filter((file) => !existsSync(path.join(projectRoot, file))),
    ...found(kept, /`make ([\w-]*)/g).flatMap((target) => (targets.has(target) ? [] : [`make ${target}`])),
    ...found(kept, /`((?:vpai|secrets):[^`]+)`/g).filter((key) => !keys.has(key) && !/…$/.test(key)),
  ];
  // Another page, and the promise itself, keep nothing.
  const keeping = files.filter((file) => !file.startsWith(`${FOLDER}/`) && file !== "docs/requirements.md");
  return { missing, there: keeping.length + found(kept, /`((?:make |vpai:|secrets:)[^`]+)`/g).length };
}

/** What is wrong with a row. */
function faultsOf(row: Row): string[] {
  const { ids, promise, kept, said } = row;
  const { missing, there } = namedIn(row);
  const words = [...kept.matchAll(/(?:^|; )(open|later|n\/a): ([^;]*)/g)];
  const sections = ids.flatMap((id) => SECTION.get(id) ?? []);
  return [
    ...(promise === "" ? ["no promise"] : []),
    ...sections.filter((section) => !said.includes(section)).map((section) => `not said in ${section}`),
    ...missing.map((name) => `not there: ${name}`),
    ...words.flatMap(([, word = "", rest = ""]) => (WORDS[word]?.(rest) === true ? [] : [`${word}: ${rest}`])),
    ...(words.length === found(kept, /(\b(?:open|later|n\/a)):/g).length ? [] : ["a word in the wrong place"]),
    ...(there + words.length > 0 ? [] : ["nothing keeps it"]),
  ];
}

test("the typed rows are those of the groups, each once, and 590 beside the gaps", () => {
  expect(ALL).toHaveLength(590 + 20);
  expect([...Object.values(SAID_IN).flat(), ...OWN].flatMap(idsOf).sort()).toEqual([...ALL].sort());
});

test("every gap and every row of the comparison is there once, and no other", () => {
  expect(rows.flatMap(([, found]) => found.flatMap(({ ids }) => ids)).sort()).toEqual([...ALL].sort());
});

test.each(rows)("%s: each row says what is promised, where, and what keeps it, which is there", (_page, page) => {
  expect(page.flatMap((row) => faultsOf(row).map((fault) => `${row.ids.join(", ")}: ${fault}`))).toEqual([]);
});

test.each(texts)("%s: every label is one that a row uses, and every line of a table is a row", (_page, text) => {
  const body = text.replace(/^\[[^\]]+\]: .*$/gm, "");
  expect([...labelsOf(text).keys()].filter((label) => !labelsIn(body).includes(label))).toEqual([]);
  const lines = text.split("\n").filter((line) => line.startsWith("|") && !/^\| (---|row) \|/.test(line));
  expect(lines).toHaveLength(rowsOf(text).length);
  expect(lines.filter((line) => cellsOf(line).length !== 3)).toEqual([]);
});

test("the index leads to every page, and says of every work what it is", () => {
  const index = read(INDEX);
  expect(found(index, /\]\(parity\/([\w-]+\.md)\)/g).sort()).toEqual(pages);
  const works = index.split(/^## /m).find((part) => part.startsWith("What is later")) ?? "";
  expect(found(works, /^\| (?!-|later)(\S.*?) +\|/gm)).toEqual(LATER);
});

/** A row that is right but for its last cell. */
const rowWith = (kept: string, more: Partial<Row> = {}): Row => ({
  ...{ ids: ["1.01"], promise: "A host", kept, said: ["hosts"] },
  labels: new Map([
    ["config/parse", "tests/unit/config/parse.test.ts"],
    ["away", "tests/unit/away.test.ts"],
  ]),
  ...more,
});

test.each([
  ["", ["nothing keeps it"]],
  ["It is there", ["nothing keeps it"]],
  ["[Another page](doors.md)", ["nothing keeps it"]],
  ["[config/parse]", []],
  ["[A test][config/parse]", []],
  ["[away]", ["not there: tests/unit/away.test.ts"]],
  ["[unknown]", ["not there: [unknown]"]],
  ["[a file](../../nowhere.ts)", ["not there: nowhere.ts"]],
  ["`make up` with `HOST=`", []],
  ["`make deploy-prod`", ["not there: make deploy-prod"]],
  ["`vpai:hosts.<host>.vpnAddress`, `secrets:n8nAdminPassword`", []],
  ["`vpai:nothing`", ["not there: vpai:nothing"]],
  ["`secrets:nothing`", ["not there: secrets:nothing"]],
  ["later: koff (no node is there)", []],
  ["later: some day", ["later: some day"]],
  ["later: AINI some day", ["later: AINI some day"]],
  ["open: nobody tries it", []],
  ["open: much", ["open: much"]],
  ["n/a: taken back", ["n/a: taken back"]],
  ["[config/parse], later: koff", ["a word in the wrong place"]],
])("%j is found to be %j", (kept, faults) => expect(faultsOf(rowWith(kept))).toEqual(faults));

test("a row without a promise, or of another section than its table's, is found", () => {
  expect(faultsOf(rowWith("[config/parse]", { promise: "", said: ["names"] }))).toEqual([
    "no promise",
    "not said in hosts",
  ]);
});
