import { execFileSync, spawnSync } from "node:child_process";
import fc from "fast-check";
import { commandLine, quote, remoteCommand } from "../../../../providers/ssh/quote";
import { anyCharacter } from "../../any-character";

/** What no quoting may lose: all that a shell, a template or a terminal could take as its own. */
const NASTY = [
  "",
  " ",
  "'",
  "''",
  "'\\''",
  '"',
  "\\",
  "\\\\n",
  "a\nb",
  "\n",
  "\r\n",
  "\t",
  "$HOME",
  "${IFS}",
  "$(id)",
  "`id`",
  "!!",
  "*",
  "~",
  "-n",
  "--",
  "%s%n",
  "{{.ID}}",
  "a;b",
  "a&&b",
  "a|b",
  ">x",
  "#x",
  "é ü 漢字 🦆",
  "\u0007\u001b[31m",
  "x".repeat(10_000),
];

/** The arguments that a real shell makes of a command line, by way of a program that shows each of them. */
function split(line: string): string[] {
  const shown = execFileSync("sh", ["-c", `printf '%s\\0' ${line}`], { encoding: "utf8" });
  return shown.split("\0").slice(0, -1);
}

const argument = fc
  .oneof(
    fc.string({ unit: anyCharacter }),
    fc.string({ unit: fc.constantFrom("'", '"', "$", "`", "\\", "\n", " ", "a") }),
  )
  .map((text) => text.replaceAll("\0", ""));

test("a shell gives known nasty arguments back", () => {
  expect(split(commandLine(NASTY))).toEqual(NASTY);
});

test("a shell gives any arguments back, byte for byte", () => {
  fc.assert(
    fc.property(
      fc.array(fc.array(argument, { minLength: 1, maxLength: 50 }), { minLength: 1, maxLength: 8 }),
      (lines) => {
        const all = lines.flat();
        expect(split(commandLine(all))).toEqual(all);
      },
    ),
    { numRuns: 40 },
  );
});

test("an argument can never begin a command of its own", () => {
  fc.assert(
    fc.property(argument, (text) => {
      // Whole pieces in single quotes, and escaped single quotes between them.
      expect(quote(text)).toMatch(/^('[^'\\]*'|\\'|\\\\)+$/);
    }),
  );
});

test("a NUL byte, which no argument can carry, is refused", () => {
  expect(() => quote("a\0b")).toThrow("an argument for a remote command contains a NUL byte");
  expect(() => commandLine(["printf", "\0"])).toThrow("NUL");
});

test.each([
  ["", "''"],
  ["a b", "'a b'"],
  ["it's", "'it'\\''s'"],
  ["a\\b", "'a'\\\\'b'"],
  ["\\'", "\\\\\\'"],
])("S8: %j has its quotes and backslashes outside of quotes", (text, quoted) => {
  expect(quote(text)).toBe(quoted);
});

test("S8: a login shell only starts sh, with each argument as a word of its own", () => {
  expect(remoteCommand(["sudo", "-n", "it's"])).toBe(
    `/bin/sh -c 'export LC_ALL=C.UTF-8 LANGUAGE=C; exec "$@"' vpai 'sudo' '-n' 'it'\\''s'`,
  );
});

// What this machine has of them; fish and zsh are no part of every machine.
const SHELLS = ["sh", "dash", "bash", "zsh", "fish"].filter((shell) => spawnSync(shell, ["-c", "true"]).status === 0);

test.each(SHELLS)("S8: %s as a login shell hands nasty arguments over byte for byte", (shell) => {
  const line = remoteCommand(["printf", "%s\\0", ...NASTY]);
  expect(execFileSync(shell, ["-c", line], { encoding: "utf8" }).split("\0").slice(0, -1)).toEqual(NASTY);
});

test.each(SHELLS)("with %s as a login shell, programs on a French host answer in English", (shell) => {
  const env = { ...process.env, LANG: "fr_FR.UTF-8", LC_ALL: "POSIX", LC_MESSAGES: "fr_FR", LANGUAGE: "fr:de" };
  const said = execFileSync(shell, ["-c", remoteCommand(["env"])], { encoding: "utf8", env }).split("\n");
  expect(said.filter((line) => /^(?:LC_ALL|LANGUAGE)=/.test(line)).sort()).toEqual(["LANGUAGE=C", "LC_ALL=C.UTF-8"]);
});
