import { mkdirSync, writeFileSync } from "node:fs";
import { BackupHost } from "./host";

/**
 * How the methods take failures of the programs that they ask: `docker` is a script here that answers in their place. With the
 * programs themselves they run in tests/lab/all/backup.test.ts.
 */

let host: BackupHost;
beforeEach(() => {
  host = new BackupHost();
});
afterEach(() => host.remove());

interface Manifest {
  parts: { version?: string; rows: Record<string, number>; files: { path: string }[] }[];
}

const part = (): Manifest["parts"][0] => {
  const { parts } = JSON.parse(host.read("backups", host.sets.at(-1) ?? "", "manifest.json")) as Manifest;
  return parts[0] as Manifest["parts"][0];
};

describe("PostgreSQL", () => {
  /** What `pg_dump` gives for a database, as text: `pg_restore` gives it back. */
  const dumps = (texts: Record<string, string>, more = ""): void => {
    mkdirSync(host.at("dumps"), { recursive: true });
    for (const [name, text] of Object.entries(texts)) writeFileSync(host.at("dumps", name), text);
    host.program(
      "docker",
      `[ "$1" = exec ] || exit 0
      [ "$2 $3" = "--interactive vpai_db" ] || { echo "no container $3" >&2; exit 1; }
      shift 3
      for last; do :; done
      ${more}
      case $1 in
        psql) if grep -q server_version; then echo 18.1; else ls ${host.at("dumps")}; fi ;;
        pg_dumpall) echo 'CREATE ROLE n8n;'; echo '-- PostgreSQL database cluster dump complete' ;;
        pg_dump) cat "${host.at("dumps")}/$last" ;;
        pg_restore) cat ;;
      esac`,
    );
  };

  beforeEach(() => {
    host.realMethod("capabilities/backups/postgresql.sh", "postgresql");
    host.plan("host|x", "part|db|db|postgresql|-|postgres|+n8n|-cache");
  });

  const DUMP = `SET x;
COPY public.workflow (id, name) FROM stdin;
1	a\\nb
2	COPY public.no (id) FROM stdin;
3	\\\\.
\\.

COPY "odd one"."a (b)" (id) FROM stdin;
\\.

CREATE INDEX y;
`;

  test("every database is dumped but what is left out, and its rows are counted from the dump", () => {
    dumps({ n8n: DUMP, postgres: "SET x;\n", cache: "" });
    expect(host.run()).toMatchObject({ code: 0, error: "" });
    const { version, rows, files } = part();
    expect(version).toBe("PostgreSQL 18.1");
    expect(rows).toEqual({ "n8n.public.workflow": 3, 'n8n."odd one"."a (b)"': 0 });
    expect(files.map(({ path }) => path)).toEqual(["n8n.dump", "postgres.dump", "roles.sql"]);
  });

  test.each<[string, Record<string, string>, string, string]>([
    [
      "a database that is requested and not there",
      { other: "" },
      "",
      "db: expected the database n8n, found none of that name",
    ],
    ["a name that is no file's", { n8n: DUMP, "a b": "" }, "", "found 'a b'"],
    ["a dump that fails", { n8n: DUMP }, "[ $1 = pg_dump ] && { echo lost >&2; exit 1; }", "lost"],
    ["a dump that ends within a table", { n8n: DUMP.slice(0, 60) }, "", "the copy of db cannot be read"],
    [
      "a dump that cannot be read to its end",
      { n8n: DUMP },
      "[ $1 = pg_restore ] && { cat; exit 1; }",
      "the copy of db cannot be read",
    ],
    ["roles that are cut off", { n8n: DUMP }, "[ $1 = pg_dumpall ] && exit 0", "db: the roles are not complete"],
    ["a server that is away", { n8n: DUMP }, "echo 'is not running' >&2; exit 1", "is not running"],
  ])("%s", (_what, texts, more, says) => {
    dumps(texts, more);
    const { code, error } = host.run();
    expect([code, error.includes(says) ? says : error]).toEqual([1, says]);
    expect(host.sets).toEqual([]);
  });
});

