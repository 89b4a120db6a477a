import { execFileSync } from "node:child_process";
import { execCommand } from "../../../../commands/exec/command";
import { wordsOf } from "../../../../commands/exec/words";

test.each([
  ["psql -U postgres", ["psql", "-U", "postgres"]],
  ["  psql\t-l\n", ["psql", "-l"]],
  [`psql -c "SELECT 'a b'"`, ["psql", "-c", "SELECT 'a b'"]],
  [`sh -c 'echo "$HOME" | wc -c'`, ["sh", "-c", 'echo "$HOME" | wc -c']],
  [`a'b'"c"\\ d`, ["abc d"]],
  [`"a\\"b\\\\c\\n"`, ['a"b\\c\\n']],
  [`'' ""`, ["", ""]],
  ["echo $HOME `id` *", ["echo", "$HOME", "`id`", "*"]],
])("%j is split as a shell would, and nothing is expanded", (line, words) => {
  expect(wordsOf(line)).toEqual(words);
});

test.each([`psql -c 'SELECT 1; --`, `a "b\\" c`, `c\\`])("%s has a quotation without end", (line) => {
  expect(() => wordsOf(line)).toThrow(/expected: a command .*\n {4}found: {4}a quotation without end/);
});

test.each(["", "   "])("no command, %j", (line) => {
  expect(() => wordsOf(line)).toThrow("found:    nothing");
});

test("a command in a container gets its standard input, and a terminal where there is one", () => {
  expect(execCommand({ container: "vpai_n8n" }, ["node", "-v"], false)).toEqual([
    ...["docker", "exec", "--interactive", "vpai_n8n", "node", "-v"],
  ]);
  expect(execCommand({ container: "vpai_n8n" }, ["sh"], true)).toContain("--tty");
});

test("a command beside a unit is no part of a shell's text", () => {
  const [shell = "", ...args] = execCommand({ unit: "x.service" }, ["printf", "%s|", "a b", "$(id)"], false);
  const fakes = `systemctl() { :; }; setpriv() { while [ "$1" != -- ]; do shift; done; shift; "$@"; }`;
  const [option = "", text = "", ...rest] = args;
  const run = text.replace("&& exec setpriv", "&& setpriv");
  expect(execFileSync(shell, [option, `${fakes}\n${run}`, ...rest], { encoding: "utf8" })).toBe("a b|$(id)|");
});
