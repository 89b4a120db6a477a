import type { Manifest } from "../../../../commands/backups/manifest";
import { compared, emptyRehearsal, heard } from "../../../../commands/drill/rehearsal";

const MANIFEST: Manifest = {
  set: "000042-20261129T025500Z",
  sequence: 42,
  started: "2026-11-29T02:55:00Z",
  ended: "2026-11-29T02:56:00Z",
  bytes: 10,
  parts: [
    {
      name: "postgresql",
      service: "postgresql",
      method: "postgresql",
      rows: { "n8n.public.workflow_entity": 3, "n8n.public.settings": 7, "old.public.things": 99 },
      files: [],
    },
    { name: "redis", service: "redis", method: "redis", rows: { keys: 5 }, files: [] },
    { name: "n8n-exports", service: "n8n", method: "n8n-exports", rows: { workflows: 3 }, files: [] },
    { name: "n8n-files", service: "n8n", method: "files", rows: { files: 4 }, files: [] },
  ],
};

/** What the copy's host says, line by line. */
const SAID = [
  "postgresql: 10 KiB",
  "item\tpostgresql\tn8n\tn8n",
  "count\tpostgresql\trows\tn8n.public.workflow_entity\t3",
  "count\tpostgresql\trows\tn8n.public.settings\t7",
  "item\tredis\tall\tredis",
  "count\tredis\trows\tkeys\t4",
  "item\tn8n-files\tall\tn8n",
  "count\tn8n-files\trows\tfiles\t4",
  "count\tn8n-files\tnewer\tconfig",
  "n8n is back, after 21 s",
  "redis is back, after 3 s",
];

function said(...lines: readonly string[]) {
  const rehearsal = emptyRehearsal();
  lines.forEach((line, index) => heard(rehearsal, line, 1000 * index));
  return rehearsal;
}

test("what came back is compared part by part; what nobody asks for any more, or nothing brings back, is left out", () => {
  const rehearsal = said(...SAID);
  expect(compared(MANIFEST, rehearsal)).toEqual([
    { name: "postgresql", services: ["postgresql", "n8n"], rows: { expected: 10, found: 10 }, differences: [] },
    // A key has run out since.
    { name: "redis", services: ["redis"], rows: { expected: 5, found: 4 }, differences: [] },
    { name: "n8n-files", services: ["n8n"], rows: { expected: 4, found: 4 }, differences: [] },
  ]);
  expect([...rehearsal.back]).toEqual([
    ["n8n", 9000],
    ["redis", 10_000],
  ]);
});

test.each([
  [
    "a row too few",
    ["count\tpostgresql\trows\tn8n.public.settings\t7", "count\tpostgresql\trows\tn8n.public.settings\t6"],
    ["n8n.public.settings: expected 7 rows, found 6"],
  ],
  [
    "a table that is not there",
    ["count\tpostgresql\trows\tn8n.public.settings\t7", ""],
    ["n8n.public.settings: expected 7 rows, found none"],
  ],
  ["more keys than there were", ["\tkeys\t4", "\tkeys\t6"], ["keys: expected 5 rows, found 6"]],
  [
    "what was not in the set",
    [
      "count\tn8n-files\trows\tfiles\t4",
      "count\tn8n-files\trows\tfiles\t4\ncount\tn8n-files\trows\tx.sqlite:t\t1\ncount\tn8n-files\trows\tx.sqlite:e\t0",
    ],
    ["x.sqlite:t: expected nothing of that name, found 1 rows"],
  ],
  [
    "a file with other bytes",
    [
      "count\tn8n-files\trows\tfiles\t4",
      "differs\tn8n-files\t./config: Contents differ\ncount\tn8n-files\trows\tfiles\t4",
    ],
    ["./config: Contents differ"],
  ],
])("%s is told", (_what, [from = "", to = ""], expected) => {
  const lines = SAID.join("\n").replace(from, to).split("\n");
  expect(compared(MANIFEST, said(...lines)).flatMap(({ differences }) => differences)).toEqual(expected);
});

test("a collection that was written to while it was copied has no count to compare, and is no difference", () => {
  const part = { name: "qdrant", service: "qdrant", method: "qdrant", rows: { notes: 2 }, files: [] };
  const lines = ["item\tqdrant\tnotes\ta", "item\tqdrant\tbusy\tb", "count\tqdrant\trows\tnotes\t2"];
  const rehearsal = said(...lines, "count\tqdrant\trows\tbusy\t77");
  expect(compared({ ...MANIFEST, parts: [part] }, rehearsal)).toEqual([
    { name: "qdrant", services: ["qdrant", "a", "b"], rows: { expected: 2, found: 2 }, differences: [] },
  ]);
});
