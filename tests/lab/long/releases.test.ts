import { setTimeout as sleep } from "node:timers/promises";
import { askedDuring } from "../harness/client";
import type { LabHost } from "../harness/host";
import type { Lab } from "../harness/lab";
import { sharedLab } from "../harness/shared";
import { admitUnknownImages, pushVariant } from "../harness/variants";

/** A release that is healthy and has spoiled the database is taken back: image and rows, by one command, while all others serve. */

const GOOD = "docker.io/n8nio/n8n:2.7.3";
/** Its number is that of the program inside, as the checks compare them. */
const BAD = "docker.io/n8nio/n8n:2.7.4-migrating";
const STORE = "/opt/vpai/releases/n8n";

/** Changes the database as a new version does, before it starts as n8n. */
const MIGRATION = `
const { Client } = require("/usr/local/lib/node_modules/pg");
const { DB_POSTGRESDB_HOST: host, DB_POSTGRESDB_DATABASE: database, DB_POSTGRESDB_USER: user } = process.env;
const password = require("fs").readFileSync(process.env.DB_POSTGRESDB_PASSWORD_FILE, "utf8");
const client = new Client({ host, database, user, password });
client.connect()
  .then(() => client.query("CREATE TABLE IF NOT EXISTS migrated (at timestamptz)"))
  .then(() => client.query("ALTER TABLE workflow_entity ADD COLUMN IF NOT EXISTS spoiled text"))
  .then(() => client.query("UPDATE workflow_entity SET name = 'spoiled'"))
  .then(() => client.query("INSERT INTO migrated VALUES (now())"))
  .then(() => client.end());`;

let lab: Lab;
let host: LabHost;
let goodImage: string;
beforeAll(async () => {
  lab = await sharedLab();
  host = await lab.host("sese-ai");
  goodImage = (await host.container("vpai_n8n")).Image;
  // Releases that other tests of this lab have left.
  await host.output(["rm", "-rf", STORE]);
  const target = `127.0.0.1:${lab.identity.registryPort}/n8nio/n8n:2.7.4-migrating`;
  await pushVariant("n8n", target, [
    "tini",
    "--",
    "sh",
    "-c",
    `node -e '${MIGRATION.replaceAll("'", `'"'"'`)}' && exec /docker-entrypoint.sh`,
  ]);
  admitUnknownImages(lab);
}, 1_500_000);

afterAll(async () => {
  lab.restoreFiles();
  await lab.pulumi(["config", "rm", "--path", "vpai:overrides"]);
  const drop = "SELECT format('DROP DATABASE %I', datname) FROM pg_database WHERE datname LIKE 'n8n\\__%' \\gexec";
  await host.output(["docker", "exec", "-i", ...PSQL, "-d", "postgres"], { stdin: `${drop}\n` });
  await host.output(["sh", "-c", `rm -rf ${STORE} /opt/vpai/data/n8n.* /opt/vpai/last-healthy/n8n.*`]);
}, 60_000);

const PSQL = ["vpai_postgresql", "psql", "-XAtq", "-U", "postgres", "-v", "ON_ERROR_STOP=1"];

const sql = (statement: string): Promise<string> =>
  host.output(["docker", "exec", ...PSQL, "-d", "n8n", "-c", statement]);

const names = (): Promise<string> => sql("SELECT name FROM workflow_entity ORDER BY 1");

/** Tables and columns that the bad release has made. */
const migrated = (): Promise<string> =>
  sql("SELECT count(*) FROM information_schema.columns WHERE table_name = 'migrated' OR column_name = 'spoiled'");

const releases = async (): Promise<string[]> =>
  (await host.output(["sh", "-c", `ls ${STORE} 2>/dev/null || :`])).split("\n").filter((name) => name !== "");

const overrideImage = (image: string) =>
  lab.pulumiSucceed(["config", "set", "--path", "vpai:overrides.n8n.image", image]);

let name: string;

test("a service gets no other image while its data cannot be copied", async () => {
  name = await names();
  const before = await host.starts();
  await overrideImage(BAD);
  expect((await lab.preview())["sese-ai/n8n/release"]).toBe("update");
  const pid = await host.docker("inspect", "--format", "{{.State.Pid}}", "vpai_postgresql");
  const inside = (...argv: string[]) => host.output(["nsenter", "--target", pid, "--mount", "--pid", ...argv]);
  await inside("mount", "--bind", "/bin/false", "/usr/local/bin/pg_dump");
  const { code, all } = await lab.make("up").finally(() => inside("umount", "/usr/local/bin/pg_dump"));
  expect(code).not.toBe(0);
  expect(all).toContain(
    `expected a copy of its data before ${BAD} takes it on in place of ${GOOD}, found that there is none`,
  );
  expect(await host.starts()).toEqual(before);
  expect([await releases(), await names(), await migrated()]).toEqual([[], name, "0"]);
}, 480_000);

