import { setTimeout as sleep } from "node:timers/promises";
import { eventually } from "../../eventually";
import type { LabHost } from "../harness/host";
import { Lab } from "../harness/lab";
import { killUp } from "../harness/processes";
import { admitUnknownImages, pushVariant } from "../harness/variants";

/** PostgreSQL 17 becomes 18 with its data, whatever interrupts that, and 17 again. */

const OLD = "docker.io/library/postgres:17.6";
const NEW = "docker.io/library/postgres:18.1";
const BROKEN = "docker.io/library/postgres:18.1-broken";
const DATA = "/opt/vpai/data/postgresql";

/** MiB of rows that are brought along. */
const SIZE = Number(process.env["VPAI_MAJOR_MIB"] ?? "1024");

/** Milliseconds that an `up` with a migration may take. */
const LONG = 3_600_000;

let lab: Lab;
let host: LabHost;
beforeAll(async () => {
  lab = await Lab.prepare("postgresql-major");
  lab.replace(
    "Pulumi.lab.yaml",
    "  vpai:services: [core]\n",
    `  vpai:services: [core]\n  vpai:overrides:\n    postgresql:\n      image: ${OLD}\n`,
  );
  await lab.makeSucceed("up");
  host = await lab.host("sese-ai");
  await pushVariant("postgres", `127.0.0.1:${lab.identity.registryPort}/library/postgres:18.1-broken`, [
    ...["sh", "-c", "echo the broken version gives up; exit 3"],
  ]);
  admitUnknownImages(lab);
}, 3_000_000);
afterAll(() => lab.remove(), 600_000);

const psql = (database: string): string[] => [
  ...["docker", "exec", "-i", "vpai_postgresql", "psql", "-XAtq", "-U", "postgres", "-v", "ON_ERROR_STOP=1"],
  ...["-d", database],
];

const sql = (statement: string, database = "n8n"): Promise<string> =>
  host.output(psql(database), { stdin: statement, timeout: 900 });

const version = (): Promise<string> => sql("SHOW server_version");

/** What must be the same, told by the server that is in use: rows with their content, roles with their verifiers, extensions. */
const everything = async () => ({
  filler: await sql("SELECT count(*), sum(hashtextextended(f::text, 0)::numeric) FROM filler f"),
  n8n: await sql("SELECT count(*), md5(string_agg(name, ',' ORDER BY name)) FROM migrations"),
  roles: await sql("SELECT rolname, md5(coalesce(rolpassword, '')) FROM pg_authid WHERE rolname !~ '^pg_' ORDER BY 1"),
  extensions: await sql("SELECT extname FROM pg_extension ORDER BY 1"),
  databases: await sql(
    "SELECT datname, pg_get_userbyid(datdba), datcollate, pg_encoding_to_char(encoding) FROM pg_database ORDER BY 1",
  ),
  settings: await sql("SELECT setconfig FROM pg_db_role_setting ORDER BY 1"),
});

const overrideImage = (image: string) =>
  lab.pulumiSucceed(["config", "set", "--path", "vpai:overrides.postgresql.image", image]);

