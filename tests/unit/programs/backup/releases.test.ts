import { createHash } from "node:crypto";
import { appendFileSync, mkdirSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { BackupHost } from "./host";

/** Releases: whose data are copied, how many stay, and that a way back which fails leads nowhere. */

let host: BackupHost;

/** Data are files, `live/<part>.<item>`; a service's container is a file with its state, which another one's name says. */
const METHOD = `
live() { echo "$FOLDER/live/$PART.$1"; }
note() { echo "$1 $PART $ITEM" >> "$FOLDER/steps"; [ ! -e "$FOLDER/fail-$1-$PART" ] || fail "cannot $1"; [ ! -e "$FOLDER/kill-$1-$PART" ] || kill -KILL "$PPID" "$$"; }
dump() {
  local one
  for one in \${ONLY:-$(ls "$FOLDER/live" | sed -n "s/^$PART\\.\\([a-z]*\\)$/\\1/p")}; do cp "$(live "$one")" "$OUT/$one"; done
  [ ! -e "$FOLDER/fail-dump-$PART" ] || fail "cannot dump"
}
verify() { local one; for one in "$OUT"/*; do rows "$(basename "$one")" "$(wc -l < "$one")"; done; }
count() { rows "$ITEM" "$(wc -l < "$(live "$ITEM")")"; [ "$SINCE" = "\${EXPECT_SINCE:-$SINCE}" ]; }
prepare() { note prepare; cp "$OUT/$ITEM" "$(live "$ITEM").new"; }
switch() { note switch; mv "$(live "$ITEM")" "$(live "$ITEM").before-$STAMP"; mv "$(live "$ITEM").new" "$(live "$ITEM")"; aside "$ITEM.before-$STAMP"; }
revert() { note revert; mv "$(live "$ITEM")" "$(live "$ITEM").new"; mv "$(live "$ITEM").before-$STAMP" "$(live "$ITEM")"; }
settle() { [ ! -e "$(live "$ITEM").before-$STAMP" ] || revert; }
discard() { rm -f "$(live "$ITEM").new"; }
`;

const ENGINE = `
E=$FOLDER/engine
there() { [ -e "$E/$1" ]; }
state() { cut -d ' ' -f 2 "$E/$1"; }
[ ! -e "$FOLDER/kill-$1-$2" ] || kill -KILL "$PPID" "$$"
[ ! -e "$FOLDER/fail-$1-$2" ] || exit 1
become() { printf '%s %s\\n' "$(cut -d ' ' -f 1 "$E/$1")" "$2" > "$E/$1.new"; mv "$E/$1.new" "$E/$1"; }
case $1 in
  inspect)
    there "$4" || there "$3" || exit 1
    case $3 in
      x) echo x ;;
      '{{.State.Running}}') [ "$(state "$4")" = up ] && echo true || echo false ;;
      *StartedAt*) echo then 0 ;;
      *) if grep -q bad "$E/$4"; then echo unhealthy; else echo healthy; fi ;;
    esac ;;
  stop) echo "stop $2" >> "$FOLDER/steps"; become "$2" down ;;
  start) echo "start $2" >> "$FOLDER/steps"; become "$2" up ;;
  rename) mv "$E/$2" "$E/$3" ;;
  rm) for name; do :; done; rm -f "$E/$name" ;;
  logs) echo "last words" ;;
esac
exit 0`;

const STAMP = "20261129T230000";

/** Names of containers, with the image of each and whether it runs. */
const containers = (): string[] =>
  readdirSync(host.at("engine"))
    .sort()
    .map((name) => `${name} ${host.read("engine", name).trim()}`);

const live = (item: string): string => host.read("live", item);

const releases = (service = "shop"): string[] =>
  host.has("releases", service)
    ? readdirSync(host.at("releases", service))
        .filter((name) => !name.startsWith(".l"))
        .sort()
    : [];

/** As the resource calls it. */
const release = (from = "registry.example.org/shop:1.0", kept = 5, environment: Record<string, string> = {}) =>
  host.run(
    ["release", "shop", String(kept), from, "sha256:old", "registry.example.org/shop:2.0", "sha256:new", "rev"].concat(
      host.at("last-healthy/shop/configs"),
    ),
    environment,
    '{"image":"old"}',
  );

beforeEach(() => {
  host = new BackupHost();
  host.method("note", METHOD);
  host.program("docker", ENGINE);
  host.plan(
    ...["host|x", "part|db|server|note|-", "part|shop-files|shop|note|-"],
    ...["item|db|orders|shop|reports", "item|db|others|other", "item|shop-files|all|shop"],
    ...["own|server|db", "own|shop|db|orders", "own|shop|shop-files", "own|other|db|others"],
  );
  for (const folder of ["live", "engine", "configs/shop", "last-healthy/shop/configs"])
    mkdirSync(host.at(folder), { recursive: true });
  for (const file of ["db.orders", "db.others", "shop-files.all"]) writeFileSync(host.at("live", file), "then\n");
  writeFileSync(host.at("last-healthy/shop/configs/conf"), "old\n");
  writeFileSync(host.at("last-healthy/shop/version.json"), "new");
  writeFileSync(host.at("configs/shop/conf"), "new\n");
  for (const name of ["shop", "server", "other", "reports"]) writeFileSync(host.at(`engine/vpai_${name}`), "2.0 up\n");
});
afterEach(() => host.remove());

const SHA = createHash("sha256").update("then\n").digest("hex");

test("a release is the service's own data and version, with what it was and became", () => {
  const { code, error } = release();
  expect([code, error]).toEqual([0, ""]);
  const [name = ""] = releases();
  expect(name).toMatch(/^\d{8}T\d{6}Z-1\.0$/);
  const manifest = JSON.parse(host.read("releases/shop", name, "manifest.json")) as Record<string, unknown>;
  expect(manifest).toMatchObject({
    set: name,
    sequence: 1,
    service: "shop",
    from: { reference: "registry.example.org/shop:1.0", image: "sha256:old" },
    to: { reference: "registry.example.org/shop:2.0", image: "sha256:new" },
    revision: "rev",
    parts: [
      { name: "_version", files: [{ path: "configs/conf", bytes: 4 }, { path: "version.json" }] },
      { name: "db", rows: { orders: 1 }, files: [{ path: "orders", bytes: 5, sha256: SHA }] },
      { name: "shop-files", rows: { all: 1 }, files: [{ path: "all" }] },
    ],
  });
  expect(host.read("releases/shop", name, "_version/version.json")).toBe('{"image":"old"}');
  expect(host.run(["releases", "shop"]).out).toBe(`${host.read("releases/shop", name, "manifest.json")}\0`);
});

test("a server's release is all that it holds, and a service without data of its own has none", () => {
  host.run(["release", "server", "5", "s:1", "a", "s:2", "b", "", "-"], {}, "{}");
  const [name = ""] = releases("server");
  expect(readdirSync(host.at("releases/server", name, "db")).sort()).toEqual(["orders", "others"]);
  const { code, error } = host.run(["release", "nobody", "5", "s:1", "a", "s:2", "b", "", "-"], {}, "{}");
  expect([code, error]).toEqual([1, "backup: expected a service that keeps data of its own, found nobody\n"]);
});

test("so many stay as are wanted, by their numbers whatever the clock says, and never none", () => {
  for (const tag of ["1.0", "1.1", "1.2"]) expect(release(`shop:${tag}`, 2).code).toBe(0);
  expect(releases().map((name) => name.split("-")[1])).toEqual(["1.1", "1.2"]);
  // By these nobody prunes their images.
  const kept = readdirSync(host.at("last-healthy")).filter((name) => host.has("last-healthy", name, "version.json"));
  expect(kept.sort()).toEqual(["shop", ...releases().map((name) => `shop.release-${name}`)]);
  host.program("date", 'case "$*" in *%Y%m%dT*) echo 20200101T000000Z ;; *) exec /bin/date "$@" ;; esac');
  expect(release("shop:1.3", 1).code).toBe(0);
  expect(releases()).toEqual(["20200101T000000Z-1.3"]);
});

test.each<[string, () => void, Record<string, string>, string]>([
  ["a dump that fails", () => writeFileSync(host.at("fail-dump-shop-files"), ""), {}, "shop-files could not be copied"],
  ["a disk that would run full", () => undefined, { BACKUP_MARGIN: "9000000000000000" }, "MiB free on the disk of"],
])("%s leaves no release, and those of before", (_what, spoil, environment, says) => {
  release();
  const before = releases();
  spoil();
  const { code, error } = release("shop:1.5", 1, environment);
  expect([code, error.includes(says) ? says : error]).toEqual([1, says]);
  expect(releases()).toEqual(before);
});

test("waits for whoever copies at the moment, and no longer than it is told", () => {
  mkdirSync(host.at("backups"));
  const { error } = host.run(
    ["release", "shop", "5", "s:1", "a", "s:2", "b", "", "-"],
    { RELEASE_PATIENCE: "0", BASH_ENV: hold() },
    "{}",
  );
  expect(error).toContain("another run is under way");
});

/** Has somebody hold the lock while bash runs its program. */
function hold(): string {
  const file = host.at("hold");
  writeFileSync(file, `unset BASH_ENV; exec 8> "${host.at("backups/.lock")}"; flock 8\n`);
  return file;
}

test("tells what was written since, and what going back does", () => {
  release();
  appendFileSync(host.at("live/db.orders"), "now\n");
  const { started } = JSON.parse(host.read("releases/shop", releases()[0] ?? "", "manifest.json")) as {
    started: string;
  };
  const { code, out, error } = host.run(["since", "shop", releases()[0] ?? ""], { EXPECT_SINCE: started });
  expect([code, error]).toEqual([0, ""]);
  expect(out.split("\n")).toEqual([
    ...["db\trows\torders\t2", "shop-files\trows\tall\t1", "config\tdiffers\tconf"],
    ...["does\treplaces db orders", "does\treplaces shop-files all", "does\tstops reports", "does\tstops shop", ""],
  ]);
});

describe("the way back", () => {
  const goBack = (environment: Record<string, string> = {}) =>
    host.run(["rollback", "shop", releases()[0] ?? "", STAMP], {
      ...{ RELEASE_SETTLE: "0", BACKUP_PATIENCE: "2" },
      ...environment,
    });
  const steps = (): string[] => host.read("steps").trim().split("\n");
  const ready = (image = "1.0"): void => writeFileSync(host.at("engine/vpai_shop.rollback"), `${image} down\n`);

  beforeEach(() => {
    release();
    for (const item of ["db.orders", "shop-files.all", "db.others"]) appendFileSync(host.at("live", item), "now\n");
    ready();
  });

  test("has data, configuration and image of then, and stops nobody else", () => {
    const { code, out, error } = goBack();
    expect([code, error]).toEqual([0, ""]);
    expect([live("db.orders"), live("shop-files.all"), live("db.others")]).toEqual(["then\n", "then\n", "then\nnow\n"]);
    expect(containers()).toEqual([
      ...["vpai_other 2.0 up", "vpai_reports 2.0 up", "vpai_server 2.0 up", "vpai_shop 1.0 up"],
      "vpai_shop.failed 2.0 down",
    ]);
    expect(host.read("last-healthy/shop/version.json")).toBe('{"image":"old"}');
    expect(host.read("last-healthy/shop/configs/conf")).toBe("old\n");
    expect(steps().filter((step) => /^st/.test(step))).toEqual([
      ...["stop vpai_reports", "stop vpai_shop", "stop vpai_shop", "start vpai_shop", "start vpai_reports"],
    ]);
    expect(out).toContain(`what was in use is now orders.before-${STAMP}`);
    expect(out).toMatch(/^shop is back, after \d+ s$/m);
  });

  test("can be undone", () => {
    goBack();
    const { code, error } = host.run(["undo", "shop", releases()[0] ?? "", STAMP], { BACKUP_PATIENCE: "2" });
    expect([code, error]).toEqual([0, ""]);
    expectAsBefore();
  });

  const expectAsBefore = (): void => {
    expect([live("db.orders"), live("shop-files.all")]).toEqual(["then\nnow\n", "then\nnow\n"]);
    expect(containers()).toEqual([
      ...["vpai_other 2.0 up", "vpai_reports 2.0 up", "vpai_server 2.0 up", "vpai_shop 2.0 up"],
    ]);
    expect(host.read("last-healthy/shop/version.json")).toBe("new");
  };

  test.each(["prepare", "switch"])("that fails while it would %s leaves everything as it was", (step) => {
    writeFileSync(host.at(`fail-${step}-shop-files`), "");
    const { code, error } = goBack();
    expect([code, error]).toEqual([1, `shop-files: cannot ${step}\nbackup: nothing was replaced\n`]);
    expectAsBefore();
  });

  test("leaves what came to the service with its next version, and so does its undoing", () => {
    host.plan(
      ...["host|x", "part|db|server|note|-", "part|shop-files|shop|note|-", "part|extra|shop|note|-"],
      ...["item|db|orders|shop|reports", "item|shop-files|all|shop", "item|extra|all|shop"],
      ...["own|shop|db|orders", "own|shop|shop-files", "own|shop|extra"],
    );
    writeFileSync(host.at("live/extra.all"), "new\n");
    expect(host.run(["since", "shop", releases()[0] ?? ""]).out).toContain(
      "does\tleaves extra all, of which it has nothing\n",
    );
    expect(goBack()).toMatchObject({ code: 0, error: "" });
    expect([live("db.orders"), live("extra.all")]).toEqual(["then\n", "new\n"]);
    expect(host.run(["undo", "shop", releases()[0] ?? "", STAMP], { BACKUP_PATIENCE: "2" }).code).toBe(0);
    expectAsBefore();
    expect(live("extra.all")).toBe("new\n");
  });

  test("is refused where the disk has no room for its data once more", () => {
    host.program("df", "printf 'Avail\\n1048580\\n'");
    const { code, error } = goBack();
    expect(code).toBe(1);
    expect(error).toContain("expected 1 MiB free on the disk of");
    expect(error).toMatch(/nothing was replaced\n$/);
    expectAsBefore();
  });

  test("starts whom it has stopped where somebody else cannot be", () => {
    writeFileSync(host.at("fail-stop-vpai_shop"), "");
    expect(goBack().code).toBe(1);
    expect(steps().filter((step) => step.endsWith("vpai_reports"))).toEqual([
      "stop vpai_reports",
      "start vpai_reports",
    ]);
    expectAsBefore();
    expect(host.has("live/db.orders.new")).toBe(false);
  });

  /** Killed there; then there is nothing left that would kill one, and the next set is made. */
  const killed = (at: string, verbs: readonly string[]): void => {
    writeFileSync(host.at(`kill-${at}`), "");
    expect(host.run(verbs, { RELEASE_SETTLE: "0", BACKUP_PATIENCE: "2" }).code).toBeNull();
    rmSync(host.at(`kill-${at}`));
    expect(host.run(["run"], { BACKUP_PATIENCE: "2" })).toMatchObject({ code: 0, error: "" });
  };

  test.each([
    "stop-vpai_reports",
    "switch-db",
    "switch-shop-files",
    "rename-vpai_shop",
    "rename-vpai_shop.rollback",
    "start-vpai_shop",
  ])("that was killed at %s is settled by the next run: everything is as it was", (at) => {
    killed(at, ["rollback", "shop", releases()[0] ?? "", STAMP]);
    expectAsBefore();
    expect(host.has("backups/.restoring")).toBe(false);
  });

  test("that was killed once its version serves is kept", () => {
    killed(`rename-vpai_shop.before-${STAMP}`, ["rollback", "shop", releases()[0] ?? "", STAMP]);
    expect([live("db.orders"), live("shop-files.all")]).toEqual(["then\n", "then\n"]);
    expect(containers()).toContain("vpai_shop 1.0 up");
    expect(containers()).toContain("vpai_shop.failed 2.0 down");
  });

  test.each(["revert-db", "rename-vpai_shop", "start-vpai_shop"])(
    "whose undoing was killed at %s is undone by the next run",
    (at) => {
      goBack();
      killed(at, ["undo", "shop", releases()[0] ?? "", STAMP]);
      expectAsBefore();
    },
  );

  test("to a version that does not become healthy leads back, with its last words", () => {
    ready("bad");
    const { code, error } = goBack();
    expect(code).toBe(1);
    expect(error).toContain("shop is unhealthy after 2 s\n");
    expect(error).toContain("does not serve; everything is as it was before");
    expect(error + goBack().error).toContain("expected a container vpai_shop.rollback, found none");
    expectAsBefore();
  });

  test("is refused where the release is not as it was written", () => {
    appendFileSync(host.at("releases/shop", releases()[0] ?? "", "db/orders"), "x");
    expect(goBack()).toMatchObject({ code: 1, error: expect.stringContaining("not as it was written") as string });
    expect(host.has("steps")).toBe(false);
  });

  test("from a version that serves in place of a failed one keeps the failed one, which the state knows", () => {
    writeFileSync(host.at("engine/vpai_shop.failed"), "3.0 down\n");
    expect(goBack().code).toBe(0);
    expect(containers()).toContain("vpai_shop 1.0 up");
    expect(containers()).toContain("vpai_shop.failed 3.0 down");
    expect(containers()).toHaveLength(5);
  });
});
