import type { LabHost } from "./harness/host";
import type { Lab } from "./harness/lab";
import { sharedLab } from "./harness/shared";

/** The nightly job as its host has it: in its sandbox, with n8n's own exports, told by its metric. */

const JOB = "backup-sese-ai";
const STORE = "/opt/vpai/backups";

let lab: Lab;
let host: LabHost;
beforeAll(async () => {
  lab = await sharedLab();
  host = await lab.host("sese-ai");
}, 1_500_000);

afterAll(async () => {
  // n8n keeps a copy of its key in its folder, which other tests look for.
  await host.output(["rm", "-rf", STORE]);
}, 60_000);

interface Manifest {
  host: string;
  parts: { name: string; version?: string; encryptionKey?: string; rows: Record<string, number> }[];
}

const sets = async (): Promise<string[]> => (await host.output(["ls", STORE])).split("\n").filter(Boolean);

const manifestOf = async (set: string): Promise<Manifest> =>
  JSON.parse(await host.output(["cat", `${STORE}/${set}/manifest.json`])) as Manifest;

/** A figure of the job's metrics. */
async function figure(name: string): Promise<number> {
  const text = await host.output(["cat", `/opt/vpai/data/metrics/job-${JOB}.prom`]);
  return Number(new RegExp(`^${name}\\{name="${JOB}",service="host"\\} (\\d+)$`, "m").exec(text)?.[1]);
}

test("the job makes a complete set of the core's data, and says so", async () => {
  const began = Math.floor(Date.now() / 1000);
  await lab.makeSucceed(`run JOB=${JOB}`, { timeout: 300 });
  const [set = ""] = (await sets()).slice(-1);
  const { host: whose, parts } = await manifestOf(set);
  expect(whose).toBe("sese-ai");
  expect(parts.map(({ name }) => name)).toEqual(["postgresql", "redis", "n8n-exports", "n8n-files"]);
  const [postgresql, , exports] = parts;
  expect(postgresql?.rows["n8n.public.workflow_entity"]).toBe(1);
  // The workflow `ping` alone; nothing of the core logs in anywhere.
  expect(exports).toMatchObject({ version: "n8n 2.7.4", rows: { workflows: 1, credentials: 0 } });
  expect(exports?.encryptionKey).toMatch(/^[0-9a-f]{16}$/);
  expect(await figure("job_last_success_timestamp_seconds")).toBeGreaterThanOrEqual(began);
  expect(await figure("job_last_exit_code")).toBe(0);
  expect(await host.output(["stat", "-c", "%U %a", STORE, `${STORE}/${set}`])).toBe("root 700\nroot 700");
  await host.becomesHealthy(60);
}, 360_000);

test("a database of the set is brought back beside the one in use, with the rows of the manifest", async () => {
  const [set = ""] = (await sets()).slice(-1);
  const psql = ["docker", "exec", "vpai_postgresql", "psql", "-XAtq", "-U", "postgres", "-v", "ON_ERROR_STOP=1"];
  await host.output([...psql, "-c", "CREATE DATABASE again OWNER n8n TEMPLATE template0"]);
  const restore = `docker exec -i vpai_postgresql pg_restore -U postgres -d again --exit-on-error --single-transaction < "$1"`;
  await host.output(["sh", "-euc", restore, "sh", `${STORE}/${set}/postgresql/n8n.dump`]);
  const { parts } = await manifestOf(set);
  const rows = Object.entries(parts[0]?.rows ?? {}).filter(([table]) => table.startsWith("n8n.public."));
  expect(rows.length).toBeGreaterThan(20);
  const counts = `SELECT ${rows.map(([table]) => `(SELECT count(*) FROM ${table.slice("n8n.".length)})`).join(", ")}`;
  const found = (await host.output([...psql, "-d", "again", "-c", counts])).split("|").map(Number);
  expect(found).toEqual(rows.map(([, count]) => count));
  await host.output([...psql, "-c", "DROP DATABASE again"]);
}, 120_000);

test("what there is, is listed by service", async () => {
  const [set = ""] = (await sets()).slice(-1);
  const { stdout } = await lab.makeSucceed("backups HOST=sese-ai");
  const rows = stdout.split("\n").filter((line) => line.startsWith("sese-ai "));
  expect(rows.map((row) => row.split(/ {2,}/).slice(1, 4))).toEqual([
    ["n8n", String((await sets()).length), set],
    ["postgresql", String((await sets()).length), set],
    ["redis", String((await sets()).length), set],
  ]);
});

