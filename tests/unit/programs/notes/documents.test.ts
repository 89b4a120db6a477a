import { createHash } from "node:crypto";
import fc from "fast-check";
import { documentsOf } from "../../../../programs/notes/documents.ts";
import { documentId, vaultPath } from "../../../../programs/notes/paths.ts";
import { contentOf, isNote, type StoredNote } from "../../../../programs/notes/reading.ts";

const note = (path: string, content: Buffer | string) =>
  documentsOf({ path, content: Buffer.from(content), ctime: 1_700_000_000_000, mtime: 1_700_000_500_000 });

const sha256 = (text: string): string => createHash("sha256").update(text).digest("hex");

test("a short note is a document and one piece, as the plugin writes them", () => {
  expect(note("n8n/Été.md", "# Été\n")).toEqual({
    metadata: {
      _id: "n8n/été.md",
      path: "n8n/Été.md",
      type: "plain",
      children: [`h:${sha256("# Été\n")}`],
      ctime: 1_700_000_000_000,
      mtime: 1_700_000_500_000,
      size: 8,
      eden: {},
    },
    pieces: [{ _id: `h:${sha256("# Été\n")}`, type: "leaf", data: "# Été\n" }],
  });
});

test("an empty note has no piece", () => {
  expect(note("a.md", "").metadata).toMatchObject({ children: [], size: 0 });
});

test("a picture is base64 in pieces that can be read one by one or all at once", () => {
  const bytes = Buffer.from(Array.from({ length: 200_000 }, (_, index) => (index * 31) % 256));
  const { metadata, pieces } = note("Pi/ComfyUI/a.png", bytes);
  expect(metadata).toMatchObject({ type: "newnote", size: 200_000 });
  expect(pieces).toHaveLength(3);
  expect(Buffer.concat(pieces.map(({ data }) => Buffer.from(data, "base64"))).equals(bytes)).toBe(true);
  expect(Buffer.from(pieces.map(({ data }) => data).join(""), "base64").equals(bytes)).toBe(true);
});

test("no piece is larger than telephones take, and none ends within a character", () => {
  const text = "a🎉é".repeat(60_000);
  const { pieces, metadata } = note("long.md", text);
  expect(pieces.length).toBeGreaterThan(4);
  for (const { data } of pieces) {
    expect(Buffer.byteLength(data)).toBeLessThanOrEqual(100_000);
    expect(data).not.toContain("\ufffd");
  }
  const data = new Map(pieces.map((piece) => [piece._id, piece.data]));
  expect(metadata.children.map((id) => data.get(id)).join("")).toBe(text);
});

test("what was appended to leaves the pieces before it as they are", () => {
  const before = note("log.md", "x".repeat(160_000)).metadata.children;
  expect(note("log.md", `${"x".repeat(160_000)}y`).metadata.children.slice(0, 2)).toEqual(before.slice(0, 2));
});

test.each([
  ["Notes/A.md", "notes/a.md"],
  ["_templates/Day.md", "/_templates/day.md"],
])("%s is the document %s", (path, id) => expect(documentId(path)).toBe(id));

test.each([
  [["n8n", "Report: Q1/Q2 #3.md"], "n8n/Report- Q1-Q2 -3.md"],
  [["a", "..", "b.md"], "a/untitled/b.md"],
  [["a", ".hidden.md"], "a/hidden.md"],
  [["a", "con.md"], "a/-con.md"],
  [["a", "Cafe\u0301.md"], "a/Caf\u00e9.md"],
  [["a", "ends. ", "b.md"], "a/ends/b.md"],
  [["a", "two\nlines.md"], "a/two-lines.md"],
])("%j is the path %s", (parts, path) => expect(vaultPath(...parts)).toBe(path));

test("names and paths that are too long keep their beginning and their ending, and stay different", () => {
  const [one, other] = ["1", "2"].map((end) => vaultPath("n8n", `${"é".repeat(300)}${end}.md`));
  expect(one).not.toBe(other);
  expect(one).toMatch(/^n8n\/é+~[0-9a-f]{8}\.md$/);
  expect(Buffer.byteLength(one?.split("/")[1] ?? "")).toBeLessThanOrEqual(120);
  const deep = vaultPath("OpenClaw", ...Array.from({ length: 40 }, (_, index) => `folder ${index}`), "SKILL.md");
  expect(deep).toMatch(/^OpenClaw\/[0-9a-f]{8}\/SKILL\.md$/);
});

test("any texts make a path that each system takes", () => {
  fc.assert(
    fc.property(fc.array(fc.string({ unit: "grapheme" }), { minLength: 1, maxLength: 6 }), (parts) => {
      const path = vaultPath("Top", ...parts);
      expect(path.length).toBeLessThanOrEqual(260);
      for (const name of path.split("/")) {
        expect(name).toMatch(/^[^.\s]/);
        expect(name).toMatch(/[^.\s]$/);
        expect(name).not.toMatch(/[\\:*?"<>|]/);
        expect(Buffer.byteLength(name)).toBeLessThanOrEqual(120);
      }
    }),
  );
});

// Documents as the plugin writes them, typed in.
const PLAIN = {
  _id: "notes/day.md",
  _rev: "3-a",
  path: "Notes/Day.md",
  type: "plain",
  children: ["h:1a", "h:2b"],
  ctime: 1,
  mtime: 2,
  size: 10,
  eden: {},
} as unknown as StoredNote;

test("a person's note is its pieces in order", () => {
  const pieces = new Map([
    ["h:2b", " wörld"],
    ["h:1a", "hey"],
  ]);
  expect(contentOf(PLAIN, pieces).toString()).toBe("hey wörld");
});

test("a note with a missing piece, or of another size, is damaged", () => {
  expect(() => contentOf(PLAIN, new Map([["h:1a", "hey"]]))).toThrow(
    "Notes/Day.md: expected the piece h:2b, found none",
  );
  const short = new Map([
    ["h:1a", "he"],
    ["h:2b", " you"],
  ]);
  expect(() => contentOf(PLAIN, short)).toThrow("Notes/Day.md: expected 10 bytes, found 6");
});

test("older documents are read, too: text in the document itself, pieces in it, no size", () => {
  const legacy = {
    _id: "/_old.md",
    type: "notes",
    data: ["a", "b"],
    size: 0,
    ctime: 1,
    mtime: 1,
  } as unknown as StoredNote;
  expect(contentOf(legacy, new Map()).toString()).toBe("ab");
  const eden = { ...PLAIN, children: ["h:e"], eden: { "h:e": { data: "in eden", epoch: 1 } }, size: 7 } as StoredNote;
  expect(contentOf(eden, new Map()).toString()).toBe("in eden");
});

test.each([
  ["a piece", { _id: "h:1a", type: "leaf", data: "x" }],
  ["a piece in the seed's format", { _id: "v2:plain:bm90ZS5tZA==", type: "leaf", data: "x" }],
  ["a hidden file", { _id: "i:.obsidian/app.json", type: "newnote", children: [] }],
  ["a design document", { _id: "_design/x", views: {} }],
  ["the plugin's version", { _id: "obsydian_livesync_version", type: "versioninfo", version: 12 }],
  ["a tombstone", { _id: "a.md", _deleted: true }],
])("%s is no note", (_, doc) => expect(isNote(doc as never)).toBe(false));