test("its data are copied right before the new version changes them", async () => {
  await lab.makeSucceed("up");
  expect([await names(), await migrated()]).toEqual(["spoiled", "2"]);
  const [release = "", ...more] = await releases();
  expect([release.split("Z-")[1], more]).toEqual(["2.7.3", []]);
  const { from, to, parts } = JSON.parse(await host.output(["cat", `${STORE}/${release}/manifest.json`])) as {
    from: object;
    to: object;
    parts: { name: string; rows: Record<string, number> }[];
  };
  expect([from, to]).toMatchObject([{ reference: GOOD, image: goodImage }, { reference: BAD }]);
  expect(parts.map((part) => part.name)).toEqual(["_version", "postgresql", "n8n-files"]);
  expect(parts[1]?.rows["n8n.public.workflow_entity"]).toBe(1);
  const { stdout } = await lab.makeSucceed("releases SERVICE=n8n");
  expect(stdout).toMatch(new RegExp(`^${release} .* ${GOOD} +${BAD} +\\d+\\.\\d MiB +\\d+ +on the host$`, "m"));
}, 480_000);

test("going back shows first what was written since, and then changes nothing", async () => {
  await sql("INSERT INTO tag_entity (id, name) VALUES ('later', 'later')");
  await host.output(["sh", "-c", "echo later > /opt/vpai/data/n8n/later"]);
  const before = await host.starts();
  const { stdout } = await lab.makeSucceed("rollback SERVICE=n8n YES=0");
  expect(stdout).toContain(`  image: ${GOOD} in place of ${BAD}`);
  expect(stdout).toMatch(/^ {2}postgresql n8n\.public\.migrated +not there +1$/m);
  expect(stdout).toMatch(/^ {2}postgresql n8n\.public\.tag_entity +0 +1$/m);
  expect(stdout).toMatch(/^ {2}newer files: \d+ \(.*\blater\b/m);
  expect(stdout.split("\n").filter((line) => /^ {2}(replaces|stops) /.test(line))).toEqual([
    ...["  replaces postgresql n8n", "  replaces n8n-files all", "  stops n8n"],
  ]);
  expect(stdout).toContain("Nothing was changed: YES=1 does it.");
  expect(await host.starts()).toEqual(before);
}, 120_000);

/** Asks PostgreSQL and Redis twice a second, as long as `work` takes. */
async function storesDuring<T>(work: () => Promise<T>): Promise<{ asked: number; bad: string[]; result: T }> {
  const seen = { asked: 0, bad: [] as string[] };
  let over = false;
  const client = (async () => {
    for (; !over; seen.asked += 1) {
      for (const probe of [
        ["docker", "exec", ...PSQL, "-d", "postgres", "-c", "SELECT 1"],
        ["docker", "exec", "vpai_redis", "redis-cli", "ping"],
      ]) {
        const { code, all } = await host.run(probe);
        // Without a login Redis answers that it wants one.
        if (code !== 0 || !/^(1|.*NOAUTH.*)$/m.test(all)) seen.bad.push(all);
      }
      await sleep(500);
    }
  })();
  const result = await work().finally(() => (over = true));
  await client;
  return { ...seen, result };
}

test("and brings image and rows of before when told so, while the others serve", async () => {
  const before = await host.starts("vpai_n8n");
  const { seen, result } = await askedDuring(host, "https://vpai.test/health", () =>
    storesDuring(() => lab.makeSucceed("rollback SERVICE=n8n YES=1", { timeout: 600 })),
  );
  const {
    asked,
    bad,
    result: { stdout },
  } = result;
  const [, down = ""] = /^n8n is back, after (\d+) s$/m.exec(stdout) ?? [];
  console.log(
    `rollback of n8n: down for ${down} s; ${seen.bad.length} of ${seen.asked} requests to Caddy and ${bad.length} of ${2 * asked} to the stores failed`,
  );
  expect([seen.bad, bad]).toEqual([[], []]);
  expect(asked).toBeGreaterThan(3);
  expect(down).not.toBe("");
  const starts = await host.starts("vpai_n8n");
  expect(Object.fromEntries(Object.entries(starts).filter(([one]) => one !== "vpai_n8n.failed"))).toEqual(before);
  expect([await names(), await migrated(), await sql("SELECT count(*) FROM tag_entity")]).toEqual([name, "0", "0"]);
  expect((await host.run(["ls", "/opt/vpai/data/n8n/later"])).code).not.toBe(0);
  expect(await host.container("vpai_n8n")).toMatchObject({
    Image: goodImage,
    State: { Health: { Status: "healthy" } },
  });
  // What was in use is put aside.
  const [, aside = ""] = /^what was in use is now the database (\S+)$/m.exec(stdout) ?? [];
  expect(await host.output(["docker", "exec", ...PSQL, "-d", aside, "-c", "SELECT name FROM tag_entity"])).toBe(
    "later",
  );
  expect(await host.output(["sh", "-c", "cat /opt/vpai/data/n8n.before-*/later"])).toBe("later");
}, 900_000);

test("the next up stays with it, and makes no other release", async () => {
  expect((await lab.pulumiSucceed(["config", "get", "--path", "vpai:overrides.n8n.image"])).stdout.trim()).toBe(GOOD);
  const before = await releases();
  await lab.makeSucceed("up");
  expect(await host.container("vpai_n8n")).toMatchObject({
    Image: goodImage,
    State: { Health: { Status: "healthy" } },
  });
  expect([await names(), await migrated(), await releases()]).toEqual([name, "0", before]);
  expect(await host.docker("ps", "--all", "--quiet", "--filter", "name=n8n.failed")).toBe("");
  expect(await lab.preview()).toEqual({});
}, 480_000);