describe("Redis", () => {
  /**
   * A server whose snapshot is done after some questions about it. Its answers come as the client gives them.
   * @param ends whether it is done then, or was given up
   */
  const server = ({ ends = true, questions = 2 }: { ends?: boolean; questions?: number } = {}): void => {
    mkdirSync(host.at("secrets/backup-x"), { recursive: true });
    writeFileSync(host.at("secrets/backup-x/redis.secret"), 'it\'s "a" \\ password');
    host.program("sleep", "exit 0");
    host.program(
      "docker",
      `case $1 in ps) exit ;; inspect) echo sha256:redis; exit ;; run) printf '[offset 0] Checking RDB file\\n[info] 12 keys read\\nRDB looks OK!\\n'; exit ;; esac
      shift 3
      [ "$1" = cat ] && { printf REDIS; exit; }
      IFS= read -r login; IFS= read -r asked
      [ "$login" = 'AUTH default "it'"'"'s \\"a\\" \\\\ password"' ] || { echo "WRONGPASS $login"; exit; }
      state=${host.at("state")}
      count=$(cat $state 2>/dev/null || echo 0)
      echo OK
      case $asked in
        LASTSAVE) if [ $count -gt ${questions} ] && ${ends}; then echo 1001; else echo 1000; fi; [ $count -eq 0 ] || echo $((count + 1)) > $state ;;
        BGSAVE*) echo 1 > $state; echo "Background saving scheduled" ;;
        "INFO server") printf 'redis_version:8.0.2\\r\\n' ;;
        *) printf 'rdb_bgsave_in_progress:%s\\r\\naof_rewrite_in_progress:0\\r\\nrdb_last_bgsave_status:err\\r\\n' $((count > 0 && count <= ${questions})) ;;
      esac`,
    );
  };

  beforeEach(() => {
    host.realMethod("capabilities/backups/redis.sh", "redis");
    host.plan("host|x", "part|redis|redis|redis|redis.secret");
  });

  test("a snapshot is waited for, though the one before it had failed", () => {
    server({ questions: 4 });
    expect(host.run()).toMatchObject({ code: 0, error: "" });
    expect(part()).toMatchObject({ version: "Redis 8.0.2", rows: { keys: 12 } });
    expect(Number(host.read("state"))).toBeGreaterThan(4);
  });

  test("one that Redis gave up is a failure", () => {
    server({ ends: false });
    expect(host.run()).toMatchObject({
      code: 1,
      error: expect.stringContaining("redis: Redis wrote no snapshot (err); its log says why") as string,
    });
    expect(host.sets).toEqual([]);
  });

  test("so is a login that is refused; the password is not told", () => {
    server();
    writeFileSync(host.at("secrets/backup-x/redis.secret"), "other");
    const { code, error } = host.run();
    expect(code).toBe(1);
    expect(error).toContain("redis: expected a login, found: WRONGPASS");
  });
});

describe("n8n", () => {
  const server = (workflows: string, credentials: string): void => {
    mkdirSync(host.at("in"));
    host.program(
      "docker",
      `[ "$1" = exec ] || exit 0
      shift 3
      case $1 in
        n8n) echo 2.7.4 ;;
        rm) ;;
        tar) tar -C ${host.at("in")} -cf - . ;;
        sh) rm -f ${host.at("in")}/*; case $5 in
          export:workflow) touch ${host.at("in")}/a.json ${host.at("in")}/b.json; ${workflows} ;;
          export:credentials) ${credentials} ;;
        esac ;;
      esac`,
    );
  };

  beforeEach(() => {
    host.realMethod("programs/n8n/backup.sh", "n8n");
    writeFileSync(host.at("key"), "key");
    host.plan("host|x", "part|n8n-exports|n8n|n8n|-|{folder}/key");
  });

  const NONE = "echo 'Error exporting credentials.'; echo 'No credentials found with specified filters'; exit 1";

  test("none is no failure; the key is told from another one by the beginning of its SHA-256", () => {
    server("echo 'Successfully exported 2 workflows.'", NONE);
    expect(host.run()).toMatchObject({ code: 0, error: "" });
    expect(part()).toMatchObject({
      version: "n8n 2.7.4",
      // printf key | sha256sum
      encryptionKey: "2c70e12b7a0646f9",
      rows: { workflows: 2, credentials: 0 },
    });
  });

  test.each([
    ["an export that says nothing, whatever its exit code", "exit 0", "n8n could not export its workflows"],
    [
      "an export with fewer files than it says",
      "echo 'Successfully exported 3 workflows.'",
      "expected 3 workflows, found 2",
    ],
    ["an export that is ended, as where memory is short", "kill -9 $$", "n8n could not export its workflows"],
  ])("%s", (_what, workflows, says) => {
    server(workflows, NONE);
    const { code, error } = host.run();
    expect([code, error.includes(says) ? says : error]).toEqual([1, says]);
  });
});

