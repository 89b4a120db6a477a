import { llmKey } from "../../../capabilities/litellm-key";
import { declaredSecretsOf } from "../../../model/service";
import vpai from "../../../platforms/vpai/platform";
import type { LabHost } from "../harness/host";
import type { Lab } from "../harness/lab";
import { Load } from "../harness/load";
import { sharedLabOfAll } from "../harness/shared";
import { authorityOf, get } from "../harness/site";

/**
 * Each secret that takes effect with services outside the core, changed in the stack's file: the running program has the
 * new one and no longer the old one, or one error says why it cannot be changed. The core's are in ../long/rotation.
 */

let lab: Lab;
let host: LabHost;
beforeAll(async () => {
  lab = await sharedLabOfAll();
  host = await lab.host("sese-ai");
}, 2_700_000);

afterAll(async () => {
  for (const name of [...Object.keys(ROWS), ...Object.keys(WHY)]) await lab.pulumi(["config", "rm", `secrets:${name}`]);
  for (const key of ["rotations", "rotating"]) await lab.pulumi(["config", "rm", `vpai:${key}`]);
  await lab.up();
}, 600_000);

/** A first and another value of a secret; some have a form of their own. */
const valuesOf = (name: string): [string, string] => FORMED[name] ?? [`first-of-${name}`, `second-of-${name}`];

const FORMED: Record<string, [string, string]> = {
  alertsBotToken: [
    "1234567:first-of-the-bot-of-alerts-in-this-test",
    "1234567:second-of-the-bot-of-alerts-in-this-tes",
  ],
  alertsChat: ["1111111", "2222222"],
  alertsHeartbeatUrl: ["https://beat.vpai.test/first", "https://beat.vpai.test/second"],
};

const set = (name: string, value: string): Promise<unknown> =>
  lab.pulumiSucceed(["config", "set", "--secret", `secrets:${name}`], { stdin: value });

/** Those among the looks below that log in: a program then says no to the old value itself. */
const LOG_INS = new Set<Row["takes"][number]>();

const logIn = (take: Row["takes"][number]): Row["takes"][number] => {
  LOG_INS.add(take);
  return take;
};

/** Whether a role of PostgreSQL is let in over TCP, where the password has to be proved. */
const postgresql = (role: string, database: string) =>
  logIn(async (password) => {
    const query = `PGPASSWORD=$(cat) psql -h 127.0.0.1 -U ${role} -d ${database} -tAc "SELECT 1"`;
    const argv = ["docker", "exec", "-i", "vpai_postgresql", "sh", "-c", query];
    return (await host.run(argv, { stdin: password })).code === 0;
  });

/** The status of a request from inside n8n's container; the header's value travels on standard input. */
async function statusOf(url: string, header: string, value: string): Promise<number> {
  const request = `
    let text = "";
    process.stdin.on("data", (part) => (text += part)).on("end", async () => {
      const { url, header, value } = JSON.parse(text);
      console.log((await fetch(url, { headers: { [header]: value } })).status);
    });`;
  const stdin = JSON.stringify({ url, header, value });
  return Number(await host.output(["docker", "exec", "-i", "vpai_n8n", "node", "-e", request], { stdin }));
}

const litellm = logIn(
  async (value) => (await statusOf("http://litellm:4000/models", "authorization", `Bearer ${llmKey(value)}`)) === 200,
);

/**
 * Whether a program was started with a value: in the environment of a process of its container, or in a file of secrets
 * that is no newer than its start. It looks as the program's own user: root has no more rights there.
 */
const startedWith = (container: string) => async (value: string) => {
  const read = `cat /proc/[0-9]*/environ 2>/dev/null; find /run/secrets -type f ! -newer /proc/1 -exec cat {} +; true`;
  return (await host.docker("exec", container, "sh", "-c", read)).includes(value);
};

/** Whether n8n has a value in one of its credentials. */
const inCredentials = async (value: string) =>
  (await host.docker("exec", "vpai_n8n", "n8n", "export:credentials", "--all", "--decrypted")).includes(value);

/** Whether the way in for other hosts' figures opens. */
const ingest = logIn(async (value) => {
  const url = `https://collector:${value}@ingest.vpai.test/api/v1/write`;
  return (await get(host, url, await authorityOf(host))).status !== 401;
});

