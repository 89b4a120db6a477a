import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { generate, importFrom, missingValues } from "../../../../commands/secrets/sources";
import type { StackSecret } from "../../../../commands/secrets/state";
import type { SecretDeclaration } from "../../../../model/secret";
import { fixturePath } from "./fixture";

const oneLine = (value: string) => (value.includes("\n") ? "expected one line" : undefined);
const KEY: SecretDeclaration = {
  name: "n8nEncryptionKey",
  description: "",
  origin: "random",
  ansible: "n8n_encryption_key",
  length: 48,
};
const PASSWORD: SecretDeclaration = {
  name: "password",
  description: "what it is for",
  origin: "supplied",
  check: oneLine,
};

let folder: string;
beforeEach(() => (folder = mkdtempSync(path.join(tmpdir(), "vpai-secrets-"))));
afterEach(() => rmSync(folder, { recursive: true }));

const importText = async (text: string, map: string) => {
  const file = path.join(folder, "vars.yml");
  writeFileSync(file, text);
  return (await importFrom(file, map, "", [PASSWORD], undefined)).values;
};

describe("an import", () => {
  const PASSWORD_FILE = fixturePath("vault-password.txt");

  it("gives values by secret, the rest by name alone", async () => {
    const result = await importFrom(
      fixturePath("whole-1.2.yml"),
      "nested.inner.token=password",
      PASSWORD_FILE,
      [KEY, PASSWORD],
      undefined,
    );
    expect(result.values).toEqual([
      { declaration: KEY, value: "lab-n8n key with 'quotes', $dollar, `ticks`, %s and \\ backslash" },
      { declaration: PASSWORD, value: "lab-nested-token" },
    ]);
    expect(result.unmapped).toContain("unmapped_secret");
    expect(JSON.stringify([result.unmapped, result.remarks])).not.toContain("lab-");
  });

  it("tries every password file", async () => {
    const files = `${fixturePath("other-password.txt")},${PASSWORD_FILE}`;
    expect(
      (await importFrom(fixturePath("inline.yml"), "dev_token=password", files, [PASSWORD], undefined)).values,
    ).toEqual([{ declaration: PASSWORD, value: "lab-inline-other-password" }]);
  });

  it.each([
    ["latin1-password.bin", "latin1_secret", "lab-by-latin1"],
    ["no-break-space-password.txt", "no_break_secret", "lab-by-no-break-space"],
  ])("V3: reads %s, byte for byte, as Ansible does", async (file, variable, value) => {
    const files = ["latin1-password.bin", "no-break-space-password.txt", "vault-password.txt"];
    const passwords = [file, ...files].map(fixturePath).join(",");
    const { values } = await importFrom(
      fixturePath("unusual.yml"),
      `${variable}=password`,
      passwords,
      [PASSWORD],
      undefined,
    );
    expect(values).toEqual([{ declaration: PASSWORD, value }]);
  });

  it("V3: reaches a password inside of a list", async () => {
    const values = await importText(
      "postgresql_users: [{name: n8n, password: x}]\n",
      "postgresql_users[0].password=password",
    );
    expect(values).toEqual([{ declaration: PASSWORD, value: "x" }]);
  });

  it("V1: takes off the line break of `echo`, and says so", async () => {
    const files = ["latin1-password.bin", "no-break-space-password.txt", "vault-password.txt"]
      .map(fixturePath)
      .join(",");
    const opened = await importFrom(fixturePath("unusual.yml"), "echoed_secret=password", files, [PASSWORD], undefined);
    expect(opened.values).toEqual([
      {
        declaration: PASSWORD,
        value: "lab-line",
        remark: "echoed_secret ends in a line break, which is taken off",
      },
    ]);
  });

  it("V4: refuses a template", async () => {
    const text = 'redis_password: "{{ vault_redis }}"\n';
    await expect(importText(text, "redis_password=password")).rejects.toThrow(
      "nothing was imported, as these variables are wrong:\n" +
        "  redis_password (for password): is a template in Ansible, and the file does not hold its result;",
    );
    const layout = `${text}vault_redis_password: in the vault\n`;
    expect(await importText(layout, "redis_password=password")).toEqual([
      { declaration: PASSWORD, value: "in the vault" },
    ]);
  });

  it("ends on a wrong vault password", async () => {
    const opened = importFrom(fixturePath("whole-1.1.yml"), "", fixturePath("other-password.txt"), [KEY], undefined);
    await expect(opened).rejects.toThrow("wrong vault password");
  });

  it("reports every wrong value together, without quoting one", async () => {
    const other = { ...PASSWORD, name: "other" };
    const opened = importFrom(
      fixturePath("whole-1.1.yml"),
      "ovh_consumer_key=password,octal_like=other",
      PASSWORD_FILE,
      [PASSWORD, other],
      undefined,
    );
    await expect(opened).rejects.toThrow(
      "nothing was imported, as these variables are wrong:\n" +
        "  ovh_consumer_key (for password): expected one line, found a line break in it\n" +
        "  octal_like (for other): is no text for Ansible (YAML 1.1); put it in quotes if it is meant to be",
    );
  });

  it("asks for the vault's password where no file is given, and fails where nobody can be asked", async () => {
    const file = fixturePath("inline.yml");
    const asked = importFrom(file, "", "", [KEY], async () => "lab-vault-password-2");
    await expect(asked).rejects.toThrow("variable ovh_application_key: wrong vault password");
    await expect(importFrom(file, "", "", [KEY], undefined)).rejects.toThrow("VAULT_PASSWORD_FILE");
  });

  it("refuses a password script, and asks for none where nothing is encrypted", async () => {
    const [script, plain] = [path.join(folder, "script"), path.join(folder, "plain.yml")];
    writeFileSync(script, "#!/bin/sh\necho password\n");
    writeFileSync(plain, "n8n_encryption_key: plain text\n");
    await expect(importFrom(fixturePath("whole-1.1.yml"), "", script, [KEY], undefined)).rejects.toThrow(
      "found a script",
    );
    expect((await importFrom(plain, "", "", [KEY], undefined)).values).toEqual([
      { declaration: KEY, value: "plain text" },
    ]);
  });
});

