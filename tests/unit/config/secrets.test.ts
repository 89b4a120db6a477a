import { readSecret } from "../../../config";
import { platformNames } from "../../../platforms";

const PASSWORD = { name: "password", description: "", origin: "supplied" } as const;

it.each(["s3cr3t\n", "s3cr3t\r\n", "s3cr3t\r"])("V1: takes one line break off the end of %j, with a remark", (text) => {
  expect(readSecret(PASSWORD, text)).toEqual({
    value: "s3cr3t",
    remark: "ends in a line break, which is taken off",
  });
});

it.each([" s3cr3t ", "pa$word$1x#y", "'\"`\\%{{ü密🔑", "no-break\u00a0"])("V1: takes %j as it is", (text) => {
  expect(readSecret(PASSWORD, text)).toEqual({ value: text });
});

it.each([
  ["s3cr3t\n\n", "expected one line, found a line break in it"],
  ["s3cr3t\r\nline", "expected one line, found a line break in it"],
  ["s3cr3t\t", "expected text without control characters, found U+0009"],
  ["s3\0cr3t", "expected text without control characters, found U+0000"],
  ["\u001b[31ms3cr3t", "expected text without control characters, found U+001B"],
  ["s3cr3t\u007f", "expected text without control characters, found U+007F"],
  ["s3cr3t\u0085", "expected text without control characters, found U+0085"],
  ["s3cr3t\u2028", "expected text without control characters, found U+2028"],
  ["s3cr\u200b3t", "expected text without control characters, found U+200B"],
  ["s3cr\u00ad3t", "expected text without control characters, found U+00AD"],
  ["s3cr3t\u200f", "expected text without control characters, found U+200F"],
  ["\u202es3cr3t", "expected text without control characters, found U+202E"],
  ["s3cr\u2060\u200d3t", "expected text without control characters, found U+2060"],
  ["s3cr3t\u{e0041}", "expected text without control characters, found U+E0041"],
  ["\ufeffs3cr3t", "expected text without control characters, found U+FEFF"],
  ["s3cr3t\ud800", "expected text without control characters, found U+D800"],
  ["\n", "it is empty"],
])("V1: refuses %j", (text, fault) => {
  expect(readSecret(PASSWORD, text).fault).toBe(fault);
});

it.each(["two\nlines", "two\r\nlines", "tab\there"])("V1: takes %j for a secret of many lines", (text) => {
  expect(readSecret({ ...PASSWORD, multiline: true }, text)).toEqual({ value: text });
});

it("V1: refuses other control characters in a secret of many lines", () => {
  expect(readSecret({ ...PASSWORD, multiline: true }, "two\nli\0nes").fault).toBe(
    "expected text without control characters, found U+0000",
  );
});

it("V1: refuses what nobody sees in a secret of many lines, too", () => {
  expect(readSecret({ ...PASSWORD, multiline: true }, "two\nli\u200bnes").fault).toBe(
    "expected text without control characters, found U+200B",
  );
});

it("V1: asks the secret's own rule about the text without the line break", () => {
  const three = { ...PASSWORD, check: (value: string) => (value.length === 3 ? undefined : "expected three") };
  expect(readSecret(three, "abc\n").fault).toBeUndefined();
  expect(readSecret(three, "abcd\n").fault).toBe("expected three");
});

it("V1: is the rule of every declared secret", () => {
  const declared = platformNames.flatMap(({ secrets }) => secrets);
  expect(declared.length).toBeGreaterThan(20);
  const accepted = declared.filter((secret) => readSecret(secret, "two\nlines").fault === undefined);
  expect(accepted.map(({ name }) => name).sort()).toEqual(["n8nEncryptionKey", "vaultDeployKey"]);
});