describe("a service's data come back", () => {
  const psql = ["docker", "exec", "vpai_postgresql", "psql", "-XAtq", "-U", "postgres", "-v", "ON_ERROR_STOP=1"];
  const nameOfPing = (): Promise<string> =>
    host.output([...psql, "-d", "n8n", "-c", "SELECT name FROM workflow_entity"]);
  const databases = (): Promise<string> =>
    host.output([...psql, "-c", "SELECT datname FROM pg_database WHERE datname LIKE 'n8n%' ORDER BY 1"]);

  afterAll(async () => {
    const drop = "SELECT format('DROP DATABASE %I', datname) FROM pg_database WHERE datname LIKE 'n8n\\__%' \\gexec";
    await host.output([...psql.slice(0, 2), "-i", ...psql.slice(2)], { stdin: `${drop}\n` });
    await host.output([
      "sh",
      "-c",
      "rm -rf /opt/vpai/data/n8n.before-* /opt/vpai/data/n8n.restoring /srv/look /srv/all",
    ]);
  }, 60_000);

  test("only when told so", async () => {
    const before = await host.starts();
    const { stdout } = await lab.makeSucceed("restore SERVICE=n8n YES=0");
    expect(stdout).toContain("n8n on sese-ai as of ");
    expect(stdout.split("\n").filter((line) => /^ {2}(replaces|stops) /.test(line))).toEqual([
      ...["  replaces postgresql n8n", "  replaces n8n-files all", "  stops n8n"],
    ]);
    expect(stdout).toContain("Nothing was changed: YES=1 does it.");
    expect(await host.starts()).toEqual(before);
  }, 120_000);

  test("with the database and the folder, while the others run; today's are put aside", async () => {
    const name = await nameOfPing();
    await host.output([...psql, "-d", "n8n", "-c", "UPDATE workflow_entity SET name = 'changed'"]);
    await host.output(["sh", "-c", "echo later > /opt/vpai/data/n8n/later"]);
    const before = await host.starts("vpai_n8n");
    const { stdout } = await lab.makeSucceed("restore SERVICE=n8n YES=1", { timeout: 600 });
    expect(await nameOfPing()).toBe(name);
    expect(await host.starts("vpai_n8n")).toEqual(before);
    expect(stdout).toMatch(/^n8n is back, after \d+ s$/m);
    expect(stdout).toContain("What answers requests, answers as it has to.");
    expect(await databases()).toMatch(/^n8n\nn8n_before_\d{8}T\d{6}$/);
    expect(await host.output(["sh", "-c", "cat /opt/vpai/data/n8n.before-*/later"])).toBe("later");
    expect((await host.run(["ls", "/opt/vpai/data/n8n/later"])).code).not.toBe(0);
    expect(await host.output(["stat", "-c", "%u:%g %a", "/opt/vpai/data/n8n"])).toBe("1000:1000 700");
    await host.becomesHealthy(60);
    expect(await lab.preview()).toEqual({});
  }, 900_000);

  test("only to look at, in a folder that is root's alone; nothing is asked, replaced or stopped", async () => {
    const [set = ""] = (await sets()).slice(-1);
    const before = [await host.starts(), await databases(), await sets()];
    const { stdout } = await lab.makeSucceed("restore SERVICE=n8n TO=/srv/look");
    expect(stdout).toMatch(
      /^n8n of \S+ is laid out in \/srv\/look, as it was written: \d+ files, \d+ bytes\. Secrets .* in the clear there/m,
    );
    expect(await host.output(["ls", "/srv/look", "/srv/look/postgresql"])).toBe(
      "/srv/look:\nmanifest.json\nn8n-exports\nn8n-files\npostgresql\n\n/srv/look/postgresql:\nn8n.dump",
    );
    const same =
      'cmp "$1/postgresql/n8n.dump" /srv/look/postgresql/n8n.dump; cmp "$2/config" /srv/look/n8n-files/config';
    await host.output(["sh", "-euc", same, "sh", `${STORE}/${set}`, "/opt/vpai/data/n8n"]);
    expect(await host.output(["stat", "-c", "%U %a", "/srv/look"])).toBe("root 700");
    expect(await host.output(["stat", "-c", "%u:%g %a", "/srv/look/n8n-files"])).toBe("1000:1000 700");
    await lab.makeSucceed(`restore HOST=sese-ai AT=${set} TO=/srv/all`);
    expect(await host.output(["ls", "/srv/all"])).toBe("manifest.json\nn8n-exports\nn8n-files\npostgresql\nredis");
    for (const [to, says] of [
      ["/srv/look", "expected a folder in TO that is empty or not there yet, found something in /srv/look"],
      [
        `${STORE}/look`,
        `expected a folder outside of the platform's own in TO, found ${STORE}/look, which lies in /opt/vpai`,
      ],
      ["look", "expected the absolute path of a folder in TO, such as /srv/look, found look"],
    ]) {
      const { code, all } = await lab.make(`restore SERVICE=n8n TO=${to ?? ""}`);
      expect([code === 0, all]).toEqual([false, expect.stringContaining(`backup: ${says ?? ""}`)]);
    }
    expect([await host.starts(), await databases(), await sets()]).toEqual(before);
  }, 300_000);

  test("that cannot be brought back, which leaves everything as it is", async () => {
    const [set = ""] = (await sets()).slice(-1);
    const before = [await host.starts(), await databases()];
    await host.output(["truncate", "--size", "1000", `${STORE}/${set}/postgresql/n8n.dump`]);
    const { code, all } = await lab.make("restore SERVICE=n8n YES=1");
    expect(code).not.toBe(0);
    expect(all).toContain("a file is not as it was written");
    expect([await host.starts(), await databases()]).toEqual(before);
    await host.output(["rm", "-rf", `${STORE}/${set}`]);
  }, 240_000);
});

test("a service that does not run fails the job, which leaves the sets as they were, and counts no success", async () => {
  const before = [await sets(), await figure("job_last_success_timestamp_seconds")];
  const unit = await host.output(["systemctl", "cat", `${JOB}.service`]);
  const [, program = ""] = /"10800" (.*)$/m.exec(unit) ?? [];
  expect(program).toContain("backup.sh");
  await host.output(["docker", "stop", "vpai_redis"]);
  try {
    // The job's own command, without the pauses between its tries.
    const { code, all } = await host.run(["sh", "-c", program], { timeout: 120 });
    expect([code, all.includes("redis could not be copied; this run leaves no set") ? "" : all]).toEqual([1, ""]);
  } finally {
    await host.output(["docker", "start", "vpai_redis"]);
    await host.becomesHealthy(60);
  }
  expect([await sets(), await figure("job_last_success_timestamp_seconds")]).toEqual(before);
}, 240_000);
