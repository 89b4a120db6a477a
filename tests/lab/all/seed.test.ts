import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import path from "node:path";
import { seedScript } from "../../../capabilities/seeds/script";
import { exportSeed, type Export, type Exported } from "../../../commands/seed/export";
import { ensureImage } from "../../../lab/images/build";
import type { SeedRules } from "../../../model/seed";
import { LITELLM_SEED } from "../../../platforms/vpai/services/litellm/seed";
import { NOCODB_SEED } from "../../../platforms/vpai/services/nocodb/seed";
import { N8N_SEED } from "../../../programs/n8n/seed";
import { SeedBucket, type SeedSource } from "../../../providers/seeds/bucket";
import { isEmpty, loadSeed, type SeedTarget } from "../../../providers/seeds/load";
import { dumpKey, type SeedManifest } from "../../../providers/seeds/manifest";
import { clientOf } from "../../../providers/s3/client";
import { Transport } from "../../../providers/ssh/transport";
import { eventually } from "../../eventually";
import { BareHost } from "../harness/bare-host";
import { docker, inside, minute, run, start } from "../harness/containers";
import { S3Server } from "../harness/s3";

/**
 * A seed's whole way: the databases that the real n8n, LiteLLM and NocoDB have made, with a canary in every column that no rule keeps, are
 * sanitised on a host, put into a bucket, and loaded into empty databases, on which n8n starts.
 */

const host = BareHost.use("seeds");

const PROGRAMS = ["n8n", "litellm", "nocodb"] as const;
type Program = (typeof PROGRAMS)[number];

const RULES: Record<Program, SeedRules> = {
  n8n: N8N_SEED as SeedRules,
  litellm: LITELLM_SEED as SeedRules,
  nocodb: NOCODB_SEED as SeedRules,
};

const SET = "/opt/vpai/backups/000001-20261129T025500Z/postgresql";
const SERVER = "vpai_postgresql";
const BUCKET = "vpai-shared";
const ACCOUNT = { access: "reader", secret: "reader-secret" };

const images: Record<string, string> = {};
const canaries: Record<string, string[]> = {};
let server: S3Server;
let transport: Transport;
let bucket: SeedBucket;
let exported: Exported | undefined;

/** What the first test has exported. */
function seed(): Exported {
  if (exported === undefined) throw new Error("expected a seed, found none: the first test made none");
  return exported;
}

let manifest: SeedManifest;

const PSQL = ["psql", "-XqAt", "-U", "postgres", "-v", "ON_ERROR_STOP=1", "-d"];

/** Asks the server in which the programs have made their databases. */
const query = (database: string, text: string): string =>
  execFileSync("docker", ["exec", "-i", `${run}-db`, ...PSQL, database], { input: text, encoding: "utf8" }).trim();

/** What the programs themselves make in an empty database. */
async function makeDatabases(): Promise<void> {
  start("db", images["postgres"] ?? "", ["--env", "POSTGRES_PASSWORD=database"]);
  await eventually(() => inside("db", "pg_isready", "--host", "127.0.0.1"));
  for (const name of PROGRAMS) query("postgres", `CREATE DATABASE ${name}`);
  startN8n("n8n", "n8n");
  start("nocodb", images["nocodb"] ?? "", [
    ...["--env", `NC_DB=pg://${run}-db:5432?u=postgres&p=database&d=nocodb`, "--env", "NC_DISABLE_TELE=true"],
    ...["--env", "NC_ADMIN_EMAIL=owner@lab.test", "--env", "NC_ADMIN_PASSWORD=Canary-owner-1!"],
  ]);
  start("litellm", images["litellm"] ?? "", [
    ...["--env", `DATABASE_URL=postgresql://postgres:database@${run}-db:5432/litellm`],
    ...["--env", "LITELLM_MASTER_KEY=sk-master", "--env", "LITELLM_LOCAL_MODEL_COST_MAP=True"],
  ]);
  await n8nAnswers("n8n");
  await eventually(() => inside("nocodb", "wget", "-qO-", "http://127.0.0.1:8080/api/v1/health"), 600);
  const ready = 'import urllib.request; urllib.request.urlopen("http://127.0.0.1:4000/health/readiness", timeout=8)';
  await eventually(() => inside("litellm", "python3", "-c", ready), 900);
  for (const name of PROGRAMS) docker("stop", `${run}-${name}`);
}

const startN8n = (name: string, database: string): void =>
  start(name, images["n8n"] ?? "", [
    ...["--env", "DB_TYPE=postgresdb", "--env", `DB_POSTGRESDB_HOST=${run}-db`, "--env", "DB_POSTGRESDB_USER=postgres"],
    ...["--env", "DB_POSTGRESDB_PASSWORD=database", "--env", `DB_POSTGRESDB_DATABASE=${database}`],
    ...["--env", "N8N_DIAGNOSTICS_ENABLED=false"],
  ]);

