import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
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

describe("a command beside a unit", () => {
  const folder = mkdtempSync(path.join(os.tmpdir(), "beside-a-unit-"));
  const environment = {
    PATH: `${folder}:${process.env["PATH"] ?? ""}`,
    GREETING: "a 'b'\n$c",
    NOTIFY_SOCKET: "/run/s",
  };
  let program: ChildProcess;

  beforeAll(() => {
    program = spawn("sleep", ["60"], { env: environment });
    // What it is run as is setpriv's.
    fake("setpriv", 'while [ "$1" != -- ]; do shift; done; shift; exec "$@"');
  });
  afterAll(() => {
    program.kill();
    rmSync(folder, { recursive: true });
  });

  const fake = (name: string, script: string): void =>
    writeFileSync(path.join(folder, name), `#!/bin/sh\n${script}\n`, { mode: 0o755 });

  function beside(pid: number, ...argv: string[]) {
    fake("systemctl", `[ "$3" != MainPID ] || echo ${pid}`);
    const [shell = "", ...args] = execCommand({ unit: "x.service" }, argv, false);
    return spawnSync(shell, args, { encoding: "utf8", env: { PATH: environment.PATH } });
  }

  test("is no part of a shell's text", () => {
    expect(beside(0, "printf", "%s|", "a b", "$(id)").stdout).toBe("a b|$(id)|");
  });

  test("has the environment of its program, without what systemd told that alone", () => {
    const { stdout, stderr } = beside(program.pid ?? 0, "sh", "-c", 'echo "$GREETING|$NOTIFY_SOCKET"');
    expect([stdout, stderr]).toEqual(["a 'b'\n$c|\n", ""]);
  });

  test("says that it goes without where the program does not run", () => {
    const { stdout, stderr } = beside(0, "sh", "-c", 'echo "$GREETING"');
    expect([stdout, stderr]).toEqual(["\n", "x.service does not run: the command goes without its environment\n"]);
  });
});
