import { execFileSync } from "node:child_process";
import { chmodSync, cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { eventually } from "../../eventually";
import { projectRoot } from "../../../toolchain/environment";
import { QDRANT_CONFIG } from "../../../platforms/vpai/services/qdrant/config";
import { docker, hardened, image, inside, minute, mounted, run, start, useImages } from "../harness/containers";
import { JobFigures, jobFailed, jobOverdue } from "../harness/job-figures";

/**
 * The backups' program with the programs that it asks, each with somebody who writes without a pause: as root of a Debian 13, as on
 * a host. A host's own job, with n8n, is in tests/lab/backup.test.ts.
 */

useImages("postgres", "redis", "qdrant", "couchdb", "node", "lab-host", "vmalert-tool");

/** Of Redis, Qdrant and CouchDB. */
const PASSWORD = "canary-password";
const JOB = "backup-lab";

/** The platform's folder of the host: the same path for the engine, as the programs' containers get parts of it. */
let folder: string;

const at = (...names: string[]): string => path.join(folder, ...names);

const store = (): string => at("backups");

/** A command of the host's root. */
const host = (...command: string[]): string => inside("host", ...command);

const sh = (script: string, ...args: string[]): string => host("bash", "-euc", script, "bash", ...args);

const sets = (): string[] =>
  sh('ls "$1" 2>/dev/null || true', store())
    .split("\n")
    .filter((name) => /^\d/.test(name));

interface Manifest {
  bytes: number;
  parts: { name: string; version?: string; rows: Record<string, number>; files: { path: string; bytes: number }[] }[];
}

const manifestOf = (set: string): Manifest => JSON.parse(host("cat", `${store()}/${set}/manifest.json`)) as Manifest;

const partOf = (set: string, name: string): Manifest["parts"][0] => {
  const found = manifestOf(set).parts.find((part) => part.name === name);
  if (found === undefined) throw new Error(`expected the part ${name}`);
  return found;
};

const plan = (...lines: string[]): void =>
  writeFileSync(
    at("configs", JOB, "plan"),
    ["host|lab", ...lines].map((line) => `${line.replaceAll("|", "\t")}\n`).join(""),
  );

const PARTS = [
  "part|postgres|postgres|postgresql|-|postgres|+shop",
  "part|redis|redis|redis|redis.secret|{folder}/data/redis",
  "part|qdrant|qdrant|qdrant|qdrant.secret|6333|{folder}/data/qdrant|/qdrant/storage|notes",
  "part|couchdb|couchdb|couchdb|couchdb.secret|5984|admin|vault",
  "part|app-files|app|files|-|{folder}/data/app",
  "item|postgres|shop|app",
  "item|redis|all|redis",
  "item|qdrant|notes|app",
  "item|couchdb|vault",
  "item|app-files|all|app",
];

/** Runs the program; `BACKUP_MARGIN` is small, as this machine's disk is not the test's. */
const backup = (...verbs: string[]): string =>
  docker(
    ...["exec", "--env", "BACKUP_MARGIN=1048576", `${run}-host`, "bash", at("configs", JOB, "backup.sh")],
    ...[folder, `${run}-`, image("node"), ...(verbs.length === 0 ? ["run"] : verbs)],
  );

const newest = (): string => sets().at(-1) ?? "";

/** SQL as the superuser. @returns without headings */
const sql = (statement: string, database = "postgres"): string =>
  inside("postgres", "psql", "-XAtq", "-U", "postgres", "-d", database, "-v", "ON_ERROR_STOP=1", "-c", statement);

/** Asks one of the servers from the Node's container, which is on their network. */
const ask = (server: string, port: number, method: string, url: string, body?: object): unknown => {
  const data = body === undefined ? [] : ["-H", "content-type: application/json", "-d", JSON.stringify(body)];
  const login = server === "couchdb" ? ["-u", `admin:${PASSWORD}`] : ["-H", `api-key: ${PASSWORD}`];
  return JSON.parse(
    inside("app", "curl", "-sS", ...login, "-X", method, ...data, `http://${run}-${server}:${port}${url}`),
  );
};

/** Writes rows for ever; the second table always has as many as the first, or one less. */
const SQL_WRITER = `psql -XAtq -U postgres -d shop <<'END' >/dev/null 2>&1
CREATE TABLE orders (id int PRIMARY KEY, text text);
CREATE TABLE lines (id int PRIMARY KEY REFERENCES orders);
CREATE PROCEDURE work() LANGUAGE plpgsql AS $$
BEGIN
  FOR i IN 1..10000000 LOOP
    INSERT INTO orders VALUES (i, repeat('x', 50));
    INSERT INTO lines VALUES (i);
    COMMIT;
  END LOOP;
END $$;
CALL work();
END`;

/** Writes into a database of SQLite, beside plain files, and into CouchDB and Qdrant. */
const WRITER = `
import { DatabaseSync } from "node:sqlite";
import { writeFileSync } from "node:fs";
const database = new DatabaseSync("/data/deep/app's [one].db");
database.exec("PRAGMA journal_mode = WAL; CREATE TABLE IF NOT EXISTS notes (id INTEGER PRIMARY KEY, text TEXT)");
const insert = database.prepare("INSERT INTO notes (text) VALUES (?)");
const json = (value) => ({ headers: { "content-type": "application/json", "api-key": "${PASSWORD}",
  authorization: "Basic " + Buffer.from("admin:${PASSWORD}").toString("base64") }, body: JSON.stringify(value) });
for (let turn = 1; ; turn++) {
  for (let row = 0; row < 20; row++) insert.run("x".repeat(200));
  writeFileSync("/data/changing", String(turn).repeat(1000));
  await fetch("http://${run}-couchdb:5984/vault/note-" + turn, { method: "PUT", ...json({ turn }) });
  await fetch("http://${run}-qdrant:6333/collections/notes/points?wait=true",
    { method: "PUT", ...json({ points: [{ id: turn, vector: [turn, 1, 2] }] }) });
  await new Promise((resolve) => setTimeout(resolve, 20));
}`;

const INI = `[couchdb]
single_node = true
uuid = 0123456789abcdef0123456789abcdef
[chttpd]
bind_address = 0.0.0.0
port = 5984
require_valid_user = true
[admins]
`;

async function startServers(): Promise<void> {
  const { createHash, pbkdf2Sync } = await import("node:crypto");
  const hash = pbkdf2Sync(PASSWORD, "5a17", 10, 20, "sha1").toString("hex");
  start("postgres", image("postgres"), ["--env", "POSTGRES_PASSWORD=canary"]);
  const acl = `user default on #${createHash("sha256").update(PASSWORD).digest("hex")} ~* &* +@all\n`;
  const redis = ["--volume", `${at("data/redis")}:/data`, ...mounted("/etc/users.acl", acl)];
  start("redis", image("redis"), redis, "redis-server", "--appendonly", "yes", "--aclfile", "/etc/users.acl");
  sh('install --directory --owner 1000 --group 1000 --mode 0700 "$1"', at("data/qdrant"));
  const qdrant = [
    ...["--user", "1000:1000", "--env", "QDRANT_INIT_FILE_PATH=/tmp/initialized"],
    ...["--env", `QDRANT__SERVICE__API_KEY=${PASSWORD}`],
    ...["--volume", `${at("data/qdrant")}:/qdrant/storage`],
  ];
  const config = [...mounted("/etc/qdrant/qdrant.yaml", QDRANT_CONFIG), "--entrypoint", "./qdrant"];
  start("qdrant", image("qdrant"), [...qdrant, ...config], "--config-path", "/etc/qdrant/qdrant.yaml");
  const ini = mounted("/etc/couchdb/local.ini", `${INI}admin = -pbkdf2-${hash},5a17,10\n`);
  start("couchdb", image("couchdb"), [
    ...["--env", "ERL_FLAGS=-couch_ini /opt/couchdb/etc/default.ini /etc/couchdb/local.ini", ...ini],
  ]);
  const data = ["--volume", `${at("data/app")}:/data`, "--user", "1000:1000", ...hardened];
  start("app", image("node"), [...data, ...mounted("/writer.mjs", WRITER)], "sleep", "infinity");
  await eventually(() => expect(sql("SELECT 1")).toBe("1"), 60);
  await eventually(() => expect(ask("couchdb", 5984, "GET", "/_up")).toMatchObject({ status: "ok" }), 60);
  await eventually(() => expect(ask("qdrant", 6333, "GET", "/collections")).toMatchObject({ status: "ok" }), 60);
}

function startWriters(): void {
  sql("CREATE ROLE keeper LOGIN PASSWORD 'canary'");
  sql("CREATE DATABASE shop OWNER keeper");
  sql("CREATE DATABASE forgotten");
  docker("exec", "--detach", `${run}-postgres`, "sh", "-c", SQL_WRITER);
  const redis = `i=0; while :; do i=$((i + 1)); echo "SET key:$i $i"; done | redis-cli >/dev/null`;
  // Its client reads the password from there.
  const login = ["--env", `REDISCLI_AUTH=${PASSWORD}`];
  docker("exec", "--detach", ...login, `${run}-redis`, "timeout", "120", "sh", "-c", redis);
  ask("couchdb", 5984, "PUT", "/vault");
  ask("qdrant", 6333, "PUT", "/collections/notes", { vectors: { size: 3, distance: "Cosine" } });
  docker("exec", "--detach", `${run}-app`, "node", "--disable-warning=ExperimentalWarning", "/writer.mjs");
}

beforeAll(async () => {
  folder = mkdtempSync(path.join(tmpdir(), "backup-"));
  chmodSync(folder, 0o755);
  for (const name of ["data/app/deep", "data/redis", "data/qdrant", `configs/${JOB}`, `secrets/${JOB}`])
    mkdirSync(at(name), { recursive: true });
  for (const source of ["programs/backup", "capabilities/backups"])
    cpSync(path.join(projectRoot, source), at("configs", JOB), { recursive: true });
  for (const server of ["redis", "qdrant", "couchdb"]) writeFileSync(at("secrets", JOB, `${server}.secret`), PASSWORD);
  writeFileSync(at("data/app/plain"), "plain\n");
  plan("source|{folder}/data/app", ...PARTS);
  const engine = ["--volume", "/var/run/docker.sock:/var/run/docker.sock", "--volume", `${folder}:${folder}`];
  start("host", image("lab-host"), [...engine, "--entrypoint", "sleep", "--init"], "infinity");
  sh('chown -R 1000:1000 "$1"', at("data/app"));
  await startServers();
  startWriters();
  await eventually(() => expect(Number(sql("SELECT count(*) FROM lines", "shop"))).toBeGreaterThan(100), 30);
  await eventually(() => expect(ask("couchdb", 5984, "GET", "/vault/note-5")).toMatchObject({ turn: 5 }), 30);
}, 6 * minute);

afterAll(() => {
  // The store and the data are root's and another user's.
  const all = ["--volume", `${folder}:${folder}`, "--entrypoint", "find", image("lab-host")];
  docker("run", "--rm", "--network", "none", ...all, folder, "-mindepth", "1", "-delete");
  rmSync(folder, { recursive: true, force: true });
});

describe("a set that is made while everybody writes", () => {
  let said: string;
  let began: number;
  beforeAll(() => {
    began = Date.now();
    said = backup();
  }, 3 * minute);

  test("is complete, as its own sums and the manifest say", () => {
    expect(said.split("\n").at(-1)).toMatch(/^000001-\d{8}T\d{6}Z: 5 parts, \d+ KiB, complete$/);
    expect(sets()).toHaveLength(1);
    expect(backup("check", newest())).toBe(`${newest()} is as it was written`);
    expect(
      manifestOf(newest()).parts.map(({ name, version }) => [name, version?.split(" ").slice(0, 2).join(" ")]),
    ).toEqual([
      ["postgres", "PostgreSQL 18.1"],
      ["redis", "Redis 8.0.2"],
      ["qdrant", "Qdrant 1.16.3"],
      ["couchdb", "CouchDB 3.3.3"],
      ["app-files", undefined],
    ]);
  });

  test("has every database of PostgreSQL, also one that nobody named, as of one moment each", () => {
    const { rows, files } = partOf(newest(), "postgres");
    expect(files.map(({ path: file }) => file)).toEqual(["forgotten.dump", "postgres.dump", "roles.sql", "shop.dump"]);
    const [orders = 0, lines = 0] = [rows["shop.public.orders"], rows["shop.public.lines"]];
    expect(orders).toBeGreaterThan(100);
    expect(lines).toBe(orders);
    expect(sh('grep -c "CREATE ROLE keeper" "$1"', `${store()}/${newest()}/postgres/roles.sql`)).toBe("1");
  });

  test("has Redis' keys, CouchDB's documents and the rows of SQLite", () => {
    expect(partOf(newest(), "redis").rows["keys"]).toBeGreaterThan(100);
    expect(partOf(newest(), "couchdb").rows["vault"]).toBeGreaterThan(4);
    const { rows, files } = partOf(newest(), "app-files");
    expect(rows["deep/app's [one].db:notes"]).toBeGreaterThan(100);
    // plain and changing: the database and what is beside it are no files of the archive.
    expect(rows["files"]).toBe(2);
    expect(files.map(({ path: file }) => file)).toEqual(["databases", "files.tar", "owners", "sqlite/1"]);
    expect(partOf(newest(), "qdrant").files.map(({ path: file }) => file)).toEqual(["aliases.json", "notes.snapshot"]);
  });

  test("is laid out to look at, with the database of SQLite in its place", () => {
    const set = `${store()}/${newest()}`;
    expect(backup("extract", newest(), "/srv/look")).toContain(`everything of ${newest()} is laid out in /srv/look`);
    sh('cmp "$1/app-files/sqlite/1" "/srv/look/app-files/deep/app\'s [one].db"', set);
    sh('for one in postgres redis qdrant couchdb; do diff --recursive "$1/$one" "/srv/look/$one"; done', set);
    expect(sh('stat -c "%u:%g %a" /srv/look /srv/look/app-files/deep/*').split("\n")).toEqual([
      "0:0 700",
      "1000:1000 644",
    ]);
    expect(backup("extract", newest(), "/srv/part", "app")).toContain("postgres: 1 file, ");
    expect(sh("cd /srv/part; ls -d */*").split("\n")).toEqual([
      ...["app-files/changing", "app-files/deep", "app-files/plain"],
      ...["postgres/shop.dump", "qdrant/notes.snapshot"],
    ]);
    sh("rm -r /srv/look /srv/part");
  });

  test("leaves nothing behind in the servers, and no container", () => {
    expect(ask("qdrant", 6333, "GET", "/collections/notes/snapshots")).toMatchObject({ result: [] });
    expect(docker("ps", "--all", "--quiet", "--filter", `label=dev.vpai.backup=${folder}`)).toBe("");
    expect(sh('stat -c %u "$1"/deep/*', at("data/app")).split("\n")).toEqual(["1000", "1000", "1000"]);
  });

  test("shows no password in an argument of a command, as the engine saw it", () => {
    const until = String(Math.ceil(Date.now() / 1000));
    const when = ["--since", String(Math.floor(began / 1000)), "--until", until];
    const seen = docker("events", ...when, "--filter", `container=${run}-redis`, "--format", "{{json .}}");
    expect(seen).toContain("redis-cli --no-auth-warning");
    expect(seen).not.toContain(PASSWORD);
  });

  test(
    "a database of it is brought back by hand, and has the manifest's rows",
    () => {
      const { rows } = partOf(newest(), "postgres");
      sql("CREATE DATABASE again OWNER keeper TEMPLATE template0");
      sh(
        'docker exec --interactive "$2" pg_restore --username postgres --dbname again --exit-on-error --single-transaction < "$1"',
        `${store()}/${newest()}/postgres/shop.dump`,
        `${run}-postgres`,
      );
      for (const table of ["orders", "lines"])
        expect(sql(`SELECT count(*) FROM ${table}`, "again")).toBe(String(rows[`shop.public.${table}`]));
      expect(sql("SELECT count(*) FROM lines WHERE id NOT IN (SELECT id FROM orders)", "again")).toBe("0");
    },
    minute,
  );
});

/** The image has no program for that. */
const END_PG_DUMP =
  'for one in /proc/[0-9]*; do if [ "$(cat $one/comm 2>/dev/null)" = pg_dump ]; then kill -9 "${one#/proc/}"; fi; done';

describe("what goes wrong leaves the sets of before, and no other", () => {
  let figures: JobFigures;
  beforeAll(async () => {
    mkdirSync(at("metrics"));
    figures = new JobFigures("sese-ai", at("metrics"));
    await figures.declare(JOB, "host", 93_600);
    await figures.report(JOB, "host", 0);
  });
  afterAll(() => figures.remove());

  /** Notes a run that failed, as its unit does. @returns what it said */
  const failing = async (name: string, what: () => void): Promise<string> => {
    try {
      what();
    } catch (error) {
      const { status, stderr } = error as { status: number; stderr: string };
      await figures.report(JOB, "host", status);
      figures.keep(name);
      return stderr;
    }
    throw new Error("expected a failure");
  };

  test(
    "a server that ends in the middle of its dump",
    async () => {
      const before = sets();
      // A table that takes a while to be written.
      sql("CREATE TABLE big AS SELECT g, repeat(md5(g::text), 20) AS t FROM generate_series(1, 400000) g", "forgotten");
      docker(
        "exec",
        "--detach",
        `${run}-host`,
        ...["timeout", "60", "bash", "-c"],
        `until [ -s ${store()}/.partial-*/postgres/forgotten.dump ]; do sleep 0.01; done; docker exec ${run}-postgres sh -c '${END_PG_DUMP}'`,
      );
      const said = await failing("a dump that is killed", () => backup());
      expect(said).toContain("postgres could not be copied; this run leaves no set");
      expect(sets()).toEqual(before);
      sql("DROP TABLE big", "forgotten");
    },
    2 * minute,
  );

  test(
    "a service that does not run",
    async () => {
      const before = sets();
      docker("stop", `${run}-couchdb`);
      expect(await failing("a service that is off", () => backup())).toContain("couchdb could not be copied");
      expect(sets()).toEqual(before);
      docker("start", `${run}-couchdb`);
    },
    2 * minute,
  );

  test(
    "a disk that becomes full while a dump is written",
    async () => {
      // A small disk in the place of the store, whose size the program cannot foresee at its first run.
      sh('mkdir "$1"', at("small"));
      const small = ["--volume", "/var/run/docker.sock:/var/run/docker.sock", "--volume", `${folder}:${folder}`];
      const disk = ["--tmpfs", `${at("small")}/backups:size=8m`, "--env", "BACKUP_MARGIN=1048576"];
      sh('cp -r "$1/configs" "$1/secrets" "$2"', folder, at("small"));
      sql("CREATE TABLE big AS SELECT g, repeat(md5(g::text), 20) AS t FROM generate_series(1, 40000) g", "forgotten");
      sh(
        'printf "host\\tlab\\npart\\tpostgres\\tpostgres\\tpostgresql\\t-\\tpostgres\\n" > "$1"',
        at("small/configs", JOB, "plan"),
      );
      const error = await failing("a full disk", () =>
        execFileSync(
          "docker",
          [
            ...["run", "--rm", "--network", "none", ...small, ...disk, "--entrypoint", "bash", image("lab-host")],
            ...[at("small/configs", JOB, "backup.sh"), at("small"), `${run}-`, image("node"), "run"],
          ],
          { encoding: "utf8", stdio: ["ignore", "pipe", "pipe"] },
        ),
      );
      expect(error).toContain("postgres could not be copied; this run leaves no set");
      sql("DROP TABLE big", "forgotten");
    },
    2 * minute,
  );

  test(
    "a run that is killed: the next one sweeps, and is complete",
    () => {
      const before = sets();
      docker(
        "exec",
        "--detach",
        "--env",
        "BACKUP_MARGIN=1048576",
        `${run}-host`,
        ...["bash", at("configs", JOB, "backup.sh"), folder, `${run}-`, image("node"), "run"],
      );
      sh(
        'until [ -d "$1"/.partial-*/qdrant ]; do sleep 0.05; done; pkill -9 -f "backup.sh $2" || true; pkill -9 docker || true; until flock -n "$1/.lock" true; do sleep 0.1; done',
        store(),
        folder,
      );
      expect(sh('ls -a "$1" | grep -c "^.partial-"', store())).toBe("1");
      backup();
      expect(sh('ls -a "$1" | grep -c "^.partial-" || true', store())).toBe("0");
      expect(sets()).toEqual([...before, newest()]);
      expect(newest()).toMatch(/^000002-/);
      expect(backup("check", newest())).toContain("as it was written");
    },
    3 * minute,
  );

  test(
    "of each of them the owner is told, and again where no run follows",
    () => {
      const calls = [jobFailed(JOB, 1, "sese-ai"), jobOverdue(JOB, "sese-ai")];
      return figures.expectCalls({
        "a dump that is killed": calls,
        "a service that is off": calls,
        "a full disk": calls,
      });
    },
    2 * minute,
  );
});

describe("everything comes back from a set", () => {
  const started = (): string[] =>
    ["postgres", "qdrant", "couchdb", "app", "redis"].map((name) =>
      docker("inspect", "--format", "{{.State.StartedAt}}", `${run}-${name}`),
    );

  const redis = (...command: string[]): string =>
    docker("exec", "--env", `REDISCLI_AUTH=${PASSWORD}`, `${run}-redis`, "redis-cli", ...command);

  const counted = (): { result: { count: number } } =>
    ask("qdrant", 6333, "POST", "/collections/notes/points/count", { exact: true }) as { result: { count: number } };

  const vault = (): number => (ask("couchdb", 5984, "GET", "/vault") as { doc_count: number }).doc_count;

  /** What a statement in Node says of the program's database. */
  const node = (statement: string): string =>
    inside(
      "app",
      ...["node", "--disable-warning=ExperimentalWarning", "--print"],
      `const { DatabaseSync } = require("node:sqlite"); const database = new DatabaseSync("/data/deep/app's [one].db"); ${statement}`,
    );

  /** What each store has. */
  const counts = (): Record<string, number> => ({
    orders: Number(sql("SELECT count(*) FROM orders", "shop")),
    keys: Number(redis("DBSIZE").replace(/\D/g, "")),
    notes: counted().result.count,
    vault: vault(),
    rows: Number(node('database.prepare("SELECT count(*) AS n FROM notes").get().n')),
  });

  let set: string;
  let then: Record<string, number>;
  let now: Record<string, number>;

  beforeAll(async () => {
    // The writers' last words, so that counts can be compared.
    docker("restart", `${run}-app`, `${run}-redis`);
    sql("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = 'shop'");
    await eventually(() => expect(redis("PING")).toBe("PONG"), 30);
    then = counts();
    backup();
    set = newest();
    sql("TRUNCATE orders CASCADE", "shop");
    redis("FLUSHALL");
    ask("qdrant", 6333, "POST", "/collections/notes/points/delete?wait=true", { points: [1, 2, 3] });
    const { _rev: rev } = ask("couchdb", 5984, "GET", "/vault/note-1") as { _rev: string };
    ask("couchdb", 5984, "DELETE", `/vault/note-1?rev=${rev}`);
    node('database.exec("DELETE FROM notes")');
    inside("app", "sh", "-c", "rm /data/plain; echo later > /data/later");
    // A new host's Qdrant has made no snapshot yet.
    sh('rm -rf "$1"', at("data/qdrant/snapshots"));
    now = counts();
  }, 3 * minute);

  test("the manifest has what was counted", () => {
    expect(then["orders"]).toBeGreaterThan(100);
    const [notes, documents] = [(then["notes"] ?? 0) - 3, (then["vault"] ?? 0) - 1];
    expect(now).toEqual({ orders: 0, keys: 0, notes, vault: documents, rows: 0 });
    expect(partOf(set, "postgres").rows["shop.public.orders"]).toBe(then["orders"]);
    expect(partOf(set, "redis").rows["keys"]).toBe(then["keys"]);
    expect(partOf(set, "qdrant").rows["notes"]).toBe(then["notes"]);
    expect(partOf(set, "couchdb").rows["vault"]).toBe(then["vault"]);
    expect(partOf(set, "app-files").rows["deep/app's [one].db:notes"]).toBe(then["rows"]);
  });

  test(
    "each store has it again, and those whose data are replaced while they run were not restarted",
    async () => {
      const before = started();
      const said = backup("restore", set);
      await eventually(() => expect(redis("PING")).toBe("PONG"), 120);
      expect(counts()).toEqual(then);
      expect(inside("app", "cat", "/data/plain")).toBe("plain");
      expect(() => inside("app", "cat", "/data/later")).toThrow();
      expect(started().slice(0, 3)).toEqual(before.slice(0, 3));
      expect(started()[3]).not.toBe(before[3]);
      for (const [, seconds] of said.matchAll(/ is back, after (\d+) s$/gm)) expect(Number(seconds)).toBeLessThan(60);
      expect(said).toContain(`what was in use is now ${at("data/app")}.before-`);
      // Owners and rights came along.
      expect(sh('stat -c "%u" "$1/snapshots" "$1/snapshots/notes"', at("data/qdrant"))).toBe("1000\n1000");
      expect(sql("SELECT pg_get_userbyid(datdba) FROM pg_database WHERE datname = 'shop'")).toBe("keeper");
      expect(sh('stat -c "%u %a" "$1/plain" "$1"/deep/*.db', at("data/app"))).toBe("1000 644\n1000 644");
    },
    3 * minute,
  );

  test(
    "what there was before a restore comes back, too",
    async () => {
      const [, moment = ""] = /revert (\S+)$/m.exec(backup("restore", set, "app")) ?? [];
      expect(counts()).toEqual(then);
      sql("INSERT INTO orders VALUES (0, 'after')", "shop");
      backup("revert", moment, "app");
      await eventually(() => expect(counts()).toEqual(then), 30);
      expect(sql("SELECT count(*) FROM orders WHERE id = 0", "shop")).toBe("0");
      expect(sql("SELECT count(*) FROM orders WHERE id = 0", "shop_restoring")).toBe("1");
    },
    3 * minute,
  );
});