const n8nAnswers = (name: string): Promise<string> =>
  eventually(() => inside(name, "wget", "-qO-", "http://127.0.0.1:5678/healthz/readiness"), 600);

/** Every table that is no program's list of its own migrations. */
const CLEAR = `SET session_replication_role = replica;
SELECT format('DELETE FROM %I', tablename) FROM pg_tables WHERE schemaname = 'public' AND tablename NOT LIKE '%migration%' \\gexec
`;

/** A workflow whose every text is a canary but for what a seed shows of it. */
const NODES = [
  {
    ...{ id: "n1", name: "cnry-node-name", type: "n8n-nodes-base.httpRequest", typeVersion: 4, position: [10, 20] },
    parameters: {
      url: "https://alice:cnry-in-a-url@corp.test/cnry-path",
      type: "cnry-deeper",
      headers: { Authorization: "Bearer cnry-token-in-a-header", "cnry-key": 49170012345678 },
      jsCode: "const password = 'cnry-in-code';",
    },
    credentials: { httpHeaderAuth: { id: "cnry-credential", name: "cnry-credential-name" } },
  },
  { ...{ id: "n2", name: "Two", type: "n8n-nodes-base.noOp", typeVersion: 1, position: [0, 0] }, parameters: {} },
];
const CONNECTIONS = { "cnry-node-name": { main: [[{ node: "Two", type: "main", index: 0 }]] } };
const IN_NODES = [
  ...["cnry-node-name", "cnry-in-a-url", "cnry-path", "cnry-deeper", "cnry-token-in-a-header", "cnry-key"],
  ...["49170012345678", "cnry-in-code", "cnry-credential", "cnry-credential-name", "corp.test"],
];

/** Tables whose rows the fixture cannot make: of checks, or of what the program has made itself. */
const UNPLANTED: Record<Program, string[]> = {
  n8n: ["binary_data", "execution_entity", "migrations", "workflow_publish_history"],
  litellm: [],
  nocodb: ["xc_knex_migrationsv0", "xc_knex_migrationsv0_lock"],
};

function plant(name: Program): void {
  query(name, CLEAR);
  const { look } = seedScript(name, RULES[name], "key");
  const said = query(name, `${look}${readFileSync(path.join(__dirname, "seed/plant.sql"), "utf8")}`).split("\n");
  const told = (word: string): string[] =>
    said.filter((line) => line.startsWith(`${word} `)).map((line) => line.slice(word.length + 1));
  canaries[name] = told("canary");
  expect(told("unplanted").sort()).toEqual(UNPLANTED[name]);
}

const put = (name: string): void =>
  void execFileSync("sh", [
    ...[
      "-euc",
      `docker exec "$1-db" pg_dump -U postgres -Fc -Z0 "$2" | docker exec -i "$1-seeds" sh -c "cat > $3/$2.dump"`,
    ],
    ...["sh", run, name, SET],
  ]);

const wanted = (
  databases: readonly string[] = PROGRAMS,
  rules: Partial<Record<string, SeedRules>> = RULES,
): Export => ({
  connection: host().connection,
  folder: SET,
  container: SERVER,
  server: { superuser: "postgres", user: { uid: 999, gid: 999 } },
  databases: databases.map((name) => ({ name, role: name, seed: rules[name] as SeedRules })),
});

const target = (database: string): SeedTarget => ({
  container: SERVER,
  superuser: "postgres",
  database,
  role: database,
});

const onHost = (database: string, text: string): Promise<string> =>
  host().output(["docker", "exec", "-i", SERVER, ...PSQL, database], { stdin: text });

async function emptyDatabase(name: string): Promise<void> {
  await onHost("postgres", `DROP DATABASE IF EXISTS ${name};`);
  await onHost("postgres", `CREATE DATABASE ${name} OWNER ${name};`);
}

beforeAll(async () => {
  for (const name of ["postgres", ...PROGRAMS]) images[name] = await ensureImage(name);
  await makeDatabases();
  for (const name of PROGRAMS) plant(name);
  const json = (value: object): string => `'${JSON.stringify(value).replaceAll("'", "''")}'`;
  query("n8n", `UPDATE workflow_entity SET active = true, nodes = ${json(NODES)}, connections = ${json(CONNECTIONS)};`);
  query("n8n", "INSERT INTO settings VALUES ('userManagement.isInstanceOwnerSetUp', 'true', true);");
  host().sh(`mkdir -p ${SET}`);
  for (const name of PROGRAMS) put(name);
  execFileSync("sh", [
    ...["-euc", 'docker save "$1" | docker exec -i "$2" docker load'],
    ...["sh", images["postgres"] ?? "", `${run}-seeds`],
  ]);
  host().sh(
    `docker run --detach --name ${SERVER} --network none --env POSTGRES_PASSWORD=database ${images["postgres"] ?? ""}`,
  );
  await eventually(() => host().sh(`docker exec ${SERVER} pg_isready --host 127.0.0.1`), 120);
  for (const name of PROGRAMS) await onHost("postgres", `CREATE ROLE ${name} LOGIN;`);
  server = await S3Server.start("127.0.0.1", [BUCKET], { [ACCOUNT.access]: ACCOUNT.secret });
  transport = new Transport(host().connection);
  bucket = await SeedBucket.of(source());
}, 60 * minute);