describe("missing values", () => {
  const SECRETS: StackSecret[] = [
    { declaration: KEY, state: "made" },
    { declaration: PASSWORD, state: "missing" },
  ];
  afterEach(() => delete process.env["SECRET_password"]);

  it("come from the environment, byte for byte", async () => {
    process.env["SECRET_password"] = " '$x` ü ";
    expect(await missingValues(SECRETS, false, undefined)).toEqual([{ declaration: PASSWORD, value: " '$x` ü " }]);
  });

  it("are refused when they break the secret's rule", async () => {
    process.env["SECRET_password"] = "s3cr3t\nline";
    await expect(missingValues(SECRETS, false, undefined)).rejects.toThrow(
      /^SECRET_password: .*expected one line, found a line break in it$/,
    );
  });

  it("V1: lose the line break at their end, with a remark", async () => {
    process.env["SECRET_password"] = "s3cr3t\r\n";
    expect(await missingValues(SECRETS, false, undefined)).toEqual([
      {
        declaration: PASSWORD,
        value: "s3cr3t",
        remark: "SECRET_password ends in a line break, which is taken off",
      },
    ]);
  });

  it("V3: of a file in another encoding are refused without a word of it", async () => {
    const file = path.join(folder, "latin1");
    writeFileSync(file, Buffer.from("s3cr3t\xe4", "latin1"));
    const asked = missingValues(SECRETS, false, async () => `@${file}`);
    await expect(asked).rejects.toThrow(`expected UTF-8 text in ${file}, found other bytes`);
  });

  it("are made for secrets that the stack would make, when asked to", async () => {
    const values = await missingValues(SECRETS, true, undefined);
    expect(values.map(({ declaration }) => declaration.name)).toEqual(["n8nEncryptionKey"]);
    expect(values[0]?.value).toMatch(/^[A-Za-z0-9]{48}$/);
  });

  it("are asked for until they are right", async () => {
    const answers = ["two\nlines", "@@starts with @"];
    const questions: string[] = [];
    const values = await missingValues(SECRETS, false, async (question) => {
      questions.push(question);
      return answers.shift() ?? "";
    });
    expect(values).toEqual([{ declaration: PASSWORD, value: "@starts with @" }]);
    expect(questions).toEqual(["password: what it is for", "password: what it is for"]);
  });

  it("are read from a file after @, and left out after an empty answer", async () => {
    const file = path.join(folder, "token");
    writeFileSync(file, "from a file\n");
    const [value] = await missingValues([{ declaration: PASSWORD, state: "missing" }], false, async () => `@${file}`);
    expect(value).toEqual({
      declaration: PASSWORD,
      value: "from a file",
      remark: "The value of password ends in a line break, which is taken off",
    });
    expect(await missingValues(SECRETS, false, async () => "")).toEqual([]);
  });

  it("that are made differ, and have 32 characters where no length is declared", () => {
    const made = Array.from({ length: 50 }, () => generate(PASSWORD));
    expect(new Set(made).size).toBe(50);
    for (const value of made) expect(value).toMatch(/^[A-Za-z0-9]{32}$/);
  });
});

it("makes a value with one of each kind where its program wants that", () => {
  const mixed: SecretDeclaration = { ...KEY, length: 8, mixed: true };
  for (let count = 0; count < 50; count++)
    expect(generate(mixed)).toMatch(/^(?=.*[a-z])(?=.*[A-Z])(?=.*[0-9])(?=.*[!@#%^*])[A-Za-z0-9!@#%^*]{8}$/);
});
