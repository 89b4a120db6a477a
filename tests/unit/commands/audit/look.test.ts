import { spawnSync } from "node:child_process";
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";

/** The part of the look that reads whose keys open an account. */
const [KEYS_OF = ""] =
  /^keys_of\(\) \{[^]*?\n\}$/m.exec(readFileSync(path.join(__dirname, "../../../../commands/audit/look.sh"), "utf8")) ??
  [];

let home: string;
beforeEach(() => {
  home = mkdtempSync(path.join(os.tmpdir(), "look-"));
  mkdirSync(path.join(home, ".ssh"));
  writeFileSync(path.join(home, "sshd"), "#!/bin/sh\necho authorizedkeysfile .ssh/authorized_keys\n");
  chmodSync(path.join(home, "sshd"), 0o755);
});
afterEach(() => rmSync(home, { recursive: true, force: true }));

const keysIn = (text: string): string[] => {
  writeFileSync(path.join(home, ".ssh/authorized_keys"), text);
  const script = `tell() { sed "s/^/$1\t/"; }\n${KEYS_OF}\nkeys_of me "$1"`;
  const env = { ...process.env, PATH: `${home}:${process.env["PATH"] ?? ""}` };
  const { stdout } = spawnSync("sh", ["-c", script, "vpai", home], { env, encoding: "utf8" });
  return stdout.split("\n").flatMap((line) => (line === "" ? [] : [line.split("\t").at(-1) ?? ""]));
};

test.each([
  ["a plain one", "ssh-ed25519 AAAAone me", ["ssh-ed25519 AAAAone"]],
  ["one of a security key", "sk-ssh-ed25519@openssh.com AAAAtwo", ["sk-ssh-ed25519@openssh.com AAAAtwo"]],
  ["more blanks", "ssh-rsa \t AAAAone me", ["ssh-rsa AAAAone"]],
  ["options with a #", 'command="sh #" ssh-ed25519 AAAAone', ["ssh-ed25519 AAAAone"]],
  ["a comment that is a key", "ssh-rsa AAAAone ssh-rsa AAAAtwo", ["ssh-rsa AAAAone", "ssh-rsa AAAAtwo"]],
  ["a line that is none", "  # ssh-ed25519 AAAAone", []],
])("keys are found however their lines are written: %s", (_what, line, found) =>
  expect(keysIn(`${line}\n`)).toEqual(found),
);
