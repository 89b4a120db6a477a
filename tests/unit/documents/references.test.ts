import { existsSync, readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { projectRoot } from "../../../toolchain/environment";
import { projectFiles } from "../../project-files";

const ENDINGS = /(\.(ts|cts|cjs|mjs|js|go|md|ya?ml|json|jsonc|sh|py)|\/Dockerfile|^Makefile)$/;

/** Files of ours that may refer to a document, below the project's root. */
const files = projectFiles().filter((file) => ENDINGS.test(file) && file !== "package-lock.json");

const texts = files.map((file): [string, string] => [file, readFileSync(path.join(projectRoot, file), "utf8")]);

/** The part of an address that GitHub gives a heading. */
const anchorOf = (heading: string): string =>
  heading
    .toLowerCase()
    .replace(/[^\p{L}\p{N} _-]/gu, "")
    .replaceAll(" ", "-");

const anchorsOf = (document: string): string[] =>
  [...document.replace(/^```[^]*?^```/gm, "").matchAll(/^#+ (.*)$/gm)].map(([, heading]) => anchorOf(heading ?? ""));

const read = (file: string): string => readFileSync(path.join(projectRoot, file), "utf8");

/** What of `matches` an expression finds, as "file: found" when it is not as it should be. */
const wrong = (expression: RegExp, isRight: (found: string) => boolean): string[] =>
  texts.flatMap(([file, text]) =>
    [...text.matchAll(expression)]
      .map(([, found]) => found ?? "")
      .filter((found) => !isRight(found))
      .map((found) => `${file}: ${found}`),
  );

test("looks at sources and documents", () => {
  expect(files).toEqual(expect.arrayContaining(["README.md", "index.ts", "docs/lab.md", "Pulumi.prod.yaml"]));
  expect(anchorsOf("## Interrupted runs, and what is not ours\n")).toEqual(["interrupted-runs-and-what-is-not-ours"]);
});

test("every reference to the requirements names one of their sections", () => {
  const anchors = anchorsOf(read("docs/requirements.md"));
  const expression = /\brequirements\.md#([\w-]+)/g;
  expect(texts.flatMap(([, text]) => [...text.matchAll(expression)]).length).toBeGreaterThan(30);
  expect(wrong(expression, (anchor) => anchors.includes(anchor))).toEqual([]);
});

test("every reference to a decision names its file", () => {
  const expression = /\bdocs\/decisions\/([\w-]+\.md)/g;
  expect(wrong(expression, (file) => existsSync(path.join(projectRoot, "docs/decisions", file)))).toEqual([]);
});

test("the index of the decisions has each of them once", () => {
  const listed = [...read("docs/decisions/README.md").matchAll(/\]\(([\w-]+\.md)\)/g)].map(([, file]) => file);
  const decisions = readdirSync(path.join(projectRoot, "docs/decisions")).filter((file) => file !== "README.md");
  expect(listed.sort()).toEqual(decisions.sort());
});

test("every decision has its three parts", () => {
  for (const file of readdirSync(path.join(projectRoot, "docs/decisions")).filter((name) => name !== "README.md")) {
    const parts = [...read(`docs/decisions/${file}`).matchAll(/^\*\*(\w+)\.\*\*/gm)].map(([, part]) => part);
    expect([file, ...parts]).toEqual([file, "Context", "Decision", "Consequence"]);
  }
});

test("nothing refers to a source by its number, or to a decision by one", () => {
  const numbered = new RegExp(`\\b(${"see"}ds? 00\\d[^\\n]{0,20}|decisions? \\d+|decisions\\.md)`, "gi");
  expect(wrong(numbered, () => false)).toEqual([]);
});

test("every link of a document leads to a file, and to a heading of it", () => {
  const broken = texts
    .filter(([file]) => file.endsWith(".md"))
    .flatMap(([file, text]) =>
      linksIn(text.replace(/^```[^]*?^```/gm, ""))
        .filter((link) => !leads(file, link))
        .map((link) => `${file}: ${link}`),
    );
  expect(broken).toEqual([]);
});

/** Where the links of a document lead within the project: those in its text, and those that its labels stand for. */
const linksIn = (text: string): string[] =>
  [/\]\((?!https?:)([^)\s]+)\)/g, /^\[[^\]]+\]: (?!https?:)(\S+)$/gm].flatMap((expression) =>
    [...text.matchAll(expression)].map(([, link]) => link ?? ""),
  );

function leads(from: string, link: string): boolean {
  const [file = "", anchor] = link.split("#");
  const target = file === "" ? from : path.join(path.dirname(from), file);
  if (!existsSync(path.join(projectRoot, target))) return false;
  return anchor === undefined || anchorsOf(read(target)).includes(anchor);
}
