import { appendFileSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { BackupHost } from "./host";

/** How data come back from a set: what is stopped, in which order, and what is left when something fails. */

let host: BackupHost;

/** Data are a file each; the method's steps are noted. */
const METHOD = `
live="$FOLDER/live/$PART"
note() {
  echo "$1 $PART $ITEM $STAMP" >> "$FOLDER/steps"
  [ ! -e "$FOLDER/fail-$1-$PART" ] || fail "cannot $1"
  [ ! -e "$FOLDER/kill-$1-$PART" ] || kill -KILL "$PPID" "$$"
}
dump() { cp "$live" "$OUT/data"; touch "$OUT/x" "$OUT/y"; }
verify() { :; }
prepare() { note prepare; [ ! -e "$FOLDER/fill-prepare-$PART" ] || { echo 0 > "$FOLDER/free"; fail "no room"; }; cp "$OUT/data" "$live.new"; }
switch() { note switch; [ ! -e "$FOLDER/fill-switch-$PART" ] || echo 0 > "$FOLDER/free"; mv "$live" "$live.before"; mv "$live.new" "$live"; aside "$live.before"; }
revert() { note revert; [ -e "$live.before" ] || fail "nothing to go back to"; mv "$live" "$live.new"; mv "$live.before" "$live"; }
settle() { note settle; [ ! -e "$live.before" ] || revert; }
discard() { note discard; rm -f "$live.new"; }
`;

/** An engine with these containers, which run, and one that does not. */
const ENGINE = `
case "$1 $3" in
  "inspect {{.State.Running}}") [ -e "$FOLDER/engine/$4" ] && cat "$FOLDER/engine/$4" || exit 1 ;;
  "inspect x") [ -e "$FOLDER/engine/$4" ] && echo x || exit 1 ;;
  "inspect "*) echo "\${HEALTH:-healthy}" ;;
esac
case $1 in
  stop)
    [ ! -e "$FOLDER/fail-stop-$2" ] || exit 1
    echo "stop $2" >> "$FOLDER/steps"; echo false > "$FOLDER/engine/$2"
    [ ! -e "$FOLDER/kill-stop-$2" ] || kill -KILL "$PPID" ;;
  start)
    [ ! -e "$FOLDER/kill-start-$2" ] || kill -KILL "$PPID" "$$"
    echo "start $2" >> "$FOLDER/steps"; echo true > "$FOLDER/engine/$2" ;;
esac
exit 0`;

const steps = (): string[] =>
  host
    .read("steps")
    .replace(/ \d{8}T\d{6}$/gm, "")
    .trim()
    .split("\n");

beforeEach(() => {
  host = new BackupHost();
  host.method("note", METHOD);
  host.plan(
    ...["host|x", "part|one|a|note|-", "part|two|b|note|-", "part|report|b|note|-"],
    ...["item|one|all|a|c", "item|two|x|b|elsewhere|off", "item|two|y|d"],
  );
  host.program("docker", ENGINE);
  mkdirSync(host.at("live"));
  mkdirSync(host.at("engine"));
  for (const name of ["a", "b", "c", "d"]) writeFileSync(host.at("engine", `vpai_${name}`), "true");
  writeFileSync(host.at("engine/vpai_off"), "false");
  for (const part of ["one", "two", "report"]) writeFileSync(host.at("live", part), `${part} then\n`);
  expect(host.run()).toMatchObject({ code: 0, error: "" });
  for (const part of ["one", "two", "report"]) appendFileSync(host.at("live", part), "now\n");
});
afterEach(() => host.remove());

const live = (part: string): string => host.read("live", part);

const set = (): string => host.sets.find((name) => /^\d/.test(name)) ?? "";

test("says beforehand what is replaced and stopped", () => {
  expect(host.run(["what", set()]).out.split("\n")).toEqual([
    ...[
      "replaces one all",
      "replaces two x",
      "replaces two y",
      "stops a",
      "stops b",
      "stops c",
      "stops d",
      "stops off",
      "",
    ],
  ]);
  expect(host.run(["what", set(), "c"]).out).toBe("replaces one all\nstops a\nstops c\n");
  // Whose part it is, and who uses some of it.
  expect(host.run(["what", set(), "b"]).out).toBe("replaces two x\nreplaces two y\nstops b\nstops d\nstops off\n");
  expect(host.run(["what", set(), "d"]).out).toBe("replaces two y\nstops d\n");
});

test("brings a service's data back, stops who uses them once they are ready, and says where today's are", () => {
  const { code, out, error } = host.run(["restore", set(), "c"]);
  expect([code, error]).toEqual([0, ""]);
  expect(steps()).toEqual([
    "prepare one all",
    "stop vpai_a",
    "stop vpai_c",
    "switch one all",
    "start vpai_a",
    "start vpai_c",
  ]);
  expect([live("one"), live("two")]).toEqual(["one then\n", "two then\nnow\n"]);
  expect(host.read("live/one.before")).toBe("one then\nnow\n");
  expect(out).toContain(`what was in use is now ${host.at("live/one.before")}\n`);
  expect(out).toMatch(/^a is back, after \d+ s$/m);
  expect(out).toMatch(new RegExp(`${set()} is restored. To have back what there was: revert \\d{8}T\\d{6}`));
});

test("goes back to what there was", () => {
  host.run(["restore", set(), "a"]);
  const [, moment = ""] = /revert (\S+)/.exec(host.run(["restore", set(), "d"]).out) ?? [];
  expect(host.run(["revert", moment, "d"])).toMatchObject({ code: 0 });
  expect([live("one"), live("two")]).toEqual(["one then\n", "two then\nnow\n"]);
  expect(steps().slice(-3)).toEqual(["stop vpai_d", "revert two y", "start vpai_d"]);
});

test("goes on to its end when nobody listens any more", () => {
  host.method("note", METHOD.replace("switch() {", 'switch() { for i in 1 2 3 4 5; do echo "$i"; sleep 0.1; done;'));
  host.leave(["restore", set(), "c"]);
  expect(steps()).toEqual([
    ...["prepare one all", "stop vpai_a", "stop vpai_c", "switch one all", "start vpai_a", "start vpai_c"],
  ]);
  expect(live("one")).toBe("one then\n");
  expect(host.read("backups/.log")).toContain("is restored. To have back what there was: revert");
});

test("who does not run is not started, and who is of another host is not asked for", () => {
  host.run(["restore", set(), "elsewhere"]);
  expect(steps()).toEqual(["prepare two x", "stop vpai_b", "switch two x", "start vpai_b"]);
});

/** systemd with the unit u, in the state of a file; like the real one, it fails where that is not active. */
const SYSTEMD = `
case $1 in
  is-active) cat "$FOLDER/engine/$3"; grep -qx active "$FOLDER/engine/$3" ;;
  stop) echo "stop $3" >> "$FOLDER/steps"; echo inactive > "$FOLDER/engine/$3" ;;
  start) echo "start $3" >> "$FOLDER/steps"; echo active > "$FOLDER/engine/$3" ;;
  cat) [ "$3" = u.service ] ;;
esac`;

describe("a service that is a unit", () => {
  const unitIs = (state: string): void => {
    host.plan("host|x", "part|one|u|note|-", "item|one|all|u|a", "unit|u");
    host.program("systemctl", SYSTEMD);
    writeFileSync(host.at("engine/u.service"), `${state}\n`);
  };

  test.each(["active", "activating"])(
    "is stopped and started by systemd where it is %s, and told to be back",
    (state) => {
      unitIs(state);
      expect(host.run(["what", set(), "u"]).out).toBe("replaces one all\nstops a\nstops u\n");
      const { code, out, error } = host.run(["restore", set(), "u"]);
      expect([code, error]).toEqual([0, ""]);
      expect(steps()).toEqual([
        ...["prepare one all", "stop vpai_a", "stop u.service", "switch one all", "start vpai_a", "start u.service"],
      ]);
      expect(out).toMatch(/^u is back, after \d+ s$/m);
      expect(live("one")).toBe("one then\n");
    },
  );

  test("is left alone where it does not run", () => {
    unitIs("inactive");
    expect(host.run(["restore", set(), "u"])).toMatchObject({ code: 0 });
    expect(steps()).toEqual(["prepare one all", "stop vpai_a", "switch one all", "start vpai_a"]);
  });
});

describe("what was requested after the set was made", () => {
  beforeEach(() => {
    host.plan(
      ...["host|x", "part|one|a|note|-", "part|two|b|note|-", "part|report|b|note|-", "part|late|e|note|-"],
      ...["item|one|all|a|c", "item|two|x|b|elsewhere|off", "item|two|late|f", "item|late|all|e"],
    );
    for (const name of ["e", "f"]) writeFileSync(host.at("engine", `vpai_${name}`), "true");
    writeFileSync(host.at("live/late"), "late now\n");
  });

  test("stays as it is, and everything else comes back", () => {
    expect(host.run(["what", set()]).out.split("\n")).toEqual([
      ...["replaces one all", "replaces two x", "leaves two late, of which it has nothing"],
      ...["leaves late all, of which it has nothing", "stops a", "stops b", "stops c", "stops off", ""],
    ]);
    const { code, out, error } = host.run(["restore", set()]);
    expect([code, error]).toEqual([0, ""]);
    expect(out).toContain(`${set()} has nothing of two late, which stays as it is\n`);
    expect(out).toContain(`${set()} has nothing of late all, which stays as it is\n`);
    expect([live("one"), live("two"), live("late")]).toEqual(["one then\n", "two then\n", "late now\n"]);
    expect(steps().filter((step) => /late|vpai_[ef]/.test(step))).toEqual([]);
  });

  test("is no part of the way back", () => {
    const [, moment = ""] = /revert (\S+)/.exec(host.run(["restore", set()]).out) ?? [];
    expect(host.run(["revert", moment, "e"])).toMatchObject({
      code: 1,
      error: expect.stringContaining("found that its set had nothing of it") as string,
    });
    expect(host.run(["revert", moment])).toMatchObject({ code: 0, error: "" });
    expect([live("one"), live("two"), live("late")]).toEqual(["one then\nnow\n", "two then\nnow\n", "late now\n"]);
  });

  test("is refused where it is what is asked for", () => {
    const { code, error } = host.run(["restore", set(), "e"]);
    expect([code, error.endsWith("backup: nothing was replaced\n")]).toEqual([1, true]);
    expect(live("late")).toBe("late now\n");
  });
});

describe("a failure leaves the data of before, and everybody running", () => {
  const fails = (step: string, part: string): void => writeFileSync(host.at(`fail-${step}-${part}`), "");
  const running = (): string[] => ["a", "b", "c", "d"].map((name) => host.read("engine", `vpai_${name}`).trim());

  afterEach(() => {
    expect([live("one"), live("two")]).toEqual(["one then\nnow\n", "two then\nnow\n"]);
    expect(running()).toEqual(["true", "true", "true", "true"]);
  });

  test("while data are prepared: nobody was stopped", () => {
    fails("prepare", "two");
    const { code, error } = host.run(["restore", set()]);
    expect([code, error]).toEqual([1, "two: cannot prepare\nbackup: nothing was replaced\n"]);
    expect(steps().filter((step) => /^(stop|start|switch)/.test(step))).toEqual([]);
    expect(() => live("one.new")).toThrow("ENOENT");
  });

  test("while they take their place: those before go back", () => {
    fails("switch", "two");
    const { code, error } = host.run(["restore", set()]);
    expect([code, error]).toEqual([1, "two: cannot switch\nbackup: nothing was replaced\n"]);
    expect(steps()).toEqual(expect.arrayContaining(["switch one all", "switch two x", "revert one all"]));
  });

  test("where the set is not as it was written: nothing is even prepared", () => {
    appendFileSync(host.at("backups", set(), "two/data"), "x");
    expect(host.run(["restore", set()])).toMatchObject({
      code: 1,
      error: expect.stringContaining("a file is not as it was written") as string,
    });
    expect(() => steps()).toThrow("ENOENT");
  });

  /** A disk with so many bytes free. */
  const free = (bytes: number): void => {
    writeFileSync(host.at("free"), `${bytes}\n`);
    host.program("df", `printf 'Avail\\n%s\\n' "$(cat "$FOLDER/free")"`);
  };

  test("where the disk has no room for the data once more: nothing is even prepared", () => {
    free(1_048_576 + 8);
    const { code, error } = host.run(["restore", set(), "c"]);
    expect(code).toBe(1);
    expect(error).toContain(`expected 1 MiB free on the disk of ${host.store}, of which 1 MiB stay free`);
    expect(() => steps()).toThrow("ENOENT");
  });

  test("where the disk runs full while data are prepared: they are taken away again", () => {
    free(9_000_000_000);
    writeFileSync(host.at("fill-prepare-two"), "");
    const { code, error } = host.run(["restore", set()]);
    expect([code, error]).toEqual([1, "two: no room\nbackup: nothing was replaced\n"]);
    expect([host.has("live/one.new"), host.has("live/two.new")]).toEqual([false, false]);
  });

  test("where it runs full while they take their place: those before go back", () => {
    free(9_000_000_000);
    writeFileSync(host.at("fill-switch-one"), "");
    const { code, error } = host.run(["restore", set()]);
    expect([code, error]).toEqual([1, `backup: the disk of ${host.store} is full\nbackup: nothing was replaced\n`]);
    expect([host.has("live/one.new"), host.has("backups/.restoring")]).toEqual([false, false]);
  });

  test.each([
    [["restore", "000009-20260101T000000Z"], "expected one of the sets 000001-"],
    [["restore"], "expected one of the sets 000001-"],
    [["restore", "SET", "nobody"], "expected a service whose data come back from a set, found nobody"],
    [["revert", "20260101T000000", "d"], "expected what the restore of 20260101T000000 has put aside"],
  ])("%j", (verbs, says) => {
    const { code, error } = host.run(verbs.map((verb) => (verb === "SET" ? set() : verb)));
    expect([code, error.includes(says) ? says : error]).toEqual([1, says]);
  });
});

test("a service that does not become healthy is told, with the way back", () => {
  host.program("sleep", "exit 0");
  const { code, error } = host.run(["restore", set(), "d"], { HEALTH: "unhealthy", BACKUP_PATIENCE: "3" });
  expect(code).toBe(1);
  expect(error).toMatch(/d is unhealthy after 3 s. To have back what there was: revert \d{8}T\d{6}/);
  expect(live("two")).toBe("two then\n");
});

describe("a restore that did not come to its end is settled", () => {
  const NOTE = "backups/.restoring";
  const ALL = ["vpai_a", "vpai_b", "vpai_c", "vpai_d"];
  const off = (): string[] => ALL.filter((name) => host.read("engine", name).trim() !== "true");
  const now = (): string[] => ["one", "two", "report"].map(live);
  const before = ["one then\nnow\n", "two then\nnow\n", "report then\nnow\n"];

  /** A restore, killed there; then there is nothing left that would kill one. */
  const killed = (at: string, ...service: string[]): void => {
    writeFileSync(host.at(`kill-${at}`), "");
    expect(host.run(["restore", set(), ...service]).code).toBeNull();
    rmSync(host.at(`kill-${at}`));
  };

  test("at once, where somebody cannot be stopped: those before are started", () => {
    writeFileSync(host.at("fail-stop-vpai_b"), "");
    const { code, out } = host.run(["restore", set()]);
    expect([code, off(), now(), host.has(NOTE), host.has("live/one.new")]).toEqual([1, [], before, false, false]);
    expect(steps()).toEqual(expect.arrayContaining(["stop vpai_a", "start vpai_a"]));
    expect(out).toMatch(/^a restore of \d{8}T\d{6} was cut short; the data are those of before, and who was stopped/m);
  });

  test.each([
    ["stop-vpai_a", ["vpai_a"]],
    ["stop-vpai_c", ["vpai_a", "vpai_b", "vpai_c"]],
    ["switch-one", ALL],
    ["switch-two", ALL],
  ])(
    "by the next run, where it was killed at %s: who it stopped is started, with the data of before",
    (at, stopped) => {
      killed(at);
      expect([off(), host.has(NOTE)]).toEqual([stopped, true]);
      expect(host.run()).toMatchObject({ code: 0, error: "" });
      expect([off(), now(), host.has(NOTE), host.has("live/one.new")]).toEqual([[], before, false, false]);
      expect(host.sets).toHaveLength(2);
    },
  );

  test("where it was killed with all data in their places, those stay, and who it stopped is started", () => {
    killed("start-vpai_a", "a");
    expect(off()).toEqual(["vpai_a", "vpai_c"]);
    expect(host.run()).toMatchObject({
      code: 0,
      error: "",
      out: expect.stringContaining(
        "was cut short with all data in their places; who was stopped for it is started",
      ) as string,
    });
    expect([off(), now(), host.has(NOTE)]).toEqual([
      [],
      ["one then\n", "two then\nnow\n", "report then\nnow\n"],
      false,
    ]);
  });

  test("the next restore starts whom the first one stopped, whatever it brings back itself", () => {
    killed("switch-two");
    expect(host.run(["restore", set(), "d"])).toMatchObject({ code: 0, error: "" });
    expect([off(), now(), host.has(NOTE)]).toEqual([
      [],
      ["one then\nnow\n", "two then\n", "report then\nnow\n"],
      false,
    ]);
  });

  test("who was started by somebody else is stopped while data change back", () => {
    killed("switch-two");
    writeFileSync(host.at("engine/vpai_a"), "true");
    writeFileSync(host.at("steps"), "");
    host.run();
    expect(steps().indexOf("stop vpai_a")).toBe(0);
    expect([off(), now()]).toEqual([[], before]);
  });

  test("what somebody wrote meanwhile is put aside with them", () => {
    killed("switch-two");
    writeFileSync(host.at("engine/vpai_a"), "true");
    appendFileSync(host.at("live/one"), "meanwhile\n");
    expect(host.run().code).toBe(0);
    expect([now(), live("one.new")]).toEqual([before, "one then\nmeanwhile\n"]);
  });

  test("data that cannot be put back keep everybody stopped, and the note for the next run", () => {
    killed("switch-two");
    writeFileSync(host.at("fail-settle-one"), "");
    const { code, error } = host.run();
    expect([code, off(), host.has(NOTE), host.sets.filter((name) => /^\d/.test(name))]).toEqual([
      1,
      ALL,
      true,
      [set()],
    ]);
    expect(error).toContain("could not be put back; who uses it stays stopped. The next run tries again");
    rmSync(host.at("fail-settle-one"));
    expect(host.run()).toMatchObject({ code: 0, error: "" });
    expect([off(), now()]).toEqual([[], before]);
  });

  test("a way back that was killed is gone to its end", () => {
    const [, moment = ""] = /revert (\S+)/.exec(host.run(["restore", set(), "a"]).out) ?? [];
    writeFileSync(host.at("kill-revert-one"), "");
    expect(host.run(["revert", moment, "a"]).code).toBeNull();
    rmSync(host.at("kill-revert-one"));
    expect(off()).toEqual(["vpai_a", "vpai_c"]);
    expect(host.run()).toMatchObject({ code: 0, error: "" });
    expect([off(), live("one")]).toEqual([[], "one then\nnow\n"]);
  });
});

describe("a folder whose two renames were cut apart", () => {
  /** The name that is moved when both the method and the program that runs it are killed. */
  const killAt = (from: string): void =>
    host.program(
      "mv",
      `case "$*" in
  "-T "*/live/${from}" "*) [ ! -e "$FOLDER/kill" ] || { rm "$FOLDER/kill"; kill -KILL "$(ps -o ppid= -p "$PPID" | tr -d ' ')" "$PPID" "$$"; } ;;
esac
exec /bin/mv "$@"`,
    );

  beforeEach(() => {
    host.realMethod("programs/backup/files.sh", "files");
    host.plan("host|x", `part|notes|a|files|-|${host.at("live", "notes")}`, "item|notes|all|a");
    mkdirSync(host.at("live", "notes"));
    writeFileSync(host.at("live/notes/text"), "then\n");
    expect(host.run()).toMatchObject({ code: 0, error: "" });
    writeFileSync(host.at("live/notes/text"), "now\n");
    writeFileSync(host.at("kill"), "");
  });

  const last = (): string => host.sets.filter((name) => /^\d/.test(name)).at(-1) ?? "";

  test.each(["notes", "notes.restoring"])("is what it was, where it was killed before %s was moved", (from) => {
    killAt(from);
    expect(host.run(["restore", last(), "a"]).code).toBeNull();
    expect(host.has("live/notes")).toBe(from === "notes");
    expect(host.run()).toMatchObject({ code: 0, error: "" });
    expect([host.read("live/notes/text"), host.has("live/notes.restoring")]).toEqual(["now\n", false]);
    expect(host.read("engine/vpai_a")).toBe("true\n");
  });

  test("is restored by the next restore", () => {
    killAt("notes.restoring");
    const set = last();
    host.run(["restore", set, "a"]);
    expect(host.run(["restore", set, "a"])).toMatchObject({ code: 0, error: "" });
    expect([host.read("live/notes/text"), host.read("engine/vpai_a")]).toEqual(["then\n", "true\n"]);
  });
});
