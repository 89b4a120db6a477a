import { spawnSync } from "node:child_process";
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { projectRoot } from "../../../../toolchain/environment";

/** What the program notes from one run to the next. What it does with Restic is tried in tests/lab/all/offsite.test.ts. */

let folder: string;

const RESTIC = `case "$*" in *"cat config"*) echo '{"id":"r1"}' ;; *snapshots*) echo '[]' ;; esac`;
const JQ = `case "$*" in *.id) sed 's/.*"id":"\\([^"]*\\)".*/\\1/' ;; *) echo '[]' ;; esac`;

beforeEach(() => {
  folder = mkdtempSync(path.join(os.tmpdir(), "offsite-"));
  for (const name of ["bin", "store"]) mkdirSync(path.join(folder, name));
  for (const [name, text] of Object.entries({ restic: RESTIC, jq: JQ })) {
    writeFileSync(path.join(folder, "bin", name), `#!/bin/sh\n${text}\n`);
    chmodSync(path.join(folder, "bin", name), 0o755);
  }
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const at = (name: string): string => path.join(folder, "store", name);
const noted = (name: string): string => readFileSync(at(name), "utf8");

function upkeep(): { code: number | null; error: string } {
  const { status, stderr } = spawnSync("sh", [path.join(projectRoot, "programs/offsite/offsite.sh"), "do-upkeep"], {
    env: {
      ...process.env,
      PATH: `${path.join(folder, "bin")}:${process.env["PATH"] ?? ""}`,
      OFFSITE_STORE: path.join(folder, "store"),
      OFFSITE_SECRETS: folder,
      RESTIC_REPOSITORY: "s3:https://example.org/b",
    },
    encoding: "utf8",
  });
  return { code: status, error: stderr };
}

test("each upkeep reads the next part, and notes it with the repository and the moment", () => {
  expect([upkeep(), upkeep()]).toEqual([
    { code: 0, error: "" },
    { code: 0, error: "" },
  ]);
  expect([noted("part"), noted("repository")]).toEqual(["2\n", "r1\n"]);
  expect(Math.abs(Number(noted("clock")) - Date.now() / 1000)).toBeLessThan(60);
  expect(JSON.parse(noted("checked.json"))).toMatchObject({ part: 2, of: 8 });
});

test("notes that a full disk has emptied keep no later run from its work", () => {
  for (const name of ["clock", "part", "repository"]) writeFileSync(at(name), "");
  expect(upkeep()).toEqual({ code: 0, error: "" });
  expect([noted("part"), noted("repository")]).toEqual(["1\n", "r1\n"]);
});

test("a full disk empties no note", () => {
  writeFileSync(at("clock"), "1700000000\n");
  // Whatever is written there finds no room.
  symlinkSync("/dev/full", at(".note"));
  expect(upkeep().code).toBe(1);
  expect(noted("clock")).toBe("1700000000\n");
});
