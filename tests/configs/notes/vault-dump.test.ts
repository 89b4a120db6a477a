import { execFileSync } from "node:child_process";
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import path from "node:path";
import { dumpVault } from "../../../programs/notes/vault-dump.ts";
import { HASTE, testVault, type TestVault, typeNote } from "../../couchdb/vault";

let vault: TestVault;
let remote: string;

const git = (folder: string, ...args: string[]): string =>
  execFileSync("git", ["-c", "user.name=a", "-c", "user.email=a@b", "-C", folder, ...args], {
    encoding: "utf8",
  }).trim();

beforeEach(async () => {
  vault = await testVault();
  remote = path.join(vault.folder, "remote.git");
  mkdirSync(remote);
  git(remote, "init", "--quiet", "--bare", "--initial-branch=main");
  mkdirSync(tree());
});
afterEach(() => vault.end());

const tree = (): string => path.join(vault.folder, "tree");

const file = (name: string): string => readFileSync(path.join(tree(), name), "utf8");

async function dump(): Promise<string[]> {
  const lines: string[] = [];
  const settings = { couchdb: vault.settings, tree: tree(), patience: HASTE };
  await dumpVault({ ...settings, remote: { url: `file://${remote}`, branch: "main" } }, (line) => lines.push(line));
  return lines;
}

const commits = (): string[] => git(remote, "log", "--format=%s", "main").split("\n");

const pushed = (name: string): string => git(remote, "show", `main:${name}`);

test("a vault's notes, pictures and all, are files that are committed and pushed", async () => {
  typeNote(vault.couchdb, "Journal/2026-01-01 é🎉.md", ["# Day\n", "words\n"]);
  const bytes = Buffer.from(Array.from({ length: 5_000_000 }, (_, index) => (index * 7) % 256));
  vault.couchdb.force({ _id: "h:p1", type: "leaf", data: bytes.subarray(0, 2_999_999).toString("base64") });
  vault.couchdb.force({ _id: "h:p2", type: "leaf", data: bytes.subarray(2_999_999).toString("base64") });
  const picture = {
    path: "Pi/A.png",
    type: "newnote",
    children: ["h:p1", "h:p2"],
    size: 5_000_000,
    ctime: 1,
    mtime: 1,
    eden: {},
  };
  vault.couchdb.force({ _id: "pi/a.png", ...picture });
  typeNote(vault.couchdb, "gone.md", ["x"], { deleted: true });
  vault.couchdb.force({ _id: "obsydian_livesync_version", type: "versioninfo", version: 12 });
  vault.couchdb.force({
    _id: "i:.obsidian/app.json",
    path: "i:.obsidian/app.json",
    type: "newnote",
    children: [],
    size: 0,
  });
  vault.couchdb.force({ _id: "_design/replicate", views: {} });
  expect(await dump()).toEqual(["vault dump: 2 notes, 2 files written, 0 removed; committed"]);
  expect(file("Journal/2026-01-01 é🎉.md")).toBe("# Day\nwords\n");
  expect(readFileSync(path.join(tree(), "Pi/A.png")).equals(bytes)).toBe(true);
  expect(git(remote, "-c", "core.quotePath=false", "ls-tree", "-r", "--name-only", "main").split("\n")).toEqual([
    "Journal/2026-01-01 é🎉.md",
    "Pi/A.png",
  ]);
  expect(git(remote, "log", "-1", "--format=%B", "main")).toMatch(/^Dump the vault\n\nUpdate-Seq: \d+$/);
});

test("nothing is written or committed when nothing changed", async () => {
  typeNote(vault.couchdb, "a.md", ["one"]);
  await dump();
  const [id, { mtimeMs }] = [git(remote, "rev-parse", "main"), statSync(path.join(tree(), "a.md"))];
  vault.couchdb.force({ _id: "h:unused", type: "leaf", data: "moves the sequence" });
  expect(await dump()).toEqual(["vault dump: 1 notes, 0 files written, 0 removed; nothing new to commit"]);
  expect([git(remote, "rev-parse", "main"), statSync(path.join(tree(), "a.md")).mtimeMs]).toEqual([id, mtimeMs]);
});