const redisCache = logIn(async (password) => {
  const argv = ["docker", "exec", "-i", "vpai_redis-cache", "sh", "-c"];
  const ping = 'redis-cli -e --no-auth-warning -a "$(cat)" ping';
  return (await host.run([...argv, ping], { stdin: password })).code === 0;
});

interface Row {
  /** Whether the running program takes a value. */
  takes: ((value: string) => Promise<boolean>)[];
  /** Containers that may start anew for it. */
  restarted: string[];
}

const row = (restarted: string[], ...takes: Row["takes"]): Row => ({ restarted, takes });

const OF_LITELLM = row(["vpai_litellm"], startedWith("vpai_litellm"));

const ALERTMANAGER = row(["vpai_alertmanager"], startedWith("vpai_alertmanager"));
const OF_NOCODB = row(["vpai_nocodb"], startedWith("vpai_nocodb"));

const ROWS: Record<string, Row> = {
  alertsBotToken: row(
    ["vpai_alertmanager", "vpai_litellm"],
    startedWith("vpai_alertmanager"),
    startedWith("vpai_litellm"),
  ),
  alertsChat: row(["vpai_alertmanager", "vpai_litellm"], startedWith("vpai_alertmanager"), startedWith("vpai_litellm")),
  alertsHeartbeatUrl: ALERTMANAGER,
  alertsMailPassword: ALERTMANAGER,
  assetsDatabasePassword: row([], postgresql("assets", "assets"), inCredentials),
  attachmentsAccessKey: OF_NOCODB,
  attachmentsSecretKey: OF_NOCODB,
  budgetWebhookSecret: OF_LITELLM,
  kaneoApiKey: row([], inCredentials),
  litellmMetricsKey: row(
    ["vpai_alloy"],
    startedWith("vpai_alloy"),
    logIn(
      async (value) =>
        (await statusOf("http://litellm:4000/metrics/", "authorization", `Bearer ${llmKey(value)}`)) === 200,
    ),
  ),
  monitoringWriteKey: row([], ingest),
  n8nLlmKey: row([], litellm, inCredentials),
  n8nWebhookToken: row([], inCredentials),
  nocodbAdminPassword: OF_NOCODB,
  redisCachePassword: row(["vpai_litellm", "vpai_redis-cache"], startedWith("vpai_litellm"), redisCache),
  remotionApiToken: row([], inCredentials),
  alloyDatabasePassword: row(["vpai_alloy"], startedWith("vpai_alloy"), postgresql("alloy", "postgres")),
  anthropicApiKey: OF_LITELLM,
  byteplusApiKey: OF_LITELLM,
  kaneoAuthSecret: row(["vpai_kaneo-api"], startedWith("vpai_kaneo-api")),
  kaneoDatabasePassword: row(["vpai_kaneo-api"], startedWith("vpai_kaneo-api"), postgresql("kaneo", "kaneo")),
  litellmDatabasePassword: row(["vpai_litellm"], startedWith("vpai_litellm"), postgresql("litellm", "litellm")),
  litellmMasterKey: row(["vpai_litellm"], startedWith("vpai_litellm"), litellm),
  nocodbDatabasePassword: row(["vpai_nocodb"], startedWith("vpai_nocodb"), postgresql("nocodb", "nocodb")),
  nocodbJwtSecret: row(["vpai_nocodb"], startedWith("vpai_nocodb")),
  openaiApiKey: OF_LITELLM,
  openclawApiKey: row(["vpai_openclaw"], startedWith("vpai_openclaw"), litellm),
  openclawGatewayToken: row(["vpai_openclaw"], startedWith("vpai_openclaw")),
  openrouterApiKey: OF_LITELLM,
  palaisDatabasePassword: row(["vpai_palais"], startedWith("vpai_palais"), postgresql("palais", "palais")),
  qdrantApiKey: row(
    ["vpai_litellm", "vpai_openclaw", "vpai_qdrant"],
    startedWith("vpai_litellm"),
    logIn(async (value) => (await statusOf("http://qdrant:6333/collections", "api-key", value)) === 200),
  ),
  sureDatabasePassword: row(
    ["vpai_sure", "vpai_sure-worker"],
    startedWith("vpai_sure"),
    startedWith("vpai_sure-worker"),
    postgresql("sure", "sure"),
  ),
  telegramBotToken: row(["vpai_openclaw"], startedWith("vpai_openclaw")),
  zaiApiKey: OF_LITELLM,
};

const BOUND = (reason: string, name: string): string => `secrets:${name} cannot be changed: ${reason}`;

