import { appendFileSync, mkdirSync, writeFileSync } from "node:fs";
import { BackupHost } from "./host";

/** A restore on a copy of the host tells what came back before anybody who uses it can write. */

let host: BackupHost;

/** Data are a file each; its lines are its rows. */
const METHOD = `
live="$FOLDER/live/$PART"
note() { echo "$1 $PART" >> "$FOLDER/steps"; }
dump() { cp "$live" "$OUT/data"; }
verify() { rows lines "$(wc -l < "$OUT/data")"; }
prepare() { cp "$OUT/data" "$live.restoring"; }
switch() { note switch; mv "$live" "$live.before"; mv "$live.restoring" "$live"; }
revert() { mv "$live.before" "$live"; }
discard() { :; }
count() { note count; [ -n "$SINCE" ]; rows lines "$(wc -l < "$live")"; printf 'newer\\tsomething\\n'; }
compare() { note compare; cmp --silent "$OUT/data" "$live" || echo "$live: contents differ"; }
`;

const ENGINE = `
case "$1 $3" in
  "inspect {{.State.Running}}") [ -e "$FOLDER/engine/$4" ] && cat "$FOLDER/engine/$4" || exit 1 ;;
  "inspect "*) echo healthy ;;
esac
case $1 in
  stop) echo "stop $2" >> "$FOLDER/steps"; echo false > "$FOLDER/engine/$2" ;;
  start) echo "start $2" >> "$FOLDER/steps"; echo true > "$FOLDER/engine/$2" ;;
esac
exit 0`;

const steps = (): string[] => host.read("steps").trim().split("\n");

beforeEach(() => {
  host = new BackupHost();
  host.method("note", METHOD);
  host.method("files", METHOD);
  host.program("docker", ENGINE);
  // A database of a server that two use, a server's own data, and a folder.
  host.plan(
    ...["host|x", "part|database|server|note|-", "part|redis|redis|note|-", "part|folder|a|files|-"],
    ...["item|database|data|a|c", "item|redis|all|redis", "item|folder|all|a"],
  );
  for (const folder of ["live", "engine"]) mkdirSync(host.at(folder));
  for (const name of ["a", "c", "redis", "server"]) writeFileSync(host.at("engine", `vpai_${name}`), "true");
  for (const part of ["database", "redis", "folder"]) writeFileSync(host.at("live", part), "then\n");
  expect(host.run()).toMatchObject({ code: 0, error: "" });
  for (const part of ["database", "redis", "folder"]) appendFileSync(host.at("live", part), "now\n");
});
afterEach(() => host.remove());

const rehearse = () => host.run(["rehearse", host.sets[0] ?? ""]);

test("servers are started, everything is counted, and only then those start who use it", () => {
  const { code, out, error } = rehearse();
  expect([code, error]).toEqual([0, ""]);
  expect(steps()).toEqual([
    ...["stop vpai_a", "stop vpai_c", "stop vpai_redis", "switch database", "switch redis", "switch folder"],
    ...["start vpai_redis", "compare database", "count database", "compare redis", "count redis"],
    ...["compare folder", "count folder", "start vpai_a", "start vpai_c", "start vpai_redis"],
  ]);
  expect(out.split("\n").filter((line) => line.includes("\t"))).toEqual([
    ...["item\tdatabase\tdata\ta\tc", "count\tdatabase\trows\tlines\t1", "count\tdatabase\tnewer\tsomething"],
    ...["item\tredis\tall\tredis", "count\tredis\trows\tlines\t1", "count\tredis\tnewer\tsomething"],
    ...["item\tfolder\tall\ta", "count\tfolder\trows\tlines\t1", "count\tfolder\tnewer\tsomething"],
  ]);
  expect(out).toMatch(/^a is back, after \d+ s$/m);
});

test("what is not as it was written is told, and ends nothing", () => {
  host.method(
    "files",
    METHOD.replace('mv "$live.restoring" "$live"', 'echo more >> "$live.restoring"; mv "$live.restoring" "$live"'),
  );
  const { code, out } = rehearse();
  expect([code, out.match(/^differs.*$/m)?.[0]]).toEqual([
    0,
    `differs\tfolder\t${host.at("live/folder")}: contents differ`,
  ]);
  expect(out).toContain("count\tfolder\trows\tlines\t2");
});

test("a set that is damaged replaces nothing", () => {
  appendFileSync(host.at("backups", host.sets[0] ?? "", "folder/data"), "x");
  const { code, error } = rehearse();
  expect([code, error.includes("a file is not as it was written")]).toEqual([1, true]);
  expect(host.read("live/folder")).toBe("then\nnow\n");
});

test("a host that waits for another computer's data makes no set of what it has, until all of them are back", () => {
  const [set = ""] = host.sets;
  expect(host.run(["recovering"])).toEqual({ code: 0, out: "", error: "" });
  expect(host.run(["recovering", set]).code).toBe(0);
  expect(host.run(["recovering"]).out).toBe(`${set}\n`);
  const refused = host.run();
  expect([refused.code, refused.error]).toEqual([1, expect.stringContaining(`waits for the data of ${set}`)]);
  expect(host.run(["restore", set, "a"]).code).toBe(0);
  expect(host.run(["recovering"]).out).toBe(`${set}\n`);
  expect(host.run(["rehearse", set])).toMatchObject({ code: 0, error: "" });
  expect(host.run(["recovering"]).out).toBe("");
  expect(host.run()).toMatchObject({ code: 0, error: "" });
  expect(host.sets).toHaveLength(2);
});

test("it waits for nothing but the name of a set", () => {
  const { code, error } = host.run(["recovering", "../x"]);
  expect([code, error]).toEqual([1, expect.stringContaining("expected the name of a set")]);
});
