import { execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { projectRoot } from "../../../toolchain/environment";

let clone: string;
const git = (...args: string[]) => execFileSync("git", ["-C", clone, ...args], { encoding: "utf8" });

beforeEach(() => {
  clone = mkdtempSync(path.join(tmpdir(), "pre-commit-"));
  git("init", "--quiet");
  symlinkSync(path.join(projectRoot, "node_modules"), path.join(clone, "node_modules"));
});
afterEach(() => rmSync(clone, { recursive: true }));

const runHook = () => spawnSync(path.join(projectRoot, ".githooks/pre-commit"), { cwd: clone, encoding: "utf8" });

/** Stages a file and runs the hook on it. */
function commit(file: string, content: string): { code: number | null; stderr: string } {
  writeFileSync(path.join(clone, file), content);
  git("add", file);
  const { status, stderr } = runHook();
  return { code: status, stderr };
}

const stackFile = (...lines: string[]): string =>
  ["config:", "  vpai:domain: a.test", ...lines, "encryptionsalt: v1:salt", ""].join("\n");

test.each([
  ["a value", ["  secrets:redisPassword: pl41n"]],
  ["a quoted key and value", ['  "secrets:redisPassword": "pl41n"']],
  ["a flow mapping without encryption", ["  secrets:redisPassword: { value: pl41n }"]],
  ["a value on the next line", ["  secrets:redisPassword:", "    pl41n"]],
  ["a text of several lines", ["  secrets:redisPassword: |", "    pl41n"]],
  ["a value after an encrypted one", ["  secrets:a:", "    secure: v1:x:y", "  secrets:redisPassword: pl41n"]],
  ["an empty `secure`", ["  secrets:redisPassword:", "    secure:"]],
])("refuses a secret as %s, and does not show it", (_, lines) => {
  const { code, stderr } = commit("Pulumi.prod.yaml", stackFile(...lines));
  expect(code).toBe(1);
  expect(stderr).toContain("Pulumi.prod.yaml holds in plain text: secrets:redisPassword.");
  expect(stderr).not.toContain("pl41n");
});

test("refuses the token of a provider in plain text", () => {
  const { code, stderr } = commit("Pulumi.preprod.yaml", stackFile("  hcloud:token: pl41n"));
  expect([code, stderr]).toEqual([
    1,
    expect.stringContaining("Pulumi.preprod.yaml holds in plain text: hcloud:token."),
  ]);
});

test("looks at what is staged, not at the checkout", () => {
  writeFileSync(path.join(clone, "Pulumi.prod.yaml"), stackFile("  secrets:redisPassword: pl41n"));
  git("add", "Pulumi.prod.yaml");
  writeFileSync(path.join(clone, "Pulumi.prod.yaml"), stackFile());
  expect(runHook().status).toBe(1);
});

test.each([
  ["in block form", ["  secrets:redisPassword:", "    secure: v1:x:y"]],
  ["in flow form", ["  secrets:redisPassword: { secure: v1:x:y }"]],
  ["after a comment", ["  secrets:redisPassword: # from the vault", "    # 2026", "    secure: v1:x:y"]],
])("takes an encrypted secret %s", (_, lines) => {
  expect(commit("Pulumi.prod.yaml", stackFile(...lines))).toEqual({ code: 0, stderr: "" });
});

test("refuses a file that prettier would write otherwise", () => {
  const { code, stderr } = commit("notes.md", "*  one\n");
  expect([code, stderr]).toEqual([1, expect.stringContaining("format it: make format")]);
});

test("takes a commit that only deletes", () => {
  commit("notes.md", "One.\n");
  git("-c", "user.name=a", "-c", "user.email=a@b.test", "commit", "--quiet", "--no-verify", "-m", "One");
  git("rm", "--quiet", "notes.md");
  expect(runHook().status).toBe(0);
});

test("the project's own stack files pass", () => {
  for (const stack of ["lab", "prod", "preprod"]) {
    const file = `Pulumi.${stack}.yaml`;
    const content = readFileSync(path.join(projectRoot, file), "utf8");
    expect(commit(file, content)).toEqual({ code: 0, stderr: "" });
  }
});