/** Secrets that cannot be changed so, each with the reason that its error gives. */
const WHY: Record<string, string> = {
  grafanaAdminPassword: BOUND(
    "Grafana takes it on its first start only, and later changes it itself, in its user's profile",
    "grafanaAdminPassword",
  ),
  kaneoAdminPassword: "where the account has another password, set it in the program to the one of the stack",
  litellmSaltKey: BOUND("the keys in LiteLLM's database are encrypted with the one of before", "litellmSaltKey"),
  nocodbConnectionKey: BOUND(
    "the credentials in NocoDB's database are encrypted with the one of before",
    "nocodbConnectionKey",
  ),
  sureAdminPassword: "where the account has another password, set it in the program to the one of the stack",
  sureSecretKeyBase: BOUND("what Sure has encrypted is lost without the one of before", "sureSecretKeyBase"),
};

/** Those that the core's own test changes. */
const IN_THE_CORE = [
  ...["n8nAdminPassword", "n8nDatabasePassword", "n8nEncryptionKey", "postgresqlPassword", "redisPassword"],
  ...["ovhApplicationKey", "ovhApplicationSecret", "ovhConsumerKey"],
];

/** Those of other hosts, which `make rotate ALL=1` has: as whom they are tried, or nothing where no login tells. */
const ELSEWHERE: Record<string, string> = {
  couchdbAdminPassword: "user admin of couchdb",
  couchdbObsidianPassword: "user obsidian of couchdb",
  n8nMcpToken: "whoever shows the token of n8n-mcp",
  obsidianCollectorPassword: "user obsidian-collector of couchdb",
  obsidianCollectorPiPassword: "user obsidian-collector-pi of couchdb",
  opencodeLlmKey: "the key opencode of litellm",
  opencodePassword: "user opencode of opencode",
  opencutAuthSecret: "",
  opencutRedisToken: "",
  opencutValkeyPassword: "",
  starterToken: "whoever shows the token of starter",
  uptimeKumaAdminPassword: "the owner of uptime-kuma",
  uptimeKumaPushKey: "",
  vaultDumpPassword: "user vault-dump of couchdb",
  zerobyteGatewayPassword: "owner at the gateway of zerobyte",
};

/** What is not changed here: it cannot be (tests/unit/commands/rotate/plan.test.ts), or a person gives it for what the lab does not have. */
const NOT_HERE = [
  ...["couchdbSecret", "opencutDatabasePassword", "zerobyteAdminPassword"],
  ...["obsidianCollectorN8nKey", "vaultDeployKey"],
];

test("the tables have every secret that is declared", () => {
  const declared = new Set(vpai.services.flatMap((service) => declaredSecretsOf(service).map(({ name }) => name)));
  const tables = [ROWS, WHY, ELSEWHERE].flatMap((rows) => Object.keys(rows));
  expect([...declared].sort()).toEqual([...tables, ...IN_THE_CORE, ...NOT_HERE].sort());
});

