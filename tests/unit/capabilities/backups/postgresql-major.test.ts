import { spawnSync } from "node:child_process";
import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import os from "node:os";
import path from "node:path";
import { projectRoot } from "../../../../toolchain/environment";

/**
 * How clusters change places, whatever interrupts it. No server runs here: folders stand for clusters. What servers do with them is
 * in tests/lab/long/postgresql-major.test.ts.
 */

let root: string;
let data: string;

beforeEach(() => {
  root = mkdtempSync(path.join(os.tmpdir(), "clusters-"));
  data = path.join(root, "data");
  mkdirSync(path.join(root, "programs"));
  for (const file of ["postgresql-major.sh", "postgresql-servers.sh", "postgresql-places.sh", "postgresql-version.sh"])
    copyFileSync(path.join(projectRoot, "capabilities/backups", file), path.join(root, file));
  copyFileSync(path.join(projectRoot, "programs/backup/tools.sh"), path.join(root, "tools.sh"));
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

/** A cluster, in a folder below the data's. */
function cluster(folder: string, version: string, control = "pg_control"): void {
  mkdirSync(path.join(data, folder, "global"), { recursive: true });
  writeFileSync(path.join(data, folder, "PG_VERSION"), `${version}\n`);
  writeFileSync(path.join(data, folder, "global", control), `of ${version}`);
}

const STAMP = "20261130T030000";

function run(program: string, args: readonly string[], more: Record<string, string> = {}) {
  const known = { HERE: root, DATA: data, CONTAINER: "vpai_db", PART: "db", SERVICE: "db", OUT: "", FOLDER: root };
  const env = { ...process.env, ...known, STAMP, NEXT: "18", RELEASE: "then-17.6", ...more };
  const { status, signal, stdout, stderr } = spawnSync("bash", [path.join(root, program), ...args], {
    env,
    encoding: "utf8",
  });
  return { code: status, signal, out: stdout, error: stderr };
}

const major = (verb: string, more: Record<string, string> = {}) => run("postgresql-major.sh", [verb, "postgres"], more);

/** What the data folder holds, as version and place. */
const found = (): string => run("postgresql-version.sh", [data]).out.split("\t").slice(0, 2).join(" ");

/** Clusters that a server would start on. */
const startable = (): string[] =>
  ["17/docker", "18/docker"].filter((folder) => existsSync(path.join(data, folder, "global/pg_control")));

/** A new cluster that is filled and proven, beside the one in use. */
function ready(): void {
  cluster("17/docker", "17");
  cluster(".18.new/18/docker", "18");
  writeFileSync(path.join(data, ".18.new/complete"), "");
}

const read = (...names: string[]): string => readFileSync(path.join(data, ...names), "utf8");

describe("which cluster a folder holds", () => {
  test("nothing where there is none, and where the folder is not there", () => {
    expect(run("postgresql-version.sh", [data])).toMatchObject({ code: 0, out: "" });
    mkdirSync(path.join(data, "18/docker"), { recursive: true });
    expect(found()).toBe("");
  });

  test.each([
    ["17/docker", "17"],
    ["data", "16"],
    [".", "15"],
  ])("in %s, as images have it", (folder, version) => {
    cluster(folder, version);
    expect(found()).toBe(`${version} ${folder}`);
    expect(Number(run("postgresql-version.sh", [data]).out.trim().split("\t")[2])).toBeGreaterThan(0);
  });

  test("the newest that is in service; one that was put aside is none", () => {
    cluster("9/docker", "9");
    cluster("17/docker", "17", "pg_control.old");
    cluster("18.before-20261130T010000/docker", "18");
    expect(found()).toBe("9 9/docker");
    cluster("10/docker", "10");
    expect(found()).toBe("10 10/docker");
  });

  test("one out of service where there is no other: a switch was interrupted", () => {
    cluster("17/docker", "17", "pg_control.old");
    expect(found()).toBe("17 17/docker");
  });
});

describe("the new cluster", () => {
  test("takes its place, and the old one stays where it is, out of service", () => {
    ready();
    const { code, out, error } = major("switch");
    expect([code, error]).toEqual([0, ""]);
    expect(out).toBe(`what was in use is now ${data}/17/docker, of PostgreSQL 17\n`);
    expect([found(), startable()]).toEqual(["18 18/docker", ["18/docker"]]);
    expect(read("17/docker/global/pg_control.old")).toBe("of 17");
    expect(major("before").out.trim().split("\t")).toEqual(["17", "then-17.6", STAMP, `${data}/17/docker`]);
  });

  test("makes way for the old one again, and comes back", () => {
    ready();
    major("switch");
    expect(major("back")).toMatchObject({ code: 0, out: `what was in use is now ${data}/18.before-${STAMP}\n` });
    expect([found(), startable(), major("is_aside").code]).toEqual(["17 17/docker", ["17/docker"], 0]);
    expect(readdirSync(data).sort()).toEqual(["17", `18.before-${STAMP}`]);
    expect(major("forth")).toMatchObject({ code: 0, error: "" });
    expect([found(), startable()]).toEqual(["18 18/docker", ["18/docker"]]);
    expect(major("back", { STAMP: "20261130T040000" }).code).toBe(0);
    expect(found()).toBe("17 17/docker");
  });

  test("was not used until a server has written to it", () => {
    ready();
    major("switch");
    expect(major("unused").code).toBe(0);
    writeFileSync(path.join(data, "18/docker/global/pg_control"), "of 18, in production");
    expect(major("unused").code).not.toBe(0);
  });

  test("has no way back where the old one is gone", () => {
    ready();
    major("switch");
    rmSync(path.join(data, "17"), { recursive: true });
    expect(major("back")).toMatchObject({
      code: 1,
      error: `db: expected the cluster that was in use before PostgreSQL 18, found none in ${data}\n`,
    });
    expect(found()).toBe("18 18/docker");
  });
});

/** Has the shell killed at its n-th rename, before or after it. */
function killAt(renames: number, moment: "before" | "after"): Record<string, string> {
  const program = path.join(root, "programs/mv");
  const kill = `[ "$count" != ${renames} ] || kill -9 $PPID`;
  const rename = '/bin/mv "$@"';
  writeFileSync(
    program,
    `#!/bin/bash
count=$(($(cat ${root}/renames 2>/dev/null || echo 0) + 1)); echo $count > ${root}/renames
${moment === "before" ? `${kill}\n${rename}` : `${rename}\n${kill}`}
`,
  );
  chmodSync(program, 0o755);
  return { PATH: `${path.join(root, "programs")}:${process.env["PATH"] ?? ""}` };
}

describe.each([
  ["switch", 4, () => ready()],
  ["back", 3, () => (ready(), major("switch"))],
  ["forth", 3, () => (ready(), major("switch"), major("back"))],
] as const)("%s, killed", (verb, renames, given) => {
  const moments = Array.from({ length: renames }, (_none, index) => index + 1).flatMap((number) =>
    (["before", "after"] as const).map((moment) => [moment, number] as const),
  );

  test.each(moments)(
    "%s its rename number %i: never are two clusters in service, and afterwards exactly one is",
    (moment, number) => {
      given();
      const { signal } = major(verb, killAt(number, moment));
      expect(signal).toBe("SIGKILL");
      // Whatever starts now, by whichever image: a cluster that nobody else serves, or none.
      expect(startable().length).toBeLessThanOrEqual(1);
      expect(major("settle")).toMatchObject({ code: 0, error: "" });
      expect(startable()).toHaveLength(1);
      const [version = ""] = found().split(" ");
      expect(startable()).toEqual([`${version}/docker`]);
      // The cluster of before has lost nothing, wherever it is.
      const before = path.join(data, "17/docker/global");
      expect(readFileSync(path.join(before, readdirSync(before)[0] ?? ""), "utf8")).toBe("of 17");
      expect(readdirSync(data).filter((name) => name.endsWith(".new"))).toEqual([]);
    },
  );
});

test("what an interruption before the switch has left goes, and the old cluster serves on", () => {
  ready();
  rmSync(path.join(data, ".18.new/complete"));
  expect(major("settle").code).toBe(0);
  expect([readdirSync(data), startable()]).toEqual([["17"], ["17/docker"]]);
});
