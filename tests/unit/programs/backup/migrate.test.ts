import { mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { BackupHost } from "./host";

/** Data that pass to a higher major version of their program: who is stopped when, and what is left where that fails. */

let host: BackupHost;

/** The version of the data is a file; an image reads the version that its id names. */
const METHOD = `
note() { echo "$1" >> "$FOLDER/steps"; [ ! -e "$FOLDER/fail-$1" ] || fail "cannot $1"; }
found() { [ ! -e "$DATA/version" ] || printf '%s\\t.\\t%s\\n' "$(cat "$DATA/version")" 2097152; }
reads() { echo "\${IMAGE#sha256:}"; }
prepare() { note prepare; [ "$IMAGE_BEFORE $NEXT $RELEASE $1" = "sha256:17 18 then super" ] || fail "$IMAGE_BEFORE $NEXT $RELEASE $1"; mkdir "$WORK/mine"; }
convert() { note convert; }
switch() { note switch; cp "$DATA/version" "$DATA/before"; echo "$NEXT" > "$DATA/version"; aside "$DATA/before"; }
settle() { echo settle >> "$FOLDER/steps"; }
drop() { echo drop >> "$FOLDER/steps"; }
unused() { [ ! -e "$DATA/used" ]; }
back() { note back; mv "$DATA/before" "$DATA/version"; }
`;

const ENGINE = `
case "$1 $3" in
  'inspect {{.Image}}') echo sha256:17 ;;
  'inspect {{.HostConfig.Memory}}') echo 671088640 ;;
  'inspect {{.State.Running}}') cat "$FOLDER/running" ;;
esac
case $1 in
  stop) echo "stop $2" >> "$FOLDER/steps"; echo false > "$FOLDER/running" ;;
  start) echo "start $2" >> "$FOLDER/steps"; echo true > "$FOLDER/running" ;;
esac
exit 0`;

beforeEach(() => {
  host = new BackupHost();
  host.method("major", METHOD);
  host.program("docker", ENGINE);
  host.plan("host|x", "part|db|db|major|-", "versions|db|major|{folder}/data/db|super");
  mkdirSync(host.at("data/db"), { recursive: true });
  writeFileSync(host.at("data/db/version"), "17\n");
  writeFileSync(host.at("running"), "true\n");
});
afterEach(() => host.remove());

const migrate = (to: string, environment: Record<string, string> = {}) =>
  host.run(["migrate", "db", `sha256:${to}`, `example.org/db:${to}`, "then"], environment);

const steps = (): string[] => (host.has("steps") ? host.read("steps").trim().split("\n") : []);

test("the new data are prepared while the service runs; it is down for the rest", () => {
  const { code, out, error } = migrate("18");
  expect([code, error]).toEqual([0, ""]);
  expect(steps()).toEqual(["settle", "prepare", "stop vpai_db", "convert", "switch"]);
  expect(host.read("data/db/version")).toBe("18\n");
  expect(out).toMatch(
    /^db: 2 MiB of version 17 are brought into version 18; it serves until that is prepared\nwhat was in use is now \S+\/before\ndb: data of version 18, 2097152 bytes, in place of those of 17; it has been down for \d+ s\n$/,
  );
  expect(readdirSync(host.at("backups")).filter((name) => name.startsWith(".partial"))).toEqual([]);
  // The container is the next one's business.
  expect(host.read("running")).toBe("false\n");
});

test.each([
  ["data of the version that the image reads", "17", "db: data of version 17, 2097152 bytes\n"],
  ["no data yet", "18", "db: no data yet\n"],
])("%s are left alone", (what, to, says) => {
  if (what === "no data yet") host.run(["list"]);
  if (what === "no data yet") writeFileSync(host.at("data/db/version"), "");
  if (what === "no data yet") host.method("major", METHOD.replace('[ ! -e "$DATA/version" ]', "true"));
  expect(migrate(to)).toMatchObject({ code: 0, out: says });
  expect(steps()).toEqual(["settle"]);
});

test("a lower version is refused, and nobody is stopped", () => {
  writeFileSync(host.at("data/db/version"), "19\n");
  const { code, error } = migrate("18");
  expect(code).toBe(1);
  expect(error).toBe(
    "backup: expected an image of version 19 or higher, as db's data are of 19, found example.org/db:18. " +
      "Nothing was stopped: keep version 19, or go back with the data: make rollback SERVICE=db\n",
  );
  expect(steps()).toEqual(["settle"]);
});

test("without room for the data once more, nobody is stopped", () => {
  host.program("df", "printf 'Avail\\n3000000\\n'");
  const { code, error } = migrate("18", { BACKUP_MARGIN: "1048576" });
  expect([code, steps()]).toEqual([1, ["settle"]]);
  expect(error).toContain("expected 3 MiB free on the disk of");
  expect(error).toContain("found 2 MiB. Nothing was stopped: make room");
});

test.each([
  ["prepare", ["settle", "prepare", "drop", "settle"]],
  ["convert", ["settle", "prepare", "stop vpai_db", "convert", "drop", "settle", "start vpai_db"]],
  ["switch", ["settle", "prepare", "stop vpai_db", "convert", "switch", "drop", "settle", "start vpai_db"]],
])("where it cannot %s, the data of before serve", (verb, expected) => {
  writeFileSync(host.at(`fail-${verb}`), "");
  const { code, error } = migrate("18");
  expect([code, error.includes(`db: cannot ${verb}`)]).toEqual([1, true]);
  expect([steps(), host.read("data/db/version"), host.read("running")]).toEqual([expected, "17\n", "true\n"]);
});

test("a service without such data is none to migrate", () => {
  expect(host.run(["migrate", "other", "sha256:18", "x:18", "-"])).toMatchObject({
    code: 1,
    error: "backup: expected a service whose data are of one version, found other\n",
  });
});

describe("before a version starts", () => {
  const fits = (version: string) => host.run(["fits", "db", `sha256:${version}`]);

  beforeEach(() => {
    expect(migrate("18").code).toBe(0);
    writeFileSync(host.at("steps"), "");
    writeFileSync(host.at("running"), "true\n");
  });

  test("whom to ask was noted by the migration", () => {
    expect(host.read("last-healthy/db.fits").trim().split("\n")).toEqual([
      ...["/bin/bash", host.at("configs/backup-x/backup.sh"), host.folder, "vpai_", "-", "fits", "db"],
    ]);
  });

  test("the one that the data are of is let", () => {
    expect([fits("18").code, host.read("data/db/version")]).toEqual([0, "18\n"]);
  });

  test("one of before gets the data of before, as long as nobody has used the new ones", () => {
    expect(fits("17").code).toBe(0);
    expect(host.read("data/db/version")).toBe("17\n");
    expect(steps().filter((step) => step !== "")).toEqual(["settle", "stop vpai_db", "back"]);
  });

  test("and is refused once somebody has", () => {
    writeFileSync(host.at("data/db/used"), "");
    const { code, error } = fits("17");
    expect(code).toBe(1);
    expect(error).toContain(
      "expected data of version 17, found those of 18, which have been used since they were made of them",
    );
    expect(error).toContain("make rollback SERVICE=db");
    expect([host.read("data/db/version"), host.read("running")]).toEqual(["18\n", "true\n"]);
  });

  test("a newer one is refused: the next up brings the data into it", () => {
    const { code, error } = fits("19");
    expect([code, error]).toEqual([
      1,
      "backup: expected data of version 19, found those of 18: the next up brings them into 19\n",
    ]);
  });
});
