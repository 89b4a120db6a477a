import { BackupHost } from "./host";

/** What another host may ask for, by a key that is for nothing else. */

let host: BackupHost;
beforeEach(() => {
  host = new BackupHost();
  host.method("note", 'dump() { echo hello > "$OUT/text"; }\nverify() { :; }');
  host.plan("host|x", "part|one|first|note|-");
  host.run();
});
afterEach(() => host.remove());

test("which sets there are, with their bytes", () => {
  expect(host.run(["serve", "list"]).out).toBe(`${host.sets[0] ?? ""} 6\n`);
});

test("one of them, as tar has it", () => {
  const { code, out } = host.run(["serve", `get ${host.sets[0] ?? ""}`]);
  expect(code).toBe(0);
  expect(out).toContain("./one/text");
  expect(out).toContain("hello\n");
});

test.each([
  "",
  "run",
  "get",
  "get ",
  "get ../../etc",
  "get 000001-20261129T025500Z/..",
  "get 999999-20261129T025500Z",
  "list; id",
])("nothing else: %j", (asked) => {
  const { code, out, error } = host.run(["serve", asked]);
  expect([code, out, error]).toEqual([1, "", expect.stringContaining("backup: expected ")]);
});

describe("a set that was elsewhere", () => {
  let other: BackupHost;
  let set: string;
  let files: string;
  beforeEach(() => {
    other = new BackupHost();
    other.method("note", "dump() { :; }\nverify() { :; }");
    other.plan("host|x", "part|one|first|note|-");
    set = host.sets[0] ?? "";
    files = host.run(["serve", `get ${set}`]).out;
  });
  afterEach(() => other.remove());

  const accept = (input: string): ReturnType<BackupHost["run"]> => other.run(["accept", set], {}, input);

  test("is one of the host's own, and comes once", () => {
    expect(accept(files)).toEqual({ code: 0, out: `${set} is there, as it was written\n`, error: "" });
    expect(other.sets).toEqual([set]);
    expect(other.read("backups", set, "one/text")).toBe("hello\n");
    expect(other.run(["check", set]).code).toBe(0);
    expect(accept(files).error).toContain("is there already; nothing was replaced");
  });

  test.each([
    ["cut off", (whole: string): string => whole.slice(0, 2500)],
    ["changed", (whole: string): string => whole.replace("hello\n", "jello\n")],
    ["not there", (): string => ""],
  ])("that is %s leaves nothing", (_what, spoil) => {
    expect(accept(spoil(files)).code).toBe(1);
    expect(other.sets).toEqual([]);
  });

  test("of another host is none of its own", () => {
    other.plan("host|y", "part|one|first|note|-");
    expect(accept(files).error).toContain("expected a set of y, found another host's");
    expect(other.sets).toEqual([]);
  });
});
