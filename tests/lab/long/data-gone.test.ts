import { readFileSync } from "node:fs";
import path from "node:path";
import { ACCEPTED_OF_NODE, ACCEPTED_SETTINGS } from "../../../providers/n8n/accepted";
import type { Definition } from "../../../providers/n8n/workflow";
import { n8nWorkflowKind } from "../../../providers/resources/n8n-workflow";
import { postgresDatabaseKind } from "../../../providers/resources/postgres-database";
import { projectRoot } from "../../../toolchain/environment";
import { eventually } from "../../eventually";
import type { LabHost } from "../harness/host";
import type { Lab } from "../harness/lab";
import type { Result } from "../harness/run";
import { sharedLab } from "../harness/shared";
import { authorityOf, get } from "../harness/site";

/** What lives inside a program, or is a folder of data: gone it is never made anew silently, unreadable it is unknown. */

let lab: Lab;
let host: LabHost;
beforeAll(async () => {
  lab = await sharedLab();
  host = await lab.host("sese-ai");
}, 1_500_000);

const PING = "platforms/vpai/services/n8n/workflows/ping.json";

const server = async () => ({
  container: "vpai_postgresql",
  superuser: "postgres",
  password: (await lab.generatedSecrets())["postgresqlPassword"] ?? "",
});

const PSQL = ["vpai_postgresql", "psql", "--username", "postgres", "--no-align", "--tuples-only"];

const sql = (statement: string, database = "postgres"): Promise<string> =>
  host.docker("exec", ...PSQL, "--dbname", database, "--command", statement);

// Whoever comes next counts n8n's workflows.
afterAll(() => sql(`DELETE FROM workflow_entity WHERE "isArchived"`, "n8n"));

const refreshed = (): Promise<Result> => lab.pulumiSucceed(["refresh", "--yes", "--skip-preview"]);

/** An `up` as `make` runs it. @param recreate what may be made anew */
const up = (recreate = ""): Promise<Result> => lab.make(recreate === "" ? "up" : `up RECREATE=${recreate}`);

/** Warnings of a run that speak of something. */
const warnings = ({ all }: Result, part: string): string[] => [
  ...new Set(
    all
      .split("\n")
      .map((line) => line.trim())
      .filter((line) => line.startsWith("warning: ") && line.includes(part)),
  ),
];

/** Takes the database away under another name, sessions and all. */
async function hide(): Promise<void> {
  await sql("ALTER DATABASE n8n ALLOW_CONNECTIONS false");
  await sql("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = 'n8n'");
  await sql("ALTER DATABASE n8n RENAME TO hidden");
}

/** Whatever was made in its place goes; nothing to do where it is not hidden. */
async function bringBack(): Promise<void> {
  if ((await sql("SELECT count(*) FROM pg_database WHERE datname = 'hidden'")) === "0") return;
  await sql("DROP DATABASE IF EXISTS n8n WITH (FORCE)");
  await sql("ALTER DATABASE hidden RENAME TO n8n");
  await sql("ALTER DATABASE n8n ALLOW_CONNECTIONS true");
}

const MINUTE = "\\d{4}-\\d\\d-\\d\\d \\d\\d:\\d\\d UTC";
const gone = (title: string): RegExp =>
  new RegExp(`${title} is gone \\(in the state since ${MINUTE}, first missed ${MINUTE}\\)`);

test("T23: PostgreSQL stopped: what lives in it is unknown, the rest is refreshed", async () => {
  await host.docker("stop", "vpai_postgresql");
  const result = await refreshed();
  const { host: address } = host.connection;
  const why = `root@${address}: expected a running container vpai_postgresql with an address, found exited`;
  expect(warnings(result, "cannot be read now").sort()).toEqual(
    ["database n8n in vpai_postgresql", "owner of vpai_n8n", "workflow ping in vpai_n8n"].map(
      (title) => `warning: ${title} on ${address} cannot be read now, and what the state says of it stays: ${why}`,
    ),
  );
  expect(await lab.up()).toMatchObject({ "sese-ai/postgresql": "update" });
  await host.becomesHealthy(60);
  expect(await lab.refresh()).toEqual({});
});

