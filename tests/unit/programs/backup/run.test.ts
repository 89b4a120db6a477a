import { createHash } from "node:crypto";
import { appendFileSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { eventually } from "../../../eventually";
import { BackupHost } from "./host";

/** The program that makes sets of backups, run by this machine's bash; its methods here write files instead of asking containers. */

let host: BackupHost;
beforeEach(() => {
  host = new BackupHost();
  host.method("note", NOTE);
  host.plan("host|x", "part|one|first|note|-|{folder}/a b", "part|two|second|note|-");
});
afterEach(() => host.remove());

const NOTE = `
dump() { version 'Note 1.0 "x"'; rows 'a "b".c' 3; printf 'hello\\n' > "$OUT/text"; mkdir "$OUT/in"; printf '%s' "\${1:-}" > "$OUT/in/argument"; }
verify() { rows lines "$(wc -l < "$OUT/text")"; }
`;

/** A method that does this instead of copying. */
const dumping = (what: string): void => host.method("note", `dump() { ${what}; }\nverify() { :; }`);

const HELLO = createHash("sha256").update("hello\n").digest("hex");

interface Manifest {
  set: string;
  parts: { files: { path: string }[] }[];
  [other: string]: unknown;
}

const manifestOf = (set: string): Manifest => JSON.parse(host.read("backups", set, "manifest.json")) as Manifest;

test("a set has every part, and says what is in it", () => {
  const { code, out, error } = host.run();
  expect([code, error]).toEqual([0, ""]);
  const [set = ""] = host.sets;
  expect(set).toMatch(/^000001-\d{8}T\d{6}Z$/);
  expect(out).toContain(`${set}: 2 parts, 0 KiB, complete`);
  const argument = `${host.folder}/a b`;
  const facts = { method: "note", version: 'Note 1.0 "x"', rows: { 'a "b".c': 3, lines: 1 } };
  const file = (path: string, content: string) => ({
    path,
    bytes: Buffer.byteLength(content),
    sha256: createHash("sha256").update(content).digest("hex"),
  });
  expect(manifestOf(set)).toEqual({
    format: 1,
    set,
    host: "x",
    sequence: 1,
    started: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/) as string,
    ended: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/) as string,
    bytes: 12 + argument.length,
    parts: [
      { name: "one", service: "first", ...facts, files: [file("in/argument", argument), file("text", "hello\n")] },
      { name: "two", service: "second", ...facts, files: [file("in/argument", ""), file("text", "hello\n")] },
    ],
  });
  expect(host.read("backups", set, "SHA256SUMS")).toContain(`${HELLO}  two/text\n`);
  expect(host.run(["list"]).out).toBe(`${set} ${12 + argument.length}\n`);
});

test("a method knows its part, its service's container and its secret's file", () => {
  host.plan("host|x", "part|one|first|note|key.secret|a|b");
  dumping('printf "%s\\n" "$PART" "$SERVICE" "$CONTAINER" "$SECRET" "$IMAGE" "$*" > "$OUT/told"');
  expect(host.run().code).toBe(0);
  const told = host.read("backups", host.sets[0] ?? "", "one/told").split("\n");
  expect(told).toEqual([
    ...["one", "first", "vpai_first", host.at("secrets/backup-x/key.secret"), "sha256:node", "a b", ""],
  ]);
});

test("only root can read a set", () => {
  host.run();
  const modes = host.run(["list"]).out.split(" ")[0] ?? "";
  host.program("look", `stat -c %a ${host.store} ${host.store}/${modes} ${host.store}/${modes}/one/text`);
  host.method("note", `dump() { look > ${host.at("modes")}; : > "$OUT/x"; }\nverify() { :; }`);
  host.run();
  expect(host.read("modes").split("\n").slice(0, 3)).toEqual(["700", "700", "600"]);
});

describe("a run that fails leaves no set, and those of before as they were", () => {
  beforeEach(() => {
    expect(host.run().code).toBe(0);
  });

  const FAILURES: [string, string, string][] = [
    ["a copy that fails", "echo why >&2; exit 3", "one could not be copied"],
    ["a copy that is cut off", 'printf half > "$OUT/x"; kill -9 $$', "one could not be copied"],
    ["a copy of nothing", ":", "one: expected files, found none"],
    ["facts that are none", 'echo x > "$OUT/x"; rows table many', "expected a number of rows for table, found 'many'"],
    ["a file that the list of sums could not name", `echo x > "$OUT/a"$'\\n'"b"`, "expected plain file names"],
  ];

  test.each(FAILURES)("%s", (_what, dump, says) => {
    const before = host.sets;
    dumping(dump);
    const { code, error } = host.run();
    expect(code).toBe(1);
    expect(error).toContain(says);
    expect(host.sets).toEqual(before);
    expect(host.run(["check", before[0] ?? ""]).code).toBe(0);
  });

  test("a copy that cannot be read back", () => {
    host.method("note", 'dump() { echo x > "$OUT/x"; }\nverify() { fail "it is damaged"; }');
    const { code, error } = host.run();
    expect([code, error]).toEqual([
      1,
      "one: it is damaged\nbackup: the copy of one cannot be read; this run leaves no set\n",
    ]);
    expect(host.numbers).toEqual([1]);
  });

  test("a plan that nobody understands", () => {
    host.plan("host|x", "piece|one|first|note|-");
    expect(host.run()).toMatchObject({ code: 1, error: expect.stringContaining("found $'piece\\tone") as string });
    host.plan("host|x");
    expect(host.run()).toMatchObject({ code: 1, error: expect.stringContaining("found nothing") as string });
    expect(host.numbers).toEqual([1]);
  });
});

