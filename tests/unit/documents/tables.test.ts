import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { projectRoot } from "../../../toolchain/environment";
import { projectFiles } from "../../project-files";

const read = (file: string): string => readFileSync(path.join(projectRoot, file), "utf8");

const found = (text: string, expression: RegExp): string[] =>
  [...text.matchAll(expression)].map(([, name = ""]) => name);

/** Members of an interface, by its source. */
const membersOf = (file: string, name: string): string[] =>
  found(new RegExp(`interface ${name}\\b.*\\n([^]*?)\\n}`).exec(read(file))?.[1] ?? "", /^ {2}(\w+)\??[(:<]/gm);

/** What the first column of a document's table names, by the title of that column. */
function rowsOf(document: string, title: string): string[] {
  const table = new RegExp(`^\\| ${title} +\\|.*\\n(?:\\|.*\\n)+`, "m").exec(read(document))?.[0] ?? "";
  return found(table, /^\| (`.*?) +\|/gm).flatMap((cell) => found(cell, /`([\w.-]+)(?:\(.*?\))?`/g));
}

test.each([
  ["providers/implementation.ts", "Kind", "CONTRIBUTING.md"],
  ["model/capability.ts", "CapabilityForm", "docs/add-a-capability.md"],
])("the members of %s's %s are those of the table in %s", (file, name, document) => {
  const members = membersOf(file, name);
  expect(members.length).toBeGreaterThan(10);
  expect(rowsOf(document, "member").sort()).toEqual(members.sort());
});

test("each file of policies is in the table of them", () => {
  const files = readdirSync(path.join(projectRoot, "platforms/policies")).filter(
    (file) => !["index.ts", "policy.ts", "unique.ts"].includes(file),
  );
  expect([...new Set(rowsOf("docs/architecture.md", "policy"))].sort()).toEqual(files.sort());
});

test("each component's token is named", () => {
  const sources = projectFiles().filter((file) => /^components\/.*\.ts$/.test(file));
  const tokens = sources.flatMap((file) => found(read(file), /super\("(vpai:\w+:\w+)"/g));
  expect(tokens.length).toBeGreaterThan(8);
  const paragraph = /^Tokens of components [^]*?\n\n/m.exec(read("docs/architecture.md"))?.[0] ?? "";
  expect(found(paragraph, /`(vpai:\w+:\w+)`/g).sort()).toEqual(tokens.sort());
});