afterAll(() => {
  // None of them where the databases could not be made.
  (transport as Transport | undefined)?.close();
  exported?.forget();
  (server as S3Server | undefined)?.stop();
});

const source = (): SeedSource => ({
  ...{ endpoint: `http://${server.address}`, region: "us-east-1", bucket: BUCKET },
  ...{ accessKey: S3Server.accessKey, secretKey: S3Server.secretKey },
});

/** What an export leaves on its host. */
const left = (): string =>
  host().sh(
    "docker ps --all --quiet --filter label=dev.vpai.seed; docker volume ls --quiet | wc -l; ls -A /opt/vpai/backups",
  );

test(
  "a set's databases are sanitised, and nothing of that is left on the host",
  async () => {
    const before = left().replace("\n.seed-lock", "");
    exported = await exportSeed(wanted());
    const { databases } = exported;
    expect(left().replace("\n.seed-lock", "").replace(".seed-lock\n", "")).toBe(before);
    const rows = Object.fromEntries(databases.map(({ name, rows: counts }) => [name, counts]));
    expect(rows["n8n"]).toMatchObject({
      user: 1,
      workflow_entity: 1,
      settings: 1,
      credentials_entity: 0,
      execution_data: 0,
    });
    expect(rows["n8n"]).toMatchObject({ webhook_entity: 0, user_api_keys: 0, variables: 0, workflow_history: 1 });
    expect(rows["litellm"]).toMatchObject({ LiteLLM_UserTable: 1, LiteLLM_VerificationToken: 0, LiteLLM_SpendLogs: 0 });
    expect(rows["nocodb"]).toMatchObject({ nc_users_v2: 1, nc_api_tokens: 0, nc_store: 0, nc_models_v2: 0 });
  },
  20 * minute,
);

/** A text in the forms in which it could be hidden; base64 as it is at each of its three beginnings. */
function formsOf(text: string): Buffer[] {
  const bytes = Buffer.from(text);
  const inBase64 = [0, 1, 2].map((at) => Buffer.concat([Buffer.alloc(at), bytes]).toString("base64"));
  return [
    ...[bytes, Buffer.from(bytes.toString("hex")), Buffer.from(text, "utf16le"), Buffer.from(text, "utf16le").swap16()],
    ...[Buffer.from(encodeURIComponent(text)), Buffer.from([...text].reverse().join(""))],
    ...inBase64.map((encoded, at) => Buffer.from(encoded.slice(at === 0 ? 0 : 4, -4))),
  ];
}

test(
  "no canary is left of any column that is not kept, in no encoding",
  () => {
    for (const { name } of seed().databases) {
      const file = seed().files[name] ?? "";
      const text = execFileSync("docker", ["exec", "-i", `${run}-db`, "pg_restore", "--file", "-"], {
        input: readFileSync(file),
        maxBuffer: 2 ** 28,
      });
      const all = Buffer.concat([readFileSync(file), text]);
      const lower = Buffer.from(all.toString("latin1").toLowerCase(), "latin1");
      const planted = [...(canaries[name] ?? []), ...(name === "n8n" ? IN_NODES : [])];
      expect(planted.length).toBeGreaterThan({ n8n: 150, litellm: 300, nocodb: 700 }[name] ?? 0);
      const found = planted.filter((canary) =>
        formsOf(canary).some(
          (form) => all.includes(form) || lower.includes(form.toString("latin1").toLowerCase(), 0, "latin1"),
        ),
      );
      expect(found).toEqual([]);
    }
  },
  10 * minute,
);

test(
  "it lies in the bucket, complete, and the newest complete one is taken",
  async () => {
    const from = { stack: "prod", host: "sese-ai", set: "000001-20261129T025500Z" };
    const common = { format: 1, from, moment: "2026-11-29T02:55:00Z", databases: seed().databases } as const;
    await bucket.upload({ ...common, seed: "20261128T000000Z" }, seed().files);
    manifest = { ...common, seed: "20261129T040000Z" };
    await bucket.upload(manifest, seed().files);
    // One whose export was cut.
    const { sdk, client } = await clientOf(source());
    await client.send(
      new sdk.PutObjectCommand({ Bucket: BUCKET, Key: dumpKey("20261130T000000Z", "n8n"), Body: "a part" }),
    );
    expect(await bucket.newest()).toEqual(manifest);
  },
  minute,
);

