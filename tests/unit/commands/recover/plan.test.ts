import { numberedAnew, planOf } from "../../../../commands/recover/plan";
import { copiesIn } from "../../../../commands/recover/restic";

const copy = (set: string, time: string, host = "sese-ai") => ({ id: set, host, time, set, bytes: 1 });
const NOW = new Date("2026-11-29T12:00:00Z");
const COPY = copy("000042-20261129T025500Z", "2026-11-29T02:55:00Z");
const known = { stack: "prod", host: "sese-ai", computer: "empty", state: undefined, copy: COPY, at: "" } as const;

test("what will be done is told line by line", () => {
  expect(planOf(known, NOW).split("\n")).toEqual([
    "Recovering sese-ai of the stack prod:",
    "  computer  lets us in and has nothing of the stack; everything is put there anew",
    "  data      everything as of 2026-11-29T02:55:00Z, 9 h ago (000042-20261129T025500Z, from elsewhere)",
    "  then      its services and sites are looked at, and the whole stack is brought up: other hosts may have to know of it",
    "What is in use there is put aside, and its place is told.",
  ]);
});

test("with the state lost, too, and nobody who can be asked for copies", () => {
  const lines = planOf(
    { ...known, computer: "away", state: "that of yesterday", copy: undefined, at: "2026-11-27" },
    NOW,
  );
  expect(lines.split("\n").slice(1, 4)).toEqual([
    "  state     is lost here; taken is that of yesterday",
    "  computer  does not answer; it is made anew if its provider has it no more, else nothing is changed",
    "  data      everything from elsewhere, as of 2026-11-27: which one, is told when the host can ask for it",
  ]);
});

test("a set that a new computer has numbered from the beginning is warned of", () => {
  const copies = [
    copy("000041-20261127T025500Z", "2026-11-27T02:55:00Z"),
    copy("000042-20261128T025500Z", "2026-11-28T02:55:00Z"),
    copy("000001-20261129T025500Z", "2026-11-29T02:55:00Z"),
    copy("000077-20261128T025500Z", "2026-11-28T02:55:00Z", "seko-vpn"),
  ];
  expect(numberedAnew(copies, copies[2] ?? COPY)).toBe(
    "warning: 000001-20261129T025500Z was made by another computer than 000042-20261128T025500Z, the last one before it: " +
      "AT=000042-20261128T025500Z takes that one",
  );
  expect(numberedAnew(copies, copies[1] ?? COPY)).toBeUndefined();
});

test("copies are what Restic lists with a set's name", () => {
  const listed = JSON.stringify([
    {
      id: "a1",
      time: "2026-11-29T02:55:00Z",
      hostname: "sese-ai",
      tags: ["set=000042-20261129T025500Z"],
      summary: { total_bytes_processed: 7 },
    },
    { id: "b2", time: "2026-11-29T02:55:00Z", hostname: "sese-ai", tags: ["by hand"] },
  ]);
  expect(copiesIn(listed)).toEqual([
    { id: "a1", host: "sese-ai", time: "2026-11-29T02:55:00Z", set: "000042-20261129T025500Z", bytes: 7 },
  ]);
  // What Restic prints of a repository without any.
  expect(copiesIn("null")).toEqual([]);
});

test("another answer of Restic's is told by its place", () => {
  expect(() => copiesIn('[{"id":"a1","time":1,"hostname":"s3cret"}]')).toThrow(
    new Error(
      "expected Restic's list of snapshots with a text in 0.time, found a number there: compare the version of the program that gave it with the one that is pinned here",
    ),
  );
});