describe("T15: a database that was dropped by hand", () => {
  let before: Record<string, string>;

  beforeAll(async () => {
    before = await host.starts();
    await hide();
  });

  // A test that failed half-way leaves the next ones their database.
  afterAll(bringBack);

  test("is said by the refresh, and stays in the state; T23: its workflow is unknown", async () => {
    const result = await refreshed();
    expect(result.all).toMatch(gone("warning: database n8n in vpai_postgresql on [\\d.]+"));
    expect(warnings(result, "workflow ping")).toEqual([
      expect.stringMatching(/workflow ping .* stays: PostgreSQL in vpai_postgresql .*database "n8n" does not exist$/),
    ]);
    expect(await lab.preview()).toMatchObject({ "sese-ai/database/n8n": "update" });
  });

  test("stops the up at it, again and again, and nothing else is touched", async () => {
    for (let time = 0; time < 2; time += 1) {
      const result = await up();
      expect(result.code).not.toBe(0);
      expect(result.all).toMatch(gone("database n8n in vpai_postgresql on [\\d.]+"));
      expect(result.all).toMatch(
        /make backups.*make restore HOST=… SERVICE=….*make up RECREATE='sese-ai\/database\/n8n'/s,
      );
      expect(result.all).not.toContain("at Object.");
    }
    expect(await sql("SELECT count(*) FROM pg_database WHERE datname = 'n8n'")).toBe("0");
    expect(await host.starts()).toEqual(before);
  });

  test("is no matter any more once it is back", async () => {
    await bringBack();
    // Without its database for long enough n8n counts as unhealthy, and an up would restart it; Docker looks every half minute.
    await eventually(
      async () =>
        expect((await host.container("vpai_n8n")).State.Health).toMatchObject({ Status: "healthy", FailingStreak: 0 }),
      180,
    );
    expect((await up()).code).toBe(0);
    expect(await host.starts()).toEqual(before);
    expect(await lab.refresh()).toEqual({});
    expect(await lab.preview()).toEqual({});
  });

  test("is made anew in the one run that is told so", async () => {
    await hide();
    await refreshed();
    const result = await up("sese-ai/database/n8n");
    expect(result.all).toMatch(/database n8n in vpai_postgresql on .*, and is made anew, as told/);
    expect(await sql("SELECT count(*) FROM pg_database WHERE datname = 'n8n'")).toBe("1");
    await host.docker("stop", "vpai_n8n");
    await bringBack();
    await host.docker("start", "vpai_n8n");
    await host.becomesHealthy(60);
    expect((await up()).code).toBe(0);
    expect(await lab.refresh()).toEqual({});
  });
});

test("T15: a data folder that is gone stops the up, and is not made empty", async () => {
  const folder = "/opt/vpai/data/redis";
  await host.output(["mv", folder, `${folder}.kept`]);
  const result = await refreshed();
  expect(result.all).toMatch(gone(`warning: folder ${folder} on [\\d.]+`));
  const failed = await up();
  expect(failed.code).not.toBe(0);
  expect(failed.all).toContain("make up RECREATE='sese-ai/redis/data/redis'");
  expect((await host.run(["test", "-e", folder])).code).toBe(1);
  await host.output(["mv", `${folder}.kept`, folder]);
  expect((await up()).code).toBe(0);
  expect(await lab.refresh()).toEqual({});
});

/** As n8n's editor does: it stops running first. */
async function archive(): Promise<void> {
  const definition = JSON.parse(readFileSync(path.join(projectRoot, PING), "utf8")) as Definition;
  await n8nWorkflowKind.remove({
    ...{ connection: host.connection, container: "vpai_n8n", port: 5678, server: await server(), database: "n8n" },
    ...{ workflow: "ping", definition, published: "current", edited: "keep", workflowId: "", fingerprint: "" },
  });
  await sql(`UPDATE workflow_entity SET "isArchived" = true WHERE name = 'Ping'`, "n8n");
}

test("T15: a workflow that somebody archived stays gone until told otherwise", async () => {
  await archive();
  expect(await lab.refresh()).toEqual({ "sese-ai/workflow/ping": "update" });
  const failed = await up();
  expect(failed.code).not.toBe(0);
  expect(failed.all).toMatch(gone("workflow ping in vpai_n8n on [\\d.]+"));
  expect(await sql(`SELECT count(*) FROM workflow_entity WHERE NOT "isArchived"`, "n8n")).toBe("0");
  expect((await up("sese-ai/workflow/ping")).code).toBe(0);
  const authority = await authorityOf(host);
  await eventually(async () =>
    expect(await get(host, "https://vpai.test/webhook/ping", authority)).toMatchObject({ status: 200 }),
  );
  expect(await lab.refresh()).toEqual({});
});

