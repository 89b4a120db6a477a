import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { fits, passphraseIn } from "../../../../commands/secrets/check-passphrase";

/** What Pulumi itself wrote for the publicly known passphrase of the lab. */
const SALT = "v1:0F8JGMn7M7I=:v1:VcN6XF210a8anvmJ:pnUCPQu2KJuvMCshA1ZwDkjhIZw4ew==";

test.each([
  ["lab-only-this-passphrase-is-public", true],
  ["lab-only-this-passphrase-is-publik", false],
  ["", false],
])("whether the passphrase %j fits what Pulumi wrote: %j", async (passphrase, expected) => {
  expect(await fits(passphrase, SALT)).toBe(expected);
});

test("of a form that is not known, the engine is to tell", async () => {
  expect(await fits("any", "v2:something")).toBe(true);
});

describe("which passphrase pulumi takes", () => {
  const folder = mkdtempSync(path.join(os.tmpdir(), "passphrase-"));
  const PULUMI_CONFIG_PASSPHRASE_FILE = path.join(folder, "file");
  writeFileSync(PULUMI_CONFIG_PASSPHRASE_FILE, "of the file\n");
  afterAll(() => rmSync(folder, { recursive: true }));

  test.each([
    [{}, undefined],
    [{ PULUMI_CONFIG_PASSPHRASE: "" }, ""],
    [{ PULUMI_CONFIG_PASSPHRASE: "given" }, "given"],
    [{ PULUMI_CONFIG_PASSPHRASE_FILE }, "of the file"],
    [{ PULUMI_CONFIG_PASSPHRASE: "", PULUMI_CONFIG_PASSPHRASE_FILE }, "of the file"],
    [{ PULUMI_CONFIG_PASSPHRASE: "given", PULUMI_CONFIG_PASSPHRASE_FILE }, "given"],
  ])("%j", (env, expected) => expect(passphraseIn(env)).toBe(expected));
});
