import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { writeSecret } from "../../../../commands/secrets/stack-file";

const SECRET = "'\"$x`%s {{ü\\ two\nlines\n\n";

let folder: string;
beforeEach(() => (folder = mkdtempSync(path.join(tmpdir(), "vpai-secrets-"))));
afterEach(() => rmSync(folder, { recursive: true }));

/** A `pulumi` that notes its arguments, its environment and its input, and ends with `code`. */
const recorder = (code: number): NodeJS.ProcessEnv => {
  const script = `#!${process.execPath}
const fs = require("fs"), path = require("path");
const note = (name, text) => fs.writeFileSync(path.join(__dirname, name), text);
note("input", fs.readFileSync(0)); note("argv", JSON.stringify(process.argv.slice(2))); note("env", JSON.stringify(process.env));
console.error("error: incorrect passphrase"); process.exit(${code});
`;
  writeFileSync(path.join(folder, "pulumi"), script, { mode: 0o755 });
  return { PATH: folder };
};

const noted = (name: string) => readFileSync(path.join(folder, name), "utf8");

it("hands the value over on stdin alone, with the line break that pulumi takes off", async () => {
  await writeSecret("prod", "databasePassword", SECRET, recorder(0));
  expect(noted("input")).toBe(`${SECRET}\n`);
  expect(JSON.parse(noted("argv"))).toEqual([
    "config",
    "set",
    "--secret",
    "--stack",
    "prod",
    "secrets:databasePassword",
  ]);
  expect(JSON.parse(noted("env"))).toEqual({ PATH: folder });
});

it("fails with what pulumi said", async () => {
  await expect(writeSecret("prod", "databasePassword", SECRET, recorder(255))).rejects.toThrow(
    "secrets:databasePassword was not written: error: incorrect passphrase",
  );
});
