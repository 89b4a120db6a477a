import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { projectRoot } from "../../toolchain/environment";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), "makefile-"));
  writeFileSync(
    path.join(folder, "Makefile"),
    `include ${projectRoot}/Makefile\nshow:\n\t@printf '%s|%s' "$$SECRET_x" "$$CMD"\nchosen:\n\t@printf '%s|%s' "$$VPAI_SERVICES" "$$VPAI_RECREATE"\n`,
  );
});
afterEach(() => rmSync(folder, { recursive: true }));

/** What a command of the Makefile finds in SECRET_x and CMD; nothing of a make around this one. */
const make = (given: readonly string[], env: Record<string, string> = {}, target = "show") =>
  spawnSync("make", ["-s", target, ...given], {
    cwd: folder,
    env: { PATH: process.env["PATH"], LC_ALL: "C", ...env },
    encoding: "utf8",
  });

it.each([
  "pa$word$1x#y",
  "$$ $(shell touch pwned) ${HOME} $@ $%",
  "'\"`\\ \\# %, z  ",
  "a=b:=c",
  "ü密🔑",
  "two\n$lines\\\n",
])("V2: hands SECRET_x=%j over byte for byte", (value) => {
  expect(make([`SECRET_x=${value}`]).stdout).toBe(`${value}|`);
  expect(make([], { SECRET_x: value }).stdout).toBe(`${value}|`);
});

it("V2: hands a command over byte for byte", () => {
  expect(make(['CMD=awk "{print $1}"']).stdout).toBe('|awk "{print $1}"');
});

it.each([
  ["SECRET_x:=s3cr3t", "expected SECRET_x=value, found SECRET_x:=value"],
  ["SECRET_x= s3cr3t", "expected SECRET_x=value, found white space behind the ="],
  ["CMD=\ts3cr3t", "expected CMD=value, found white space behind the ="],
])("V2: refuses %j, of which make takes something off", (given, message) => {
  const { status, stderr } = make([given]);
  expect(status).toBe(2);
  expect(stderr).toContain(message);
  expect(stderr).not.toContain("s3cr3t");
});

it("V2: takes white space at the beginning from the environment", () => {
  expect(make([], { SECRET_x: " pa$1" }).stdout).toBe(" pa$1|");
});

it.each([
  ["nothing", [], {}, "|"],
  ["what the command line gives", ["SERVICES=all", "RECREATE=a/b c/d"], {}, "all|a/b c/d"],
  ["the same inside of a make that was given none", ["SERVICES=all", "RECREATE=a/b"], { inherited: "" }, "all|a/b"],
  ["the same inside of a make that was given others", ["SERVICES=all", "RECREATE=a/b"], { inherited: "x" }, "all|a/b"],
  ["what the make around it was given", [], { inherited: "x" }, "x|x"],
])("chooses services and what is made anew: %s", (_, given, { inherited }: { inherited?: string }, chosen) => {
  const env = inherited === undefined ? {} : { VPAI_SERVICES: inherited, VPAI_RECREATE: inherited };
  expect(make(given, env, "chosen").stdout).toBe(chosen);
});
