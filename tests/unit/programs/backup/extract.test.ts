import {
  appendFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import os from "node:os";
import path from "node:path";
import { BackupHost } from "./host";

/** How a set is laid out in a folder of the host, to look at: what is there then, and what is refused. */

let host: BackupHost;
/** A folder that is nobody's. */
let place: string;

/** Data are a file for each item; whoever asks for another verb than these fails. */
const METHOD = `
dump() { cp -R "$FOLDER/live/$PART/." "$OUT"; }
verify() { :; }
`;

beforeEach(() => {
  host = new BackupHost();
  place = mkdtempSync(path.join(os.tmpdir(), "place-"));
  host.method("note", METHOD);
  host.realMethod("programs/backup/files.sh", "files");
  host.plan(
    ...["host|x", "source|{folder}/data/shop", "part|server|server|note|-", "part|exports|shop|note|-"],
    ...["part|shop-files|shop|files|-|{folder}/data/shop", "item|server|shop|shop", "item|server|sho|other"],
    ...["item|server|gone|late|other", "item|shop-files|all|shop"],
  );
  const files = {
    ...{ "live/server/shop.dump": "rows\n", "live/server/sho.dump": "others' rows\n", "live/server/roles.sql": "r\n" },
    ...{ "live/exports/flows.tar": "flows\n", "data/shop/a b.txt": "letter\n", "data/shop/deep/key": "secret\n" },
  };
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(path.dirname(host.at(name)), { recursive: true });
    writeFileSync(host.at(name), text);
  }
  expect(host.run()).toMatchObject({ code: 0, error: "" });
  // Who is asked for a container says so: nobody is.
  host.program("docker", 'echo "$*" >> "$FOLDER/asked"');
});
afterEach(() => {
  host.remove();
  rmSync(place, { recursive: true, force: true });
});

const set = (): string => host.sets[0] ?? "";
const at = (...names: string[]): string => path.join(place, ...names);
const mode = (name: string): string => (statSync(name).mode & 0o7777).toString(8);
const extract = (to: string, ...more: string[]) => host.run(["extract", set(), to, ...more]);

/** Everything below a folder, in order. */
const below = (folder: string): string[] =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((one) => !one.isDirectory())
    .map((one) => path.relative(folder, path.join(one.parentPath, one.name)))
    .sort();

test("all of a set: folders as files, the rest as it was written; for its owner alone; nobody is asked or stopped", () => {
  const { code, out, error } = extract(at("look"));
  expect([code, error]).toEqual([0, ""]);
  expect(below(at("look"))).toEqual([
    ...["exports/flows.tar", "manifest.json", "server/roles.sql", "server/sho.dump", "server/shop.dump"],
    ...["shop-files/a b.txt", "shop-files/deep/key"],
  ]);
  expect(readFileSync(at("look/shop-files/deep/key"), "utf8")).toBe("secret\n");
  expect(readFileSync(at("look/server/shop.dump"), "utf8")).toBe("rows\n");
  expect([mode(at("look")), statSync(at("look")).uid]).toEqual(["700", process.getuid?.()]);
  // 6, 2, 13, 5, 7 and 7 bytes, and the manifest.
  const all = 40 + statSync(at("look/manifest.json")).size;
  expect(out.split("\n")).toEqual([
    ...["exports: 1 file, 6 bytes", "server: 3 files, 20 bytes", "shop-files: 2 files, 14 bytes"],
    `everything of ${set()} is laid out in ${at("look")}, as it was written: 7 files, ${all} bytes. Secrets and people's data are in ` +
      "the clear there, for root alone: remove it when it was looked at",
    "",
  ]);
  expect([host.has("asked"), host.sets]).toEqual([false, [set()]]);
  expect(host.run(["check", set()]).code).toBe(0);
});

test("what a set has of a service: its own parts, and in those of servers what is called after it", () => {
  const { code, out } = extract(at("look"), "shop");
  expect(code).toBe(0);
  expect(below(at("look"))).toEqual([
    ...["exports/flows.tar", "manifest.json", "server/shop.dump", "shop-files/a b.txt", "shop-files/deep/key"],
  ]);
  expect(out).toContain("server: 1 file, 5 bytes\n");
  expect(out).toContain(`shop of ${set()} is laid out in ${at("look")}`);
  expect(extract(at("server"), "server").out).toContain("server: 3 files, 20 bytes\n");
  expect(below(at("server"))).toEqual([
    "manifest.json",
    ...["roles.sql", "sho.dump", "shop.dump"].map((n) => `server/${n}`),
  ]);
});

test("what the set lacks of a service is told", () => {
  expect(extract(at("look"), "other")).toMatchObject({ code: 0, error: "" });
  expect(below(at("look"))).toEqual(["manifest.json", "server/sho.dump"]);
  expect(extract(at("late"), "other").out).toContain("the set has nothing of server gone\n");
});

test("a part that the plan has no more is laid out as it was written", () => {
  host.plan("host|x", "part|other|other|note|-");
  expect(extract(at("look"))).toMatchObject({ code: 0, error: "" });
  expect(below(at("look/shop-files"))).toEqual(["databases", "files.tar"]);
});

describe("a folder that is there", () => {
  test("and empty is taken, and root's alone from then on", () => {
    mkdirSync(at("look"), { mode: 0o755 });
    expect(extract(`${at("look")}/`, "server")).toMatchObject({ code: 0, error: "" });
    expect([mode(at("look")), existsSync(at("look/server/shop.dump"))]).toEqual(["700", true]);
  });

  test("is what it was when something fails midway", () => {
    mkdirSync(at("look"), { mode: 0o751 });
    host.method("note", `${METHOD}extract() { mkdir -p "$TARGET"; echo half > "$TARGET/half"; fail "no more"; }`);
    const { code, error } = extract(at("look"), "shop");
    expect([code, error]).toEqual([
      1,
      `server: no more\nbackup: server shop could not be laid out; ${at("look")} is what it was before\n`,
    ]);
    expect([readdirSync(at("look")), mode(at("look"))]).toEqual([[], "751"]);
  });
});

