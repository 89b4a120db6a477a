import { mkdirSync, readFileSync, renameSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import path from "node:path";
import { collect, type SourceSettings } from "../../../../programs/notes/collector.ts";
import { HASTE, readAsPlugin, testVault, type TestVault, typeNote } from "../../../couchdb/vault";

let vault: TestVault;

beforeEach(async () => {
  vault = await testVault();
});
afterEach(() => vault.end());

const source = (name: string): string => path.join(vault.folder, "docs", name);

const DAY = 1_760_000_000;

function write(name: string, content: string | Buffer, seconds = DAY): void {
  mkdirSync(path.dirname(source(name)), { recursive: true });
  writeFileSync(source(name), content);
  utimesSync(source(name), seconds, seconds);
}

const docs = (): SourceSettings => ({
  kind: "folder",
  name: "docs",
  folder: path.join(vault.folder, "docs"),
  into: ["Infrastructure"],
});

async function run(sources: SourceSettings[] = [docs()], collector = "obsidian-collector"): Promise<string[]> {
  const lines: string[] = [];
  await collect({ collector, couchdb: vault.settings, sources, patience: HASTE }, (line) => lines.push(line));
  return lines;
}

const last = async (sources?: SourceSettings[]): Promise<string | undefined> => (await run(sources)).at(-1);

const text = (id: string): string | undefined => readAsPlugin(vault.couchdb, id)?.toString();

const rev = (id: string): string | undefined => vault.couchdb.doc(id)?._rev;

const summary = (written: number, unchanged: number, kept: number, removed: number): string =>
  `obsidian-collector: ${written} written, ${unchanged} unchanged, ${kept} left alone, ${removed} removed`;

test("notes come into the vault as the plugin reads them, with the times of what they are made from", async () => {
  write("Runbook.md", "# Runbook\n");
  write("sub/Été 🎉.md", "é🎉".repeat(50_000));
  expect(await last()).toBe(summary(2, 0, 0, 0));
  expect(text("infrastructure/runbook.md")).toBe("# Runbook\n");
  expect(text("infrastructure/sub/été 🎉.md")).toBe("é🎉".repeat(50_000));
  expect(vault.couchdb.doc("infrastructure/runbook.md")).toMatchObject({
    path: "Infrastructure/Runbook.md",
    type: "plain",
    mtime: DAY * 1000,
    eden: {},
  });
});

test("an unchanged note is not written again, whether its file was touched or not", async () => {
  write("a.md", "one");
  await run();
  const before = rev("infrastructure/a.md");
  const count = vault.couchdb.ids().length;
  expect(await last()).toBe(summary(0, 1, 0, 0));
  write("a.md", "one", DAY + 500);
  expect(await last()).toBe(summary(0, 1, 0, 0));
  expect(rev("infrastructure/a.md")).toBe(before);
  expect(vault.couchdb.ids()).toHaveLength(count);
});

test("a changed source is written, and looks newer to devices though its file is older", async () => {
  write("a.md", "one");
  await run();
  write("a.md", "two", DAY - 5_000);
  expect(await last()).toBe(summary(1, 0, 0, 0));
  expect(text("infrastructure/a.md")).toBe("two");
  expect(vault.couchdb.doc("infrastructure/a.md")).toMatchObject({ ctime: DAY * 1000, mtime: DAY * 1000 + 2_000 });
});

test("a note that a person changed is left alone, whatever becomes of its source", async () => {
  write("a.md", "one");
  await run();
  typeNote(vault.couchdb, "Infrastructure/a.md", ["mine", " now"]);
  const theirs = rev("infrastructure/a.md");
  expect(await run()).toEqual(["left alone: Infrastructure/a.md: somebody changed it", summary(0, 0, 1, 0)]);
  write("a.md", "two");
  expect(await last()).toBe(summary(0, 0, 1, 0));
  write("b.md", "other");
  rmSync(source("a.md"));
  await run();
  expect([text("infrastructure/a.md"), rev("infrastructure/a.md")]).toEqual(["mine now", theirs]);
});

test("a note of a person in the place of a new one is left alone", async () => {
  typeNote(vault.couchdb, "Infrastructure/a.md", ["first"]);
  write("a.md", "one");
  expect(await run()).toEqual(["left alone: Infrastructure/a.md: somebody else wrote it", summary(0, 0, 1, 0)]);
  expect(text("infrastructure/a.md")).toBe("first");
});

test("a note that a device wrote again in the collector's words is the collector's", async () => {
  write("a.md", "one");
  await run();
  typeNote(vault.couchdb, "Infrastructure/a.md", ["o", "ne"]);
  expect(await last()).toBe(summary(0, 1, 0, 0));
  write("a.md", "two");
  await run();
  expect(text("infrastructure/a.md")).toBe("two");
});

test.each([
  ["marked as the plugin does", { deleted: true }],
  ["for good", { _deleted: true }],
])("a note that a person deleted, %s, stays deleted", async (_, how) => {
  write("a.md", "one");
  await run();
  vault.couchdb.force({ ...vault.couchdb.doc("infrastructure/a.md"), ...how, _id: "infrastructure/a.md" });
  write("a.md", "two");
  expect(await run()).toEqual(["left alone: Infrastructure/a.md: somebody deleted it", summary(0, 0, 1, 0)]);
  expect(text("infrastructure/a.md")).toBeUndefined();
});

test("a note on which two devices disagree is left to the person who decides", async () => {
  write("a.md", "one");
  await run();
  vault.couchdb.force({ ...vault.couchdb.doc("infrastructure/a.md"), _id: "infrastructure/a.md", _conflicts: ["2-x"] });
  write("a.md", "two");
  expect(await last()).toBe(summary(0, 0, 1, 0));
});

test("a person who saves while the collector writes wins", async () => {
  write("a.md", "one");
  await run();
  write("a.md", "two");
  let once = true;
  vault.couchdb.before = ({ path: asked, body }) => {
    const isMetadata = JSON.stringify(body ?? "").includes('"children"');
    if (!once || !asked.includes("_bulk_docs") || !isMetadata) return;
    once = false;
    typeNote(vault.couchdb, "Infrastructure/a.md", ["meanwhile"]);
  };
  expect(await run()).toEqual(["left alone: Infrastructure/a.md: somebody changed it meanwhile", summary(0, 0, 1, 0)]);
  expect(await last()).toBe(summary(0, 0, 1, 0));
  expect(text("infrastructure/a.md")).toBe("meanwhile");
});

test("a renamed source is a new note, and the old one goes as the plugin deletes", async () => {
  write("old.md", "one");
  write("stays.md", "x");
  await run();
  renameSync(source("old.md"), source("new.md"));
  expect(await run()).toContain("removed: Infrastructure/old.md");
  expect([text("infrastructure/old.md"), text("infrastructure/new.md")]).toEqual([undefined, "one"]);
  expect(vault.couchdb.doc("infrastructure/old.md")).toMatchObject({ deleted: true, path: "Infrastructure/old.md" });
  // And back again: what the collector took away, it may bring back.
  renameSync(source("new.md"), source("old.md"));
  expect(await last()).toBe(summary(1, 1, 0, 1));
  expect(text("infrastructure/old.md")).toBe("one");
});

test("another spelling of the same name stays one note", async () => {
  write("readme.md", "one");
  await run();
  renameSync(source("readme.md"), source("README.md"));
  expect(await last()).toBe(summary(1, 0, 0, 0));
  expect(vault.couchdb.doc("infrastructure/readme.md")).toMatchObject({ path: "Infrastructure/README.md" });
});

test("names that differ in capitals only are two notes", async () => {
  write("A.md", "upper");
  write("a.md", "lower");
  expect(await last()).toBe(summary(2, 0, 0, 0));
  expect(await last()).toBe(summary(0, 2, 0, 0));
  expect(vault.couchdb.ids().filter((id) => id.startsWith("infrastructure/a"))).toHaveLength(2);
});

test("a folder that is empty, or gone, takes no note with it", async () => {
  write("a.md", "one");
  await run();
  rmSync(source("a.md"));
  await expect(run()).rejects.toThrow(
    "obsidian-collector: docs: expected something to make notes of, found nothing; its 1 notes stay",
  );
  rmSync(path.join(vault.folder, "docs"), { recursive: true });
  await expect(run()).rejects.toThrow(/^obsidian-collector: docs: .*ENOENT/);
  expect(text("infrastructure/a.md")).toBe("one");
});

test("one source that fails keeps no other from being published", async () => {
  write("a.md", "one");
  const missing: SourceSettings = { ...docs(), name: "missing", folder: "/nowhere" } as SourceSettings;
  await expect(run([missing, docs()])).rejects.toThrow(/^obsidian-collector: missing: .*ENOENT/);
  expect(text("infrastructure/a.md")).toBe("one");
});

test("pieces that the plugin's clean-up took away come back", async () => {
  write("a.md", "one");
  await run();
  const [piece = ""] = vault.couchdb.doc("infrastructure/a.md")?.["children"] as string[];
  vault.couchdb.force({ _id: piece, _deleted: true });
  await run();
  expect(text("infrastructure/a.md")).toBe("one");
});

test("a server that is busy is asked again", async () => {
  write("a.md", "one");
  let refusals = 2;
  vault.couchdb.before = () => (refusals-- > 0 ? [503, { error: "busy" }] : undefined);
  expect(await last()).toBe(summary(1, 0, 0, 0));
});

test("a server that is down fails the run in one line, and the next one catches up", async () => {
  write("a.md", "one");
  await vault.couchdb.stop();
  await expect(run()).rejects.toThrow(`${vault.settings.url}/obsidian_vault: expected a server, found none`);
  await vault.couchdb.start();
  expect(await last()).toBe(summary(1, 0, 0, 0));
});

test.each([["_bulk_docs"], ["_local/"]])(
  "a server that goes away at its %s leaves nothing half written",
  async (at) => {
    write("a.md", "one");
    await run();
    write("a.md", "two".repeat(100_000));
    write("b.md", "new");
    for (let stop = 1; stop <= 4; stop++) {
      let count = 0;
      vault.couchdb.before = ({ method, path: asked }) =>
        method !== "GET" && asked.includes(at) && ++count >= stop ? [500, { error: "gone" }] : undefined;
      await run().catch(() => undefined);
      for (const id of ["infrastructure/a.md", "infrastructure/b.md"])
        expect(["one", "two".repeat(100_000), "new", undefined]).toContain(text(id));
    }
    vault.couchdb.before = () => undefined;
    const lines = await run();
    expect(lines.filter((line) => line.startsWith("left alone"))).toEqual([]);
    expect([text("infrastructure/a.md"), text("infrastructure/b.md")]).toEqual(["two".repeat(100_000), "new"]);
  },
);

test("a wrong password is not tried again", async () => {
  writeFileSync(vault.settings.passwordFile, "wrong");
  await expect(run()).rejects.toThrow("found 401");
  expect(vault.couchdb.asked).toHaveLength(1);
});

test.each([
  ["encrypted", { _id: "h:+abc", type: "leaf", data: "%secret" }, "expected a plain vault, found one encrypted"],
  ["with hidden paths", { _id: "f:0123", type: "plain", children: [] }, "found one with hidden paths"],
  [
    "of a newer format",
    { _id: "obsydian_livesync_version", type: "versioninfo", version: 13 },
    "expected a vault of format 12 or older, found 13",
  ],
])("a vault that is %s is refused before anything is written", async (_, doc, message) => {
  vault.couchdb.force(doc);
  write("a.md", "one");
  await expect(run()).rejects.toThrow(message);
  expect(vault.couchdb.ids()).toHaveLength(1);
});

test("a restored, older database is brought up to date", async () => {
  write("a.md", "one");
  await run();
  const older = { ...vault.couchdb.doc("infrastructure/a.md") };
  write("a.md", "two");
  await run();
  vault.couchdb.force({ ...older, _id: "infrastructure/a.md" });
  expect(await last()).toBe(summary(1, 0, 0, 0));
  expect(text("infrastructure/a.md")).toBe("two");
});

test("two collectors know their own notes only", async () => {
  write("a.md", "one");
  await run();
  mkdirSync(path.join(vault.folder, "pi"));
  writeFileSync(path.join(vault.folder, "pi/x.md"), "pi");
  const pi: SourceSettings = { kind: "folder", name: "docs", folder: path.join(vault.folder, "pi"), into: ["Pi"] };
  const lines = await run([pi], "obsidian-collector-pi");
  expect(lines.at(-1)).toBe("obsidian-collector-pi: 1 written, 0 unchanged, 0 left alone, 0 removed");
  expect(text("infrastructure/a.md")).toBe("one");
});

test("renders are notes with their prompt, and pictures up to a size; both follow a rename, and stay when the file goes", async () => {
  const renders = (): SourceSettings => ({
    kind: "renders",
    name: "comfyui",
    program: "ComfyUI",
    folder: path.join(vault.folder, "docs"),
    into: ["Pi", "ComfyUI"],
    pictureMiB: 6,
  });
  const graph = { 3: { inputs: { text: "a fox, at dawn" } }, 4: { inputs: { ckpt_name: "sd15.safetensors" } } };
  const picture = pngOf(640, 480, JSON.stringify(graph), 5_000_000);
  write("fox_0001_.png", picture);
  write("film.mp4", Buffer.alloc(10));
  expect(await last([renders()])).toBe(summary(3, 0, 0, 0));
  expect(readAsPlugin(vault.couchdb, "pi/comfyui/fox_0001_.png")?.equals(picture)).toBe(true);
  const note = text("pi/comfyui/fox_0001_.png.md");
  expect(note).toContain("width: 640\nheight: 480\n");
  expect(note).toContain("![[Pi/ComfyUI/fox_0001_.png]]");
  expect(note).toContain("a fox, at dawn");
  expect(note).toContain("Models: sd15.safetensors");
  expect(vault.couchdb.ids()).not.toContain("pi/comfyui/film.mp4");
  const asked = vault.couchdb.asked.length;
  expect(await last([renders()])).toBe(summary(0, 3, 0, 0));
  expect(JSON.stringify(vault.couchdb.asked.slice(asked)).length).toBeLessThan(20_000);
  renameSync(source("fox_0001_.png"), source("Fox.png"));
  expect(await last([renders()])).toBe(summary(2, 1, 0, 2));
  rmSync(source("Fox.png"));
  expect(await last([renders()])).toBe(summary(0, 1, 0, 0));
  expect(text("pi/comfyui/fox.png.md")).toContain("![[Pi/ComfyUI/Fox.png]]");
});

/** A PNG's frame with a size, ComfyUI's text, and so many bytes of picture. */
function pngOf(width: number, height: number, prompt: string, bytes: number): Buffer {
  const chunk = (type: string, data: Buffer): Buffer => {
    const length = Buffer.alloc(4);
    length.writeUInt32BE(data.length);
    return Buffer.concat([length, Buffer.from(type), data, Buffer.alloc(4)]);
  };
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  return Buffer.concat([
    Buffer.from("89504e470d0a1a0a", "hex"),
    chunk("IHDR", header),
    chunk("tEXt", Buffer.from(`prompt\0${prompt}`)),
    chunk("IDAT", Buffer.alloc(bytes, 7)),
    chunk("IEND", Buffer.alloc(0)),
  ]);
}

test("the password is nowhere but in the header", async () => {
  write("a.md", "one");
  const lines = await run();
  expect(`${lines.join("")}${JSON.stringify(vault.couchdb.asked)}`).not.toContain("vault-password");
  expect(readFileSync(vault.settings.passwordFile, "utf8")).toBe("vault-password\n");
});
