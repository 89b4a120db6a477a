import { BackupHost } from "./host";

/** What another host may ask for, by a key that is for nothing else. */

let host: BackupHost;
beforeEach(() => {
  host = new BackupHost();
  host.method("note", "dump() { echo hello > \"$OUT/text\"; }\nverify() { :; }");
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

test.each(["", "run", "get", "get ", "get ../../etc", "get 000001-20261129T025500Z/..", "get 999999-20261129T025500Z", "list; id"])(
  "nothing else: %j",
  (asked) => {
    const { code, out, error } = host.run(["serve", asked]);
    expect([code, out, error]).toEqual([1, "", expect.stringContaining("backup: expected ")]);
  },
);