describe("C4: a workflow as the editor exports it", () => {
  /** Names of what a schema of n8n's own description of its API takes; what can only be read is left out. */
  async function takenBy(schema: string): Promise<string[]> {
    const file = "/usr/local/lib/node_modules/n8n/dist/public-api/v1/openapi.yml";
    const text = await host.docker("exec", "vpai_n8n", "cat", file);
    const [, after = ""] = text.split(`\n    ${schema}:\n`);
    const [own = ""] = after.split(/\n {4}\S/);
    const properties = own.split(/\n(?= {8}\S)/).slice(1);
    return properties.filter((part) => !part.includes("readOnly: true")).map((part) => part.trim().split(":")[0] ?? "");
  }

  test("has the settings that the running n8n names, and others that it refuses", async () => {
    expect([...ACCEPTED_SETTINGS].sort()).toEqual((await takenBy("workflowSettings")).sort());
    expect([...ACCEPTED_OF_NODE].sort()).toEqual((await takenBy("node")).sort());
  });

  test("is taken, and what n8n's API does not take is no drift", async () => {
    lab.replace(
      PING,
      `"settings": { "executionOrder": "v1" }`,
      `"settings": { "executionOrder": "v1", "binaryMode": "separate", "timeSavedMode": "fixed", "callerPolicy": "any" }`,
    );
    expect(await lab.up()).toEqual({ "sese-ai/workflow/ping": "update" });
    expect(await lab.refresh()).toEqual({});
    expect(await lab.preview()).toEqual({});
    expect(await sql(`SELECT settings->>'callerPolicy' FROM workflow_entity WHERE NOT "isArchived"`, "n8n")).toBe(
      "any",
    );
    lab.restoreFiles();
    await lab.up();
  });
});

describe("C5: the superuser's password", () => {
  /** Over TCP, where it has to be proved. */
  const logIn = (password: string): Promise<Result> =>
    host.run(
      [
        ...["docker", "exec", "-i", "vpai_postgresql", "sh", "-c"],
        "PGPASSWORD=$(cat) psql -h 127.0.0.1 -U postgres -tAc 'SELECT current_user'",
      ],
      { stdin: password },
    );

  test("that was changed in config takes effect", async () => {
    const password = `it's "another" $one é`;
    await lab.pulumiSucceed(["config", "set", "--secret", "secrets:postgresqlPassword"], { stdin: password });
    expect(await lab.up()).toMatchObject({ "sese-ai/database/n8n": "update" });
    expect((await logIn(password)).stdout.trim()).toBe("postgres");
    expect(await lab.refresh()).toEqual({});
    await lab.pulumiSucceed(["config", "rm", "secrets:postgresqlPassword"]);
    expect(await lab.up()).toMatchObject({ "sese-ai/database/n8n": "update" });
    expect((await logIn(password)).code).not.toBe(0);
  });

  test("that was changed by hand is drift, and put back", async () => {
    await sql("ALTER ROLE postgres PASSWORD 'by hand'");
    expect(await lab.refresh()).toEqual({ "sese-ai/database/n8n": "update" });
    expect(await lab.up()).toMatchObject({ "sese-ai/database/n8n": "update" });
    expect((await logIn("by hand")).code).not.toBe(0);
    expect(await lab.refresh()).toEqual({});
  });
});

test("C6: a membership that somebody else granted is revoked", async () => {
  const inputs = {
    connection: host.connection,
    server: await server(),
    database: "c6",
    role: "c6",
    password: "s3cret",
    memberOf: ["pg_monitor"],
  };
  await postgresDatabaseKind.ensure(inputs);
  await sql("CREATE ROLE granter; GRANT pg_read_all_data TO granter WITH ADMIN OPTION");
  await sql("SET ROLE granter; GRANT pg_read_all_data TO c6; RESET ROLE; GRANT pg_read_all_data TO c6");
  expect(await postgresDatabaseKind.observe(inputs)).toMatchObject({ memberOf: ["pg_monitor", "pg_read_all_data"] });
  await postgresDatabaseKind.ensure(inputs);
  expect(await postgresDatabaseKind.observe(inputs)).toEqual(inputs);
  await sql("DROP DATABASE c6");
  await sql("DROP ROLE c6; DROP OWNED BY granter; DROP ROLE granter");
});