describe("nothing is left", () => {
  afterEach(() => expect(readdirSync(place)).toEqual([]));

  test("when a part fails after another one", () => {
    host.method("files", `extract() { mkdir "$TARGET"; fail "no more"; }`);
    expect(extract(at("look"))).toMatchObject({
      code: 1,
      error: expect.stringContaining("shop-files all could not be laid out") as string,
    });
  });

  test("when nobody listens any more", () => {
    host.program("cp", 'sleep 0.1\nexec /bin/cp "$@"');
    host.leave(["extract", set(), at("look")]);
  });

  test("of files that are not as they were written", () => {
    host.program("cp", `/bin/cp "$@"\nfor last in ${at("look/server")}/*; do echo more >> "$last"; done`);
    expect(extract(at("look"), "server").error).toMatch(
      /^server: expected files as they were written, found others: [0-9a-f]{64} {2}server\/roles.sql$/m,
    );
  });

  test("of a folder that is not as it was copied", () => {
    host.program(
      "tar",
      `/bin/tar "$@"\ncase "$1" in --extract) echo more >> "${at("look/shop-files/deep/key")}" ;; esac`,
    );
    expect(extract(at("look"), "shop").error).toMatch(
      /^shop-files: expected files as the set has them, found others: \.\/deep\/key: (Size|Contents) differs?$/m,
    );
  });

  test("of a set that is damaged", () => {
    appendFileSync(host.at("backups", set(), "server/shop.dump"), "x");
    expect(extract(at("look")).error).toContain("a file is not as it was written");
  });

  test.each([
    [["000009-20260101T000000Z"], "expected one of the sets 000001-"],
    [["SET"], "expected the absolute path of a folder in TO, such as /srv/look, found none"],
    [["SET", "PLACE/look", "nobody"], "expected a service of which 000001-"],
  ])("of %j", (words, says) => {
    const known = words.map((word) => word.replace(/^SET$/, set()).replace("PLACE", place));
    const { code, error } = host.run(["extract", ...known]);
    expect([code, error.includes(says) ? says : error, error.split("\n")]).toEqual([1, says, [expect.anything(), ""]]);
  });
});

/** Says with one sentence why, and does the same before a set is fetched. */
function refused(to: string, says: string): void {
  const before = existsSync(to) ? readdirSync(place) : [];
  for (const verbs of [
    ["extract", set(), to],
    ["target", to, "40"],
  ])
    expect(host.run(verbs)).toEqual({ code: 1, out: "", error: `backup: ${says}\n` });
  if (before.length > 0) expect(readdirSync(place)).toEqual(before);
}

describe("refused is a folder", () => {
  test.each(["look", "./look", "~/look"])("that is not absolute: %s", (to) => {
    refused(to, `expected the absolute path of a folder in TO, such as /srv/look, found ${to}`);
  });

  test("that has something in it, or is none", () => {
    writeFileSync(at("note"), "mine");
    refused(place, `expected a folder in TO that is empty or not there yet, found something in ${place}`);
    refused(at("note"), `expected a folder in TO, found that ${at("note")} is none`);
    expect(readFileSync(at("note"), "utf8")).toBe("mine");
  });

  test("below one that is not there, as where a disk is not mounted", () => {
    refused(at("usb/look"), `expected a folder that is there above the one in TO, found no ${at("usb")}`);
  });

  test.each(["data/look", "backups/look", "releases", "data/shop/deep/look"])("of the platform's own: %s", (name) => {
    refused(
      host.at(name),
      `expected a folder outside of the platform's own in TO, found ${host.at(name)}, which lies in ${host.folder}`,
    );
  });

  test("that leads there by a link or by dots", () => {
    symlinkSync(host.at("data"), at("link"));
    for (const to of [at("link/look"), `${place}/../${path.basename(host.folder)}/backups/look`])
      refused(to, `expected a folder outside of the platform's own in TO, found ${to}, which lies in ${host.folder}`);
  });

  test("in data that lie elsewhere: by a link of the platform's, or in a user's home", () => {
    mkdirSync(at("disk/look"), { recursive: true });
    mkdirSync(at("home/data"), { recursive: true });
    symlinkSync(at("disk"), host.at("more"));
    host.plan("host|x", `source|${at("home/data")}`, "part|server|server|note|-");
    const says = "expected a folder outside of the platform's own in TO, found ";
    refused(at("disk/look"), `${says}${at("disk/look")}, which lies in ${at("disk")}`);
    refused(at("home/data/look"), `${says}${at("home/data/look")}, which lies in ${at("home/data")}`);
  });

  test("on a disk without room, which is its own and not the sets'", () => {
    host.program("df", `case "$*" in *${place}) echo Avail; echo 1048615 ;; *) exec /bin/df "$@" ;; esac`);
    // 40 bytes beside the 1 MiB that stay free here: one is missing.
    refused(
      at("look"),
      `expected 1 MiB free on the disk of ${place}, of which 1 MiB stay free; found 1 MiB. Nothing was written: make room`,
    );
    expect(extract(at("look"), "server").code).toBe(0);
  });
});

test("one beside the platform's is no part of it", () => {
  expect(host.run(["target", `${host.folder}-look`])).toEqual({ code: 0, out: "", error: "" });
});