test("what is gone from the vault is gone from the tree, and what somebody changed in the tree is the vault's again", async () => {
  typeNote(vault.couchdb, "a/b/c.md", ["one"]);
  typeNote(vault.couchdb, "d.md", ["two"]);
  await dump();
  vault.couchdb.force({ ...vault.couchdb.doc("a/b/c.md"), _id: "a/b/c.md", deleted: true });
  writeFileSync(path.join(tree(), "d.md"), "by hand");
  writeFileSync(path.join(tree(), "stray.md"), "by hand");
  mkdirSync(path.join(tree(), "nested/.git"), { recursive: true });
  writeFileSync(path.join(tree(), "nested/.git/config"), "[core]\n\tfsmonitor = touch /tmp/never\n");
  expect(await dump()).toEqual(["vault dump: 1 notes, 1 files written, 3 removed; committed"]);
  expect(readdirSync(tree()).sort()).toEqual([".git", "d.md"]);
  expect([file("d.md"), pushed("d.md")]).toEqual(["two", "two"]);
});

test("what notes say of Git changes nothing of what is kept", async () => {
  typeNote(vault.couchdb, "x/.gitignore", ["*\n"]);
  typeNote(vault.couchdb, "x/.gitattributes", ["* text=auto eol=crlf\n"]);
  typeNote(vault.couchdb, "x/a.md", ["one\r\ntwo\n"]);
  await dump();
  expect(execFileSync("git", ["-C", remote, "show", "main:x/a.md"], { encoding: "utf8" })).toBe("one\r\ntwo\n");
});

test("a note that would leave the tree fails the run, and the others are dumped", async () => {
  typeNote(vault.couchdb, "../../escaped.md", ["x"]);
  typeNote(vault.couchdb, ".git/hooks/post-commit", ["x"]);
  typeNote(vault.couchdb, "fine.md", ["y"]);
  await expect(dump()).rejects.toThrow('"../../escaped.md" is not written: it leaves the tree');
  expect(existsSync(path.join(vault.folder, "escaped.md"))).toBe(false);
  expect(existsSync(path.join(tree(), ".git/hooks/post-commit"))).toBe(false);
  expect(pushed("fine.md")).toBe("y");
});

test("a link in the tree leads nothing out of it", async () => {
  mkdirSync(path.join(vault.folder, "outside"));
  symlinkSync(path.join(vault.folder, "outside"), path.join(tree(), "a"));
  typeNote(vault.couchdb, "a/b.md", ["x"]);
  await dump();
  expect(readdirSync(path.join(vault.folder, "outside"))).toEqual([]);
  expect(file("a/b.md")).toBe("x");
});

test("a folder takes a note's place, and a note a folder's", async () => {
  typeNote(vault.couchdb, "a", ["note"]);
  typeNote(vault.couchdb, "b/c.md", ["below"]);
  await dump();
  vault.couchdb.force({ ...vault.couchdb.doc("a"), _id: "a", deleted: true });
  vault.couchdb.force({ ...vault.couchdb.doc("b/c.md"), _id: "b/c.md", deleted: true });
  typeNote(vault.couchdb, "a/d.md", ["below"]);
  typeNote(vault.couchdb, "b", ["note"]);
  await dump();
  expect([pushed("a/d.md"), pushed("b")]).toEqual(["below", "note"]);
});

test("a damaged note keeps its file, and is told", async () => {
  typeNote(vault.couchdb, "a.md", ["one"]);
  typeNote(vault.couchdb, "b.md", ["one"]);
  await dump();
  const [piece = ""] = vault.couchdb.doc("a.md")?.["children"] as string[];
  vault.couchdb.force({ _id: piece, _deleted: true });
  typeNote(vault.couchdb, "b.md", ["two"]);
  await expect(dump()).rejects.toThrow(`vault dump: a.md: expected the piece ${piece}, found none`);
  expect([pushed("a.md"), pushed("b.md")]).toEqual(["one", "two"]);
});

test("what devices write during the dump is part of it", async () => {
  typeNote(vault.couchdb, "a.md", ["one"]);
  let once = true;
  vault.couchdb.before = ({ path: asked }) => {
    if (!once || !asked.includes("startkey")) return;
    if (!asked.includes("h%3B")) return;
    once = false;
    typeNote(vault.couchdb, "a.md", ["two"]);
    typeNote(vault.couchdb, "b.md", ["new"]);
  };
  await dump();
  expect([pushed("a.md"), pushed("b.md")]).toEqual(["two", "new"]);
});