test(
  "an empty database begins with it, owned by its role, and one that holds something is left",
  async () => {
    for (const name of PROGRAMS) {
      await emptyDatabase(name);
      expect(await loadSeed(transport, target(name), bucket)).toEqual({ outcome: "loaded", manifest });
    }
    const owners =
      "SELECT DISTINCT pg_get_userbyid(relowner) FROM pg_class WHERE relnamespace = 'public'::regnamespace;";
    expect(await onHost("n8n", owners)).toBe("n8n");
    expect(await onHost("n8n", `SELECT email FROM "user";`)).toMatch(/^person-[0-9a-f]{12}@example\.invalid$/);
    expect(await onHost("n8n", "SELECT active, value FROM workflow_entity, settings;")).toBe("f|false");
    await onHost("n8n", `UPDATE "user" SET email = 'mine@lab.test';`);
    expect(await loadSeed(transport, target("n8n"), bucket)).toEqual({ outcome: "kept" });
    expect(await onHost("n8n", `SELECT email FROM "user";`)).toBe("mine@lab.test");
  },
  5 * minute,
);

test(
  "a seed that was tampered with is not loaded",
  async () => {
    const { sdk, client } = await clientOf(source());
    await client.send(
      new sdk.PutObjectCommand({
        Bucket: BUCKET,
        Key: dumpKey(manifest.seed, "n8n"),
        Body: readFileSync(seed().files["litellm"] ?? ""),
      }),
    );
    await emptyDatabase("n8n");
    await expect(loadSeed(transport, target("n8n"), bucket)).rejects.toThrow(
      "n8n is not what its manifest says; nothing was loaded",
    );
    expect(await isEmpty(transport, target("n8n"))).toBe(true);
    await bucket.upload(manifest, seed().files);
  },
  2 * minute,
);

test(
  "n8n starts with it",
  async () => {
    query("postgres", "CREATE DATABASE again");
    const { files } = seed();
    execFileSync(
      "docker",
      ["exec", "-i", `${run}-db`, "pg_restore", "-U", "postgres", "-d", "again", "--no-owner", "--exit-on-error"],
      {
        input: readFileSync(files["n8n"] ?? ""),
      },
    );
    startN8n("again", "again");
    await n8nAnswers("again");
    expect(query("again", `SELECT count(*) FROM workflow_entity; SELECT count(*) FROM "user";`)).toBe("1\n1");
  },
  15 * minute,
);

test(
  "what no rule names is refused in one list, and nothing is exported",
  async () => {
    query("n8n", `ALTER TABLE "user" ADD phone text; CREATE TABLE devices (id int, token text);`);
    query("litellm", `ALTER TABLE "LiteLLM_UserTable" ADD "birthDay" date;`);
    for (const name of ["n8n", "litellm"]) put(name);
    const failure = await exportSeed(wanted()).catch((error: Error) => error.message);
    expect(failure).toContain(
      [
        "expected a rule for every table and column that is filled, found none for:",
        "n8n: column user.phone (text)",
        "n8n: table devices (id, token)",
        "litellm: column LiteLLM_UserTable.birthDay (date)",
        "Nothing was exported.",
      ].join("\n"),
    );
    query("n8n", `ALTER TABLE "user" DROP phone; DROP TABLE devices;`);
  },
  10 * minute,
);

test(
  "what is left of a value that is replaced, or looks like a key, is refused by its column and not quoted",
  async () => {
    const email = query("n8n", `SELECT email FROM "user";`);
    query(
      "n8n",
      `UPDATE role SET "roleType" = 'asked by ${email}'; UPDATE migrations SET name = 'ghp_abcdefghijklmnopqrstuvwxyz0123' WHERE id = 1;`,
    );
    put("n8n");
    const failure = await exportSeed(wanted(["n8n"])).catch((error: Error) => error.message);
    expect(failure).toMatch(/role\.roleType has what looks like an e-mail address/);
    expect(failure).toMatch(/role\.roleType has a value that is replaced elsewhere/);
    expect(failure).toMatch(/migrations\.name has what looks like a token of GitHub/);
    expect(failure).not.toContain(email);
    expect(failure).not.toContain("ghp_");
  },
  10 * minute,
);

test(
  "a dump that is cut is refused, and nothing of it is left",
  async () => {
    host().sh(`head -c 20000 ${SET}/nocodb.dump > ${SET}/cut && mv ${SET}/cut ${SET}/nocodb.dump`);
    await expect(exportSeed(wanted(["nocodb"]))).rejects.toThrow("expected a seed, found a failure");
    expect(left()).not.toMatch(/\.seed-\w{6}$/m);
    expect(host().sh("docker ps --all --quiet --filter label=dev.vpai.seed")).toBe("");
  },
  5 * minute,
);