test("what a killed run has left is swept by the next one, and its containers with it", async () => {
  dumping(`echo x > "$OUT/x"; [ -e ${host.at("go")} ] || { : > ${host.at("reached")}; sleep 60; }`);
  const run = host.start();
  await eventually(() => expect(host.read("reached")).toBe(""), 10);
  run.kill();
  await run.ended;
  expect(host.sets).toEqual([expect.stringMatching(/^\.partial-000001-/)]);
  writeFileSync(host.at("go"), "");
  host.program("docker", `[ "$1" = ps ] && echo 0123; echo "$@" >> ${host.at("asked")}`);
  expect(host.run().code).toBe(0);
  expect(host.numbers).toEqual([1]);
  expect(host.read("asked")).toBe(`ps --all --quiet --filter label=dev.vpai.backup=${host.folder}\nrm --force 0123\n`);
});

test("of two runs at a time one is refused, and does nothing", async () => {
  dumping(`echo x > "$OUT/x"; : > ${host.at("reached")}; while [ ! -e ${host.at("go")} ]; do sleep 0.05; done`);
  const run = host.start();
  await eventually(() => expect(host.read("reached")).toBe(""), 10);
  const [partial] = host.sets;
  expect(host.run()).toMatchObject({ code: 1, error: expect.stringContaining("another run is under way") as string });
  expect(host.sets).toEqual([partial]);
  writeFileSync(host.at("go"), "");
  await run.ended;
  expect(host.numbers).toEqual([1]);
});

describe("the disk", () => {
  /** Bytes of the disk that are free, as the program is told. */
  const free = (bytes: number): void => host.program("df", `echo Avail; echo ${bytes}`);
  const MIB = 1_048_576;

  test("a first run needs as much room as the data, and what stays free", () => {
    mkdirSync(host.at("data"));
    writeFileSync(host.at("data/a"), Buffer.alloc(3 * MIB));
    host.plan("host|x", "source|{folder}/data", "part|one|first|note|-");
    free(8 * MIB);
    const refused = host.run(["run"], { BACKUP_MARGIN: String(5 * MIB) });
    expect(refused.code).toBe(1);
    expect(refused.error).toContain("expected 8 MiB free on the disk of");
    expect(refused.error).toContain("of which 5 MiB stay free; found 8 MiB. Nothing was written");
    expect(host.sets).toEqual([]);
    free(9 * MIB);
    expect(host.run(["run"], { BACKUP_MARGIN: String(5 * MIB) }).code).toBe(0);
  });

  test("a later run needs as much as the one before, and a quarter more", () => {
    host.plan("host|x", "part|one|first|note|-");
    dumping(`head -c ${4 * MIB} /dev/zero > "$OUT/x"`);
    expect(host.run().code).toBe(0);
    free(6 * MIB - 1);
    expect(host.run()).toMatchObject({ code: 1, error: expect.stringContaining("expected 6 MiB free") as string });
    expect(host.numbers).toEqual([1]);
    free(6 * MIB);
    expect(host.run().code).toBe(0);
    expect(host.numbers).toEqual([1, 2]);
  });

  test("a copy that would take the last of it is ended", () => {
    host.plan("host|x", "part|one|first|note|-");
    free(4 * MIB);
    dumping(`head -c ${16 * MIB} /dev/zero > "$OUT/x"; echo written > ${host.at("late")}`);
    expect(host.run()).toMatchObject({ code: 1, error: expect.stringContaining("one could not be copied") as string });
    expect(host.sets).toEqual([]);
    expect(() => host.read("late")).toThrow("ENOENT");
  });
});

describe("sets that stay", () => {
  test("are the last four", () => {
    for (let run = 1; run <= 6; run++) expect(host.run().code).toBe(0);
    expect(host.numbers).toEqual([3, 4, 5, 6]);
  });

  test("are told apart by their number: a clock that goes back a day takes away nothing newer", () => {
    const clock = (moment: string): void => {
      const seconds = Date.parse(moment) / 1000;
      host.program("date", `[ "$1" = +%s ] && { echo ${seconds}; exit; }; exec /bin/date "$@"`);
    };
    const days = ["2026-03-01", "2026-03-02", "2026-03-03", "2026-03-02", "2026-03-02", "2026-03-04"];
    for (const day of days) {
      clock(`${day}T02:55:00Z`);
      expect(host.run().code).toBe(0);
    }
    expect(host.sets).toEqual([
      "000003-20260303T025500Z",
      "000004-20260302T025500Z",
      "000005-20260302T025500Z",
      "000006-20260304T025500Z",
    ]);
  });
});

describe("check", () => {
  const check = () => host.run(["check", host.sets[0] ?? ""]);
  beforeEach(() => void host.run());

  test("accepts a set as it was written", () => {
    expect(check()).toEqual({ code: 0, out: `${host.sets[0]} is as it was written\n`, error: "" });
  });

  test.each<[string, (set: string) => void, string]>([
    ["a file that changed", (set) => appendFileSync(`${set}/one/text`, "x"), "a file is not as it was written"],
    ["a file that is gone", (set) => rmSync(`${set}/two/in/argument`), "a file is not as it was written"],
    [
      "one more file",
      (set) => writeFileSync(`${set}/two/more`, ""),
      "expected the files of its SHA256SUMS and no others",
    ],
    ["another manifest", (set) => appendFileSync(`${set}/manifest.json`, " "), "a file is not as it was written"],
    ["no sums", (set) => rmSync(`${set}/SHA256SUMS`), "expected a set of backups, found none"],
  ])("refuses %s", (_what, spoil, says) => {
    spoil(host.at("backups", host.sets[0] ?? ""));
    const { code, error } = check();
    expect([code, error.includes(says)]).toEqual([1, true]);
  });
});
