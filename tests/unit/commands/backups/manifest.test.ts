import { ageOf, type Manifest, manifestsIn, rowsOf, setAt } from "../../../../commands/backups/manifest";

const part = (name: string, service: string, ...bytes: number[]) => ({
  name,
  service,
  method: "files",
  rows: {},
  files: bytes.map((size, index) => ({ path: String(index), bytes: size })),
});

const manifest = (sequence: number, day: string, ...parts: Manifest["parts"]): Manifest => ({
  set: `${String(sequence).padStart(6, "0")}-${day.replaceAll("-", "")}T025500Z`,
  sequence,
  started: `${day}T02:55:00Z`,
  ended: `${day}T02:57:30Z`,
  bytes: 1,
  parts,
});

const MIB = 1_048_576;

const SETS = [
  manifest(7, "2026-11-27", part("db", "postgresql", MIB), part("old-files", "old", 1)),
  manifest(
    8,
    "2026-11-28",
    part("db", "postgresql", MIB),
    part("n8n-files", "n8n", MIB / 2),
    part("x", "n8n", MIB, MIB),
  ),
  // The clock went back.
  manifest(9, "2026-11-26", part("db", "postgresql", 3 * MIB)),
];

test("manifests come one after another", () => {
  expect(manifestsIn(`${JSON.stringify(SETS[0], null, 2)}\n\0${JSON.stringify(SETS[1])}\n\0`)).toEqual(
    SETS.slice(0, 2),
  );
  expect(manifestsIn("")).toEqual([]);
});

test("each service has a row of the newest set that has it", () => {
  expect(rowsOf("x", SETS, new Date("2026-11-29T02:55:00Z"))).toEqual([
    ["x", "n8n", "1", "000008-20261128T025500Z", "1 d", "2.5 MiB", "2026-11-28T02:57:30Z"],
    ["x", "old", "1", "000007-20261127T025500Z", "2 d", "0.0 MiB", "2026-11-27T02:57:30Z"],
    ["x", "postgresql", "3", "000009-20261126T025500Z", "3 d", "3.0 MiB", "2026-11-26T02:57:30Z"],
  ]);
});

test.each([
  ["2026-11-29T02:55:30Z", "now"],
  ["2026-11-29T02:56:00Z", "1 min"],
  ["2026-11-29T04:54:59Z", "1 h"],
  ["2026-12-02T04:54:59Z", "3 d"],
  ["2026-11-29T02:00:00Z", "now"],
])("at %s a set of 02:55 is %s old", (now, age) => {
  expect(ageOf("2026-11-29T02:55:00Z", new Date(now))).toBe(age);
});

test.each([
  ["", 9],
  ["7", 7],
  ["000008-20261128T025500Z", 8],
  ["2026-11-27T02:55:00Z", 9],
  ["2026-11-26", undefined],
  ["2026-11-27T02:54:59Z", 9],
])("AT=%s is the set %s", (at, sequence) => {
  if (sequence === undefined)
    expect(() => setAt(SETS, at)).toThrow("expected a set that was begun by 2026-11-26, found none; there are 000007-");
  else expect(setAt(SETS, at).sequence).toBe(sequence);
});

test("what is no set and no moment is refused", () => {
  expect(() => setAt(SETS, "yesterday")).toThrow("found yesterday; there are 000007-");
  expect(() => setAt(SETS, "12")).toThrow();
  // To Date.parse a year, and days that nobody meant: the newest set would have been taken.
  for (const at of ["12345", "12/11/2026", "11.12.2026", "2026-11-31"])
    expect(() => setAt(SETS, at)).toThrow(`a moment such as 2026-11-29T03:00Z in AT, found ${at}; there are 000007-`);
  expect(() => setAt([], "")).toThrow("found none; there are none");
});

test.each([
  ['{"set":"000007-s3cret"', ", found a text that is cut short after 22 bytes"],
  [JSON.stringify({ ...SETS[0], parts: {} }), " with a list in parts, found an object there"],
])("what is no manifest is not quoted: %s", (text, found) => {
  expect(() => manifestsIn(`${text}\0`)).toThrow(
    new Error(
      `expected the manifest of a set of backups${found}: run \`make up\`, which brings the host this version of the program that writes them, and look at that file there`,
    ),
  );
});