describe("files", () => {
  beforeEach(() => {
    host.realMethod("programs/backup/files.sh", "files");
    host.plan("host|x", "part|x-files|x|files|-|{folder}/data/x");
    mkdirSync(host.at("data/x/deep"), { recursive: true });
    writeFileSync(host.at("data/x/deep/a"), "1");
    writeFileSync(host.at("data/x/b"), "SQLite format 2");
  });

  test("are all in one archive", () => {
    expect(host.run()).toMatchObject({ code: 0, error: "" });
    expect(part()).toMatchObject({ rows: { files: 2 } });
  });

  test("without their folder there is no set", () => {
    host.plan("host|x", "part|x-files|x|files|-|{folder}/data/y");
    expect(host.run()).toMatchObject({ code: 1, error: expect.stringContaining("/data/y, found none") as string });
  });

  test("a database among them that cannot be copied is a failure", () => {
    writeFileSync(host.at("data/x/deep/db"), `SQLite format 3\0${"x".repeat(200)}`);
    host.program("chown", "exit 0");
    host.program(
      "docker",
      '[ "$1" = run ] || exit 0; echo "$@" | grep -q "sqlite.mjs copy /data/./deep/db" && { echo malformed >&2; exit 1; }',
    );
    expect(host.run()).toMatchObject({ code: 1, error: expect.stringContaining("malformed") as string });
    expect(host.sets).toEqual([]);
  });
});

describe("a switch that was cut short, as each method settles it", () => {
  const MOMENT = "20261129T230500";
  const NOTE = "backups/.restoring";

  /** What the engine was asked and given while a host settles; whatever comes after that may fail. */
  const settles = (more = ""): string => {
    mkdirSync(host.at("backups"), { recursive: true });
    mkdirSync(host.at("secrets/backup-x"), { recursive: true });
    writeFileSync(host.at("secrets/backup-x/x.secret"), "key");
    writeFileSync(host.at(NOTE), `set\t000001-20261129T025500Z\nmoment\t${MOMENT}\nitem\tx\tnotes\nswitching\n`);
    host.program(
      "docker",
      `[ -e "$FOLDER/${NOTE}" ] || exit 1
      case $1 in exec | run) ;; *) exit 0 ;; esac
      given=$(cat)
      echo "$*" >> ${host.at("asked")}
      echo "$given" >> ${host.at("asked")}
      ${more}`,
    );
    writeFileSync(host.at("asked"), "");
    host.run();
    return host.read("asked");
  };

  describe("PostgreSQL", () => {
    beforeEach(() => {
      host.realMethod("capabilities/backups/postgresql.sh", "postgresql");
      host.plan("host|x", "part|x|db|postgresql|-|postgres", "item|x|notes|app");
    });

    test("changes the names back where there is the database of before", () => {
      expect(settles('case $given in *"SELECT 1"*) echo 1 ;; esac')).toContain(
        `ALTER DATABASE "notes_before_${MOMENT}" RENAME TO "notes";`,
      );
      expect(host.has(NOTE)).toBe(false);
    });

    test("changes nothing where there is none", () => {
      expect(settles()).not.toContain("ALTER DATABASE");
      expect(host.has(NOTE)).toBe(false);
    });

    test("what was prepared goes, with whoever still fills it", () => {
      expect(settles()).toContain('DROP DATABASE IF EXISTS "notes_restoring" WITH (FORCE);');
    });

    test("knows nothing, and says so, where the server does not answer", () => {
      expect(settles("exit 1")).not.toContain("ALTER DATABASE");
      expect(host.has(NOTE)).toBe(true);
    });
  });

  test.each([true, false])("CouchDB loads what was kept, once that was whole: %s", (isWhole) => {
    host.realMethod("capabilities/backups/couchdb.sh", "couchdb");
    host.plan("host|x", "part|x|couch|couchdb|x.secret|5984|admin", "item|x|notes|app");
    const kept = `backups/before-${MOMENT}/x${isWhole ? "" : "/unfinished"}`;
    mkdirSync(host.at(kept), { recursive: true });
    writeFileSync(host.at(kept, "notes.ndjson"), "{}");
    const asked = settles();
    expect(asked.includes("couchdb-load.mjs 5984 admin notes.ndjson notes")).toBe(isWhole);
    expect(host.has(NOTE)).toBe(false);
  });

  test.each([true, false])("Qdrant takes back the snapshot that was kept, where there is one: %s", (isKept) => {
    host.realMethod("capabilities/backups/qdrant.sh", "qdrant");
    host.plan("host|x", "part|x|qdrant|qdrant|x.secret|6333|{folder}/data/q|/q", "item|x|notes|app");
    mkdirSync(host.at("data/q/snapshots/notes"), { recursive: true });
    if (isKept) writeFileSync(host.at("data/q/snapshots/notes", `before-${MOMENT}.snapshot`), "");
    const asked = settles();
    expect(asked.includes(`recover 6333 notes file:///q/snapshots/notes/before-${MOMENT}.snapshot`)).toBe(isKept);
    expect(host.has(NOTE)).toBe(false);
  });
});