test("a vault without notes takes no file away", async () => {
  typeNote(vault.couchdb, "a.md", ["one"]);
  await dump();
  vault.couchdb.force({ ...vault.couchdb.doc("a.md"), _id: "a.md", deleted: true });
  await expect(dump()).rejects.toThrow("expected notes, found none; the 1 files of the last dump stay");
  expect(pushed("a.md")).toBe("one");
});

test("a vault that nobody has filled yet makes no history", async () => {
  expect(await dump()).toEqual(["vault dump: 0 notes, 0 files written, 0 removed; nothing new to commit"]);
  expect(git(remote, "branch", "--list")).toBe("");
});

test("the history that the remote has is gone on with, from a new folder, too", async () => {
  typeNote(vault.couchdb, "a.md", ["one"]);
  await dump();
  rmSync(tree(), { recursive: true });
  mkdirSync(tree());
  typeNote(vault.couchdb, "a.md", ["two"]);
  await dump();
  expect(commits()).toHaveLength(2);
  expect(pushed("a.md")).toBe("two");
});

test("commits that somebody else pushed stay in the history, and the files are the vault's", async () => {
  typeNote(vault.couchdb, "a.md", ["one"]);
  await dump();
  const clone = path.join(vault.folder, "clone");
  execFileSync("git", ["clone", "--quiet", `file://${remote}`, clone]);
  writeFileSync(path.join(clone, "README.md"), "by hand");
  git(clone, "add", "--all");
  git(clone, "commit", "--quiet", "--message=By hand");
  git(clone, "push", "--quiet");
  typeNote(vault.couchdb, "a.md", ["two"]);
  await dump();
  expect(commits()).toEqual(["Dump the vault", "By hand", "Dump the vault"]);
  expect(git(remote, "ls-tree", "--name-only", "main")).toBe("a.md");
  expect(pushed("a.md")).toBe("two");
});

test("a remote that is away fails the run, and gets everything with the next one", async () => {
  typeNote(vault.couchdb, "a.md", ["one"]);
  await dump();
  renameSync(remote, `${remote}.away`);
  for (const text of ["two", "three"]) {
    typeNote(vault.couchdb, "a.md", [text]);
    await expect(dump()).rejects.toThrow(/^vault dump: the history is committed here and not pushed: .*git ls-remote/s);
  }
  renameSync(`${remote}.away`, remote);
  // Meanwhile, somebody else pushed.
  const clone = path.join(vault.folder, "clone");
  execFileSync("git", ["clone", "--quiet", `file://${remote}`, clone]);
  git(clone, "commit", "--quiet", "--allow-empty", "--message=Elsewhere");
  git(clone, "push", "--quiet");
  await dump();
  expect(commits().sort()).toEqual([...Array.from({ length: 4 }, () => "Dump the vault"), "Elsewhere"]);
  expect(pushed("a.md")).toBe("three");
  expect(await dump()).toEqual(["vault dump: 1 notes, 0 files written, 0 removed; nothing new to commit"]);
});

test.each([
  ["a lock of its own", () => writeFileSync(path.join(tree(), ".git/index.lock"), "")],
  ["a lock of a branch", () => writeFileSync(path.join(tree(), ".git/refs/heads/main.lock"), "")],
  ["half a file", () => writeFileSync(path.join(tree(), ".git/vpai-candidate"), "half")],
  ["an index that is cut short", () => writeFileSync(path.join(tree(), ".git/index"), "DIRC")],
  ["a history without its head", () => rmSync(path.join(tree(), ".git/HEAD"))],
])("a run that was killed and left %s is followed by a right one", async (_, leave) => {
  typeNote(vault.couchdb, "a.md", ["one"]);
  await dump();
  leave();
  typeNote(vault.couchdb, "a.md", ["two"]);
  await dump();
  expect(pushed("a.md")).toBe("two");
});

test("without a remote the history stays here", async () => {
  typeNote(vault.couchdb, "a.md", ["one"]);
  const settings = { couchdb: vault.settings, tree: tree(), patience: HASTE };
  await dumpVault(settings, () => undefined);
  expect(git(tree(), "log", "--format=%s")).toBe("Dump the vault");
});
