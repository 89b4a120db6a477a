import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { compileArguments } from "../../../../lab/images/compile";
import { goFlags } from "../../../../toolchain/go-build";

let directory: string;

beforeEach(() => (directory = mkdtempSync(path.join(tmpdir(), "compile-"))));
afterEach(() => rmSync(directory, { recursive: true }));

const settings = (content: unknown): void =>
  writeFileSync(path.join(directory, "go-build.json"), JSON.stringify(content));

test("without settings, the program is that of the recipe's own directory", () => {
  expect(compileArguments("caddy", directory)).toEqual([
    ["build", ...goFlags, "-ldflags", "-s -w", "-o", "caddy", "."],
  ]);
});

test("a recipe may have further programs, with the same variables and tags", () => {
  settings({ package: "example.org/server", also: { tool: "example.org/tool" }, tags: ["lean"] });
  const rest = (file: string): string[] => ["-ldflags", "-s -w", "-tags", "lean", "-o", file, `example.org/${file}`];
  expect(compileArguments("caddy", directory).map((given) => given.slice(1 + goFlags.length))).toEqual([
    [...rest("server").slice(0, 5), "caddy", "example.org/server"],
    rest("tool"),
  ]);
});

test("a recipe names a published program, its build tags, and variables with the catalogue's version", () => {
  settings({
    package: "example.org/program/cmd/server",
    variables: { "example.org/program/build.Version": "v{version}", "main.kind": "lab" },
    tags: ["netgo", "lean"],
  });
  expect(compileArguments("caddy", directory)).toEqual([
    [
      ...["build", ...goFlags],
      ...["-ldflags", "-s -w -X example.org/program/build.Version=v2.10.2 -X main.kind=lab"],
      ...["-tags", "netgo,lean", "-o", "caddy", "example.org/program/cmd/server"],
    ],
  ]);
});

test("a setting of another name is an error that names it", () => {
  settings({ packages: "." });
  expect(() => compileArguments("caddy", directory)).toThrow(/packages/);
});
