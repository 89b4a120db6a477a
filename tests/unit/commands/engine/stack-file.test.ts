import { fake } from "../fake-pulumi";
import { rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { stackFile, stackFileContent } from "../../../../commands/engine/stack-file";
import { runCommand } from "../run-command";

beforeEach(() => fake.reset());
afterAll(() => fake.remove());

test("a stack has a file here", () => {
  expect(stackFile("prod")).toBe(path.join(fake.state, "Pulumi.prod.yaml"));
});

test.each([
  ["prd", "say STACK=prod"],
  ["production", "use one of: lab, preprod, prod"],
  ["../prod", "use one of: lab, preprod, prod"],
  ["prod lab", "use one of: lab, preprod, prod"],
])("%j is none, and what there is is told", (stack, mend) => {
  expect(() => stackFile(stack)).toThrow(
    `  STACK\n    expected: a stack that has a file Pulumi.<stack>.yaml here: lab, preprod, prod\n    found:    "${stack}"\n    to do:    ${mend}\n`,
  );
});

test.each(["preview", "status", "secrets", "logs"])("make %s makes no stack of a mistyped name", async (command) => {
  const { code, err } = await runCommand(command, { STACK: "prd" });
  expect([code, err]).toEqual([1, expect.stringContaining("STACK\n    expected: a stack that has a file")]);
  expect(fake.calls).toEqual([]);
});

test("a mistake in its file is told by file and line, and not quoted", () => {
  const file = path.join(fake.state, "Pulumi.broken.yaml");
  writeFileSync(file, "config:\n  secrets:x: s3cret\n  secrets:x: s3cret\n");
  expect(() => stackFileContent("broken")).toThrow(
    `expected YAML in ${file}, found a mistake (DUPLICATE_KEY) in line 3: correct it there`,
  );
  rmSync(file);
});