describe("make rotate ALL=1, while clients are at work", () => {
  /** Secrets that the stack makes, and whose old value some program of this lab has to refuse. */
  const LOGINS = Object.keys(ROWS).filter((name) => ROWS[name]?.takes.some((take) => LOG_INS.has(take)));
  let before: Record<string, string>;
  let after: Record<string, string>;
  let said: string;
  let counts: Awaited<ReturnType<Load["stop"]>>;

  /** A client that has the old key until it is refused, and then the one that the stack keeps. */
  const collector = (first: string) => {
    let key = first;
    return async () => {
      if (await ingest(key)) return;
      key = await host.output(["cat", "/opt/vpai/made-secrets/monitoringWriteKey"]);
      if (!(await ingest(key))) throw new Error("neither the old key nor the new one is let in");
    };
  };

  beforeAll(async () => {
    before = await lab.generatedSecrets();
    const authority = await authorityOf(host);
    const site = (url: string) => async () => {
      const { status } = await get(host, url, authority);
      if (status >= 500) throw new Error(`${url} answered ${status}`);
    };
    const load = new Load({
      "n8n's webhook": site("https://vpai.test/webhook/ping"),
      "NocoDB's page": site("https://noco.vpai.test/dashboard"),
      "LiteLLM's API": site("https://vpai.test/litellm/v1/models"),
      "Kaneo's API": site("https://hq.vpai.test/api/health"),
      "Sure's page": site("https://nzimbu.vpai.test/sessions/new"),
      "writes of a collector": collector(before["monitoringWriteKey"] ?? ""),
    });
    const began = Date.now();
    const { code, all } = await lab.make("rotate ALL=1");
    console.log(`make rotate ALL=1 took ${Math.round((Date.now() - began) / 1000)} s\n${all.slice(-12_000)}`);
    counts = await load.stop("make rotate ALL=1");
    said = all;
    expect({ code, end: code === 0 ? "" : all.slice(-4000) }).toEqual({ code: 0, end: "" });
    after = await lab.generatedSecrets();
  }, 1_800_000);

  test("each that the stack makes has a new value, but for those that cannot change", () => {
    const made = Object.keys(before).filter((name) => ROWS[name] !== undefined);
    expect(made.length).toBeGreaterThan(15);
    expect(made.filter((name) => before[name] === after[name])).toEqual([]);
    for (const name of Object.keys(WHY).filter((one) => one in before)) expect(after[name]).toBe(before[name]);
  });

  test("where two values are taken, and changes are reloaded, no request fails", () => {
    expect(counts["writes of a collector"]?.asked).toBeGreaterThan(50);
    expect(counts["writes of a collector"]).toMatchObject({ failed: 0 });
  });

  test("those are listed with the reason, and no value is shown", () => {
    expect(said).toContain("litellmSaltKey: secrets:litellmSaltKey cannot be rotated:");
    expect(said).toContain("openaiApiKey: ");
    for (const value of [...Object.values(before), ...Object.values(after)]) expect(said).not.toContain(value);
  });

  test.each(LOGINS)("%s: the new one is let in, the old one is not", async (name) => {
    const logins = ROWS[name]?.takes.filter((take) => LOG_INS.has(take)) ?? [];
    for (const take of logins)
      expect([name, await take(after[name] ?? ""), await take(before[name] ?? "")]).toEqual([name, true, false]);
  });

  test.each(Object.entries(ELSEWHERE))("%s, which another host's programs take too, is changed", (name, login) => {
    expect(after[name]).not.toBe(before[name]);
    const row = said.split("\n").find((line) => line.startsWith(`${name} `) && /accepted|no login/.test(line)) ?? "";
    const [, , accepted, refused] = row.split(/ {2,}/);
    expect([accepted, refused]).toEqual(
      login === "" ? ["no login to try", "no login to try"] : [`accepted (${login})`, `refused (${login})`],
    );
  });

  test("and nothing is left to do", async () => expect(await lab.preview()).toEqual({}), 120_000);
});

test("the first ones are taken, all in one run", async () => {
  for (const name of Object.keys(ROWS)) await set(name, valuesOf(name)[0]);
  await lab.up();
  await host.becomesHealthy(240);
  for (const [name, { takes }] of Object.entries(ROWS))
    expect([name, ...(await Promise.all(takes.map((take) => take(valuesOf(name)[0]))))]).toEqual([
      name,
      ...takes.map(() => true),
    ]);
}, 900_000);

test.each(Object.keys(ROWS))(
  "%s alone is changed: the running program takes the new one and no other",
  async (name) => {
    const { takes, restarted } = ROWS[name] as Row;
    const containers = await host.starts();
    const began = Date.now();
    const [first, second] = valuesOf(name);
    await set(name, second);
    await lab.up();
    console.log(`${name}: up took ${Math.round((Date.now() - began) / 1000)} s`);
    await host.becomesHealthy(240);
    for (const take of takes) expect([await take(second), await take(first)]).toEqual([true, false]);
    const started = Object.entries(await host.starts()).filter(([id, start]) => containers[id] !== start);
    expect(started.map(([container]) => container).sort()).toEqual(restarted);
  },
  400_000,
);

test.each(Object.entries(WHY))(
  "%s cannot be changed, which one error says, and no program is touched",
  async (name, why) => {
    const containers = await host.starts();
    await set(name, `another-${name}-A1!`);
    const { code, all } = await lab.make("up");
    await lab.pulumiSucceed(["config", "rm", `secrets:${name}`]);
    expect(code).not.toBe(0);
    expect(all).toContain(why);
    expect(all).not.toContain(`another-${name}`);
    expect(await host.starts()).toEqual(containers);
  },
  300_000,
);

test("and nothing is left to do", async () => expect(await lab.preview()).toEqual({}), 120_000);