/** Clusters that a server would start on. One that was put aside whole, as `18.before-…`, is where no server looks. */
const startable = async (): Promise<string[]> =>
  (await host.output(["sh", "-c", `cd ${DATA} && ls -d */docker/global/pg_control 2>/dev/null || :`]))
    .split("\n")
    .filter((name) => /^\d+\/docker\//.test(name));

/** Asks PostgreSQL twice a second, as long as `work` takes. @returns seconds that it did not answer, and what `work` gave */
async function downDuring<T>(work: () => Promise<T>): Promise<{ down: number; result: T }> {
  let over = false;
  let down = 0;
  const client = (async () => {
    for (let since = Date.now(); !over; since = Date.now()) {
      const { code } = await host.run(["docker", "exec", "vpai_postgresql", "pg_isready", "-q", "-h", "127.0.0.1"]);
      await sleep(500);
      if (code !== 0) down += Date.now() - since;
    }
  })();
  const result = await work().finally(() => (over = true));
  await client;
  return { down: Math.round(down / 1000), result };
}

let before: Awaited<ReturnType<typeof everything>>;

test("17 keeps its cluster in the folder that outlives its container, not in a volume that goes with it", async () => {
  expect(await version()).toBe("17.6");
  expect(await startable()).toEqual(["17/docker/global/pg_control"]);
  await sql("CREATE EXTENSION IF NOT EXISTS pg_trgm").catch(() => undefined);
  await sql("ALTER DATABASE n8n SET timezone = 'Europe/Paris'");
  await sql(`CREATE TABLE filler (id bigserial PRIMARY KEY, text text NOT NULL, at timestamptz DEFAULT now(), more jsonb);
    INSERT INTO filler (text, more)
      SELECT md5(i::text), jsonb_build_object('a', repeat(md5(i::text), 25)) FROM generate_series(1, ${SIZE * 950}) i;
    CREATE INDEX ON filler (text);`);
  before = await everything();
  console.log(`n8n's database: ${await sql("SELECT pg_size_pretty(pg_database_size('n8n'))")}`);
}, 1_800_000);

test("a preview says from where to where, how much that is, and that the service is down", async () => {
  await overrideImage(NEW);
  const { all } = await lab.makeSucceed("preview");
  const [, size = "0"] =
    /postgresql on \S+: its data are those of PostgreSQL 17 \((\d+) MiB\)/.exec(all.replace(/\s+/g, " ")) ?? [];
  expect(Number(size)).toBeGreaterThan(SIZE);
  expect(all.replace(/\s+/g, " ")).toContain("brings them into PostgreSQL 18");
  expect(all.replace(/\s+/g, " ")).toContain("postgresql is down meanwhile");
  expect(await lab.preview()).toMatchObject({
    "sese-ai/postgresql/release": "update",
    "sese-ai/postgresql/data-version": "update",
    "sese-ai/postgresql": "replace",
  });
}, 300_000);

test(
  "killed while rows are on their way, the old cluster is whole, and serves whoever starts it",
  async () => {
    const up = lab.make("up", { timeout: LONG / 1000 });
    // A pattern that its own command line is no match of.
    const program = "[p]ostgresql-major.sh convert";
    await eventually(() => host.output(["pgrep", "-f", program]), 1800);
    // The whole of it at once, as when the host loses power; and who asked for it.
    killUp(lab.directory);
    await host.output([
      "sh",
      "-c",
      'kill -9 $(pgrep -f "[b]ackup.sh /opt/vpai vpai_ - migrate" ) $(pgrep -f "$0")',
      program,
    ]);
    // The servers that it had started end by themselves: two on one cluster would spoil it.
    await eventually(
      async () => expect(await host.docker("ps", "--format", "{{.Names}}")).not.toContain("vpai_postgresql."),
      120,
    );
    expect((await up).code).not.toBe(0);
    expect(await startable()).toEqual(["17/docker/global/pg_control"]);
    await host.docker("start", "vpai_postgresql");
    await eventually(() => sql("SELECT 1"), 120);
    expect([await version(), await everything()]).toEqual(["17.6", before]);
  },
  LONG,
);

test(
  "the next up brings all of it into 18, and proves that",
  async () => {
    const began = Date.now();
    const { down, result } = await downDuring(() => lab.makeSucceed("up", { timeout: LONG / 1000 }));
    const said = /postgresql: data of version 18, (\d+) bytes.* it has been down for (\d+) s/.exec(result.all);
    console.log(
      `17 → 18 with ${await sql("SELECT pg_size_pretty(pg_database_size('n8n'))")}: up took ${Math.round((Date.now() - began) / 1000)} s; ` +
        `PostgreSQL did not answer for ${down} s, ${said?.[2] ?? "?"} s of them for the migration`,
    );
    expect(result.all).toMatch(/equal in both: \d+ rows of \d+ tables, with their content; \d+ roles; \d+ extensions/);
    expect([await version(), await everything()]).toEqual(["18.1", before]);
    expect(await startable()).toEqual(["18/docker/global/pg_control"]);
    expect(await host.output(["cat", `${DATA}/17/docker/PG_VERSION`])).toBe("17");
    await host.becomesHealthy(300);
    expect(await lab.preview()).toEqual({});
  },
  LONG,
);

test("17 is refused now, before anything changes", async () => {
  await overrideImage(OLD);
  const starts = await host.starts();
  const { code, all } = await lab.make("up");
  expect(code).not.toBe(0);
  expect(all.replace(/\s+/g, " ")).toContain(
    `postgresql: expected an image of PostgreSQL 18 or higher, as its data in ${DATA} are of 18, found ${OLD}, which cannot read them`,
  );
  expect(await host.starts()).toEqual(starts);
  await overrideImage(NEW);
  // The lab had pushed the image by then; of the host nothing is to be done.
  expect(await lab.preview()).toEqual({ "lab/push/postgres-17": "delete" });
}, 600_000);

test("the way back shows what was written since, and brings the cluster of before", async () => {
  await sql("INSERT INTO filler (text) VALUES ('later'), ('later')");
  const { stdout: shown } = await lab.makeSucceed("rollback SERVICE=postgresql YES=0");
  expect(shown).toMatch(new RegExp(`^ {2}postgresql n8n\\.public\\.filler +${SIZE * 950} +${SIZE * 950 + 2}$`, "m"));
  expect(shown).toContain(
    `replaces all data of postgresql, which are of version 18, by those of before: ${DATA}/17/docker, as of `,
  );
  expect(await version()).toBe("18.1");
  const { down, result } = await downDuring(() =>
    lab.makeSucceed("rollback SERVICE=postgresql YES=1", { timeout: 1200 }),
  );
  console.log(`18 → 17: PostgreSQL did not answer for ${down} s`);
  expect(result.stdout).toMatch(new RegExp(`^what was in use is now ${DATA}/18\\.before-\\d{8}T\\d{6}$`, "m"));
  expect([await version(), await everything()]).toEqual(["17.6", before]);
  expect(await startable()).toEqual(["17/docker/global/pg_control"]);
  await lab.makeSucceed("up");
  expect([await version(), await everything(), await lab.preview()]).toEqual(["17.6", before, {}]);
}, 1_800_000);

test(
  "a version that never starts makes way for the one before, on the cluster of before",
  async () => {
    await overrideImage(BROKEN);
    const { code, all } = await lab.make("up", { timeout: LONG / 1000 });
    expect(code).not.toBe(0);
    expect(all.replace(/\s+/g, " ")).toContain(`The previous version (image ${OLD}) serves again.`);
    expect([await version(), await everything()]).toEqual(["17.6", before]);
    expect(await startable()).toEqual(["17/docker/global/pg_control"]);
  },
  LONG,
);

test(
  "what it serves meanwhile comes along with the next version that is good",
  async () => {
    await sql("INSERT INTO filler (text) VALUES ('meanwhile')");
    const now = await everything();
    await overrideImage(NEW);
    await lab.makeSucceed("up", { timeout: LONG / 1000 });
    expect([await version(), await everything()]).toEqual(["18.1", now]);
    expect(await startable()).toEqual(["18/docker/global/pg_control"]);
    expect(await lab.preview()).toEqual({});
  },
  LONG,
);
