import { decryptVault, isVault, VaultError } from "../../../../commands/secrets/ansible-vault";
import { fixture, OTHER_PASSWORD, PASSWORD } from "./fixture";

const TEXT = fixture("whole-1.1.yml");
const FIRST_LINES = `---
# lab-marked test data, made for the tests alone
n8n_encryption_key: "lab-n8n key with 'quotes', $dollar, \`ticks\`, %s and \\\\ backslash"
postgresql_password: lab-ünïcödé-密码-🔑
`;

/** The vault with its body changed; the body is hexadecimal text of hexadecimal lines. */
const withBody = (change: (body: string) => string): string => {
  const [header = "", ...lines] = TEXT.trim().split("\n");
  const body = change(Buffer.from(lines.join(""), "hex").toString("latin1"));
  return `${header}\n${Buffer.from(body, "latin1").toString("hex")}\n`;
};

const messageOf = (text: string, passwords = [PASSWORD]): string => {
  try {
    decryptVault(text, passwords);
  } catch (error) {
    if (error instanceof VaultError) return error.message;
    throw error;
  }
  throw new Error("expected a VaultError, but the vault was opened");
};

it.each(["whole-1.1.yml", "whole-1.2.yml"])("opens %s", (name) => {
  const plain = decryptVault(fixture(name), [PASSWORD]);
  expect(plain.slice(0, FIRST_LINES.length)).toBe(FIRST_LINES);
  expect(plain.endsWith("unmapped_secret: lab-unmapped-value\n")).toBe(true);
});

it("opens with whichever password fits, and with Windows line ends", () => {
  expect(decryptVault(TEXT.replaceAll("\n", "\r\n"), [OTHER_PASSWORD, PASSWORD])).toContain("lab-nested-token");
});

it.each(["whole-1.1.yml", "whole-1.2.yml"])("says that the password for %s is wrong", (name) => {
  expect(messageOf(fixture(name), [OTHER_PASSWORD])).toContain("wrong vault password");
  expect(messageOf(fixture(name), [OTHER_PASSWORD])).not.toContain("lab-vault-password");
});

it("names the vault id that a password was missing for", () => {
  expect(messageOf(fixture("whole-1.2.yml"), [OTHER_PASSWORD])).toContain("its vault id is prod");
});

it("V3: reads a vault id with blanks in it, and blanks around the fields", () => {
  const labelled = fixture("whole-1.2.yml").replace(";prod", "; my prod ");
  expect(decryptVault(labelled, [PASSWORD])).toContain("lab-nested-token");
  expect(messageOf(labelled, [OTHER_PASSWORD])).toContain("(its vault id is my prod)");
});

it.each([
  ["another cipher", TEXT.replace("AES256", "AES"), "format 1.1 or 1.2 with AES256"],
  ["another version", TEXT.replace("1.1", "1.0"), "format 1.1 or 1.2 with AES256"],
  ["no body", TEXT.split("\n")[0] ?? "", "cut short"],
  ["an odd digit", `${TEXT.trim()}0`, "hexadecimal"],
  ["a letter that is no digit", TEXT.replace(/\n\d/, "\nx"), "hexadecimal"],
  ["two parts", withBody((body) => body.slice(0, body.lastIndexOf("\n"))), "cut short"],
  [
    "a changed ciphertext",
    withBody((body) => body.slice(0, -1) + (body.endsWith("0") ? "1" : "0")),
    "wrong vault password",
  ],
  ["a shortened HMAC", withBody((body) => body.replace(/\n[0-9a-f]{2}/, "\n")), "wrong vault password"],
])("refuses a vault with %s", (_what, text, message) => {
  expect(messageOf(text)).toContain(message);
});

it("tells a vault from plain text", () => {
  expect(isVault(TEXT)).toBe(true);
  expect(isVault("---\nname: value\n")).toBe(false);
});
