import { eventually } from "../../eventually";
import { FIXED, type Rotated, type Rotation, ROTATIONS } from "../../facts/rotation";
import type { Lab } from "../harness/lab";
import { Load } from "../harness/load";
import {
  bearer,
  type Hosts,
  inCredentials,
  inFiles,
  inPushMonitors,
  Logins,
  type Look,
  posted,
  sha256,
  startedWith,
} from "../harness/looks";
import { sharedLabOfAll } from "../harness/shared";

/**
 * Every declared secret, rotated while clients are at work, and changed by hand: the running program takes the new value and no longer the old
 * one, or one error says why it cannot be changed. That the table has all of them is in tests/unit/platforms/rotation.test.ts; who kills a
 * rotation, and what a core alone makes of it, in ../long/rotate and ../long/rotation.
 */

let lab: Lab;
let hosts: Hosts;
/** How it is seen that a running program takes a value: by logging in, or by what it was started with. */
let looks: Record<Rotated, { logins?: Look[]; reads?: Look[] }>;

const NAMES = Object.keys(ROTATIONS) as Rotated[];
const rowOf = (name: Rotated): Rotation => ROTATIONS[name];
const GIVEN = NAMES.filter((name) => rowOf(name).from === "person");

const MCP_PING = { jsonrpc: "2.0", id: 1, method: "ping" };

function looksOf(all: Hosts): typeof looks {
  const logins = new Logins(all);
  const { sese, hub, pi } = all;
  const started = (...containers: string[]) => ({
    reads: containers.map((one) => startedWith(sese, `vpai_${one}`)),
  });
  const role = (name: string, ...containers: string[]) => ({ logins: [logins.role(name)], ...started(...containers) });
  const held = inCredentials(sese);
  const credential = { reads: [held] };
  const filed = (host: Hosts[keyof Hosts], service: string) => ({ reads: [inFiles(host, service)] });
  return {
    alertsBotToken: started("alertmanager", "litellm"),
    alertsChat: started("alertmanager", "litellm"),
    alertsHeartbeatUrl: started("alertmanager"),
    alertsMailPassword: started("alertmanager"),
    alloyDatabasePassword: { logins: [logins.role("alloy", "postgres")], ...started("alloy") },
    anthropicApiKey: started("litellm"),
    assetsDatabasePassword: { logins: [logins.role("assets")], ...credential },
    attachmentsAccessKey: started("nocodb"),
    attachmentsSecretKey: started("nocodb"),
    budgetWebhookSecret: started("litellm"),
    byteplusApiKey: started("litellm"),
    couchdbAdminPassword: { logins: [logins.couchdb("admin")] },
    couchdbObsidianPassword: { logins: [logins.couchdb("obsidian")] },
    kaneoApiKey: credential,
    kaneoAuthSecret: started("kaneo-api"),
    kaneoDatabasePassword: role("kaneo", "kaneo-api"),
    litellmDatabasePassword: role("litellm", "litellm"),
    litellmMasterKey: { logins: [logins.litellm()], ...started("litellm") },
    litellmMetricsKey: { logins: [logins.litellm("/metrics/")], ...started("alloy") },
    monitoringWriteKey: { logins: [logins.ingest()] },
    n8nAdminPassword: { logins: [logins.n8n()] },
    n8nDatabasePassword: role("n8n", "n8n"),
    n8nLlmKey: { logins: [logins.litellm()], ...credential },
    n8nMcpToken: {
      logins: [logins.onPi({ port: 3001, path: "/mcp" }, (value) => [...bearer(value), ...posted(MCP_PING)])],
    },
    n8nWebhookToken: credential,
    nocodbAdminPassword: { logins: [logins.nocodb()], ...started("nocodb") },
    nocodbDatabasePassword: role("nocodb", "nocodb"),
    nocodbJwtSecret: started("nocodb"),
    obsidianCollectorPassword: { logins: [logins.couchdb("obsidian-collector")] },
    obsidianCollectorPiPassword: { logins: [logins.couchdb("obsidian-collector-pi")] },
    openaiApiKey: started("litellm"),
    openclawApiKey: { logins: [logins.litellm()], ...started("openclaw") },
    openclawGatewayToken: started("openclaw"),
    opencodeLlmKey: { logins: [logins.litellm()], ...filed(pi, "opencode") },
    opencodePassword: {
      logins: [logins.onPi({ port: 3456, path: "/" }, (value) => [`user = "opencode:${value}"`])],
    },
    opencutAuthSecret: filed(pi, "opencut"),
    opencutRedisToken: filed(pi, "opencut-redis-http"),
    opencutValkeyPassword: { reads: [inFiles(pi, "opencut-valkey", sha256), inFiles(pi, "opencut-redis-http")] },
    openrouterApiKey: started("litellm"),
    ovhApplicationKey: filed(sese, "caddy"),
    ovhApplicationSecret: filed(hub, "gateway"),
    ovhConsumerKey: filed(pi, "caddy-workstation"),
    palaisDatabasePassword: role("palais", "palais"),
    postgresqlPassword: { logins: [logins.role("postgres")] },
    qdrantApiKey: { logins: [logins.qdrant()], ...started("litellm") },
    redisCachePassword: { logins: [logins.redis("vpai_redis-cache")], ...started("litellm") },
    redisPassword: { logins: [logins.redis("vpai_redis")], ...started("litellm", "sure", "sure-worker") },
    remotionApiToken: { reads: [held, inFiles(pi, "remotion")] },
    starterToken: {
      logins: [logins.onPi({ container: "workstation_starter", port: 3210, path: "/services/none" }, bearer)],
      ...credential,
    },
    sureDatabasePassword: role("sure", "sure", "sure-worker"),
    telegramBotToken: started("openclaw"),
    uptimeKumaAdminPassword: { logins: [logins.uptimeKuma()] },
    uptimeKumaPushKey: { reads: [inPushMonitors(hub)] },
    vaultDumpPassword: { logins: [logins.couchdb("vault-dump")] },
    zaiApiKey: started("litellm"),
    zerobyteGatewayPassword: { logins: [logins.zerobyteGateway()] },
  };
}

/** A value of a secret for the n-th time; some have a form of their own. */
const valueOf = (name: string, turn: 1 | 2 | 3): string => FORMED[name]?.[turn - 1] ?? `canary-${turn}-A1-of-${name}`;

const FORMED: Record<string, [string, string, string]> = {
  alertsBotToken: [1, 2, 3].map((turn) => `1234567:canary-${turn}-of-the-bot-of-alerts-here`) as [
    string,
    string,
    string,
  ],
  alertsChat: ["1111111", "2222222", "3333333"],
  alertsHeartbeatUrl: [1, 2, 3].map((turn) => `https://beat.vpai.test/canary-${turn}`) as [string, string, string],
};

const setAll = (names: readonly string[], value: (name: string) => string): Promise<unknown> =>
  lab.pulumiSucceed(["config", "set-all", ...names.flatMap((name) => ["--secret", `secrets:${name}=${value(name)}`])]);

const unset = (names: readonly string[]): Promise<unknown> =>
  lab.pulumi(["config", "rm-all", ...names.map((name) => `secrets:${name}`)]);

beforeAll(async () => {
  lab = await sharedLabOfAll();
  hosts = { sese: await lab.host("sese-ai"), hub: await lab.host("seko-vpn"), pi: await lab.host("workstation") };
  looks = looksOf(hosts);
  // The lab has none of a person's.
  await setAll(GIVEN, (name) => valueOf(name, 1));
  await lab.up();
  await hosts.sese.becomesHealthy(240);
}, 3_600_000);

afterAll(async () => {
  await unset([...NAMES, ...Object.keys(FIXED)]);
  for (const key of ["rotations", "rotating"]) await lab.pulumi(["config", "rm", `vpai:${key}`]);
  await lab.up();
}, 900_000);

/** Values that are in force. */
async function values(): Promise<Record<string, string>> {
  const made = await lab.generatedSecrets();
  return { ...made, ...Object.fromEntries(GIVEN.map((name) => [name, valueOf(name, 1)])) };
}

/** What a look sees; who takes five logins in five minutes may say neither yes nor no for a while. */
const seenBy = (look: Look, value: string): Promise<boolean> => eventually(() => look(value), 360);

/** Milliseconds that two of them may take. */
const LOOKING = 800_000;

/** All that is to be seen of a rotation. */
interface Rotating {
  said: string;
  before: Record<string, string>;
  after: Record<string, string>;
  counts: Load["counts"];
  /** Containers of Sese-AI that started anew. */
  started: string[];
}

/** Containers of Sese-AI that differ from a moment before. */
const startedSince = async (before: Record<string, string>): Promise<string[]> =>
  Object.entries(await hosts.sese.starts())
    .filter(([name, start]) => before[name] !== start)
    .map(([name]) => name)
    .sort();

/** A client that has the old value until it is refused, and then the one that the stack keeps. Programs that allow few logins have none. */
function clientOf(name: Rotated, first: string): () => Promise<void> {
  let value = first;
  return async () => {
    const [look] = looks[name].logins ?? [];
    if (look === undefined || (await look(value))) return;
    value = await hosts.sese.output(["cat", `/opt/vpai/made-secrets/${name}`]);
    if (!(await look(value))) throw new Error("neither the old value nor the new one is let in");
  };
}

/** Their programs take few logins in a quarter of an hour, or few requests that ask for nothing of theirs. */
const FEW_LOGINS: readonly Rotated[] = ["n8nAdminPassword", "n8nMcpToken", "uptimeKumaAdminPassword"];

const site = (url: string) => async (): Promise<void> => {
  const name = new URL(url).hostname;
  const argv = ["curl", "-sk", "-m", "10", "-o", "/dev/null", "-w", "%{http_code}"];
  const { stdout } = await hosts.sese.run([...argv, "--resolve", `${name}:443:${hosts.sese.publicAddress}`, url]);
  if (!/^[234]/.test(stdout)) throw new Error(`${url} answered ${stdout}`);
};

/** What people and other programs ask for all day. */
const SITES = {
  "n8n's webhook": "https://vpai.test/webhook/ping",
  "NocoDB's page": "https://noco.vpai.test/dashboard",
  "LiteLLM's API": "https://vpai.test/litellm/v1/models",
  "Kaneo's API": "https://hq.vpai.test/api/health",
  "Sure's page": "https://nzimbu.vpai.test/sessions/new",
};

async function rotate(names: readonly Rotated[]): Promise<Rotating> {
  const before = await values();
  const starts = await hosts.sese.starts();
  const shown = names.filter((name) => looks[name].logins !== undefined && !FEW_LOGINS.includes(name));
  const load = new Load(
    {
      ...Object.fromEntries(shown.map((name) => [name, clientOf(name, before[name] ?? "")])),
      ...Object.fromEntries(Object.entries(SITES).map(([name, url]) => [name, site(url)])),
    },
    3000,
  );
  const given = names.filter((name) => rowOf(name).from === "person");
  const began = Date.now();
  const { code, all } = await lab.make(`rotate SECRET=${names.join(",")}`, {
    environment: { ...process.env, ...Object.fromEntries(given.map((name) => [`SECRET_${name}`, valueOf(name, 2)])) },
  });
  const title = `make rotate of ${names.length} secrets, ${Math.round((Date.now() - began) / 1000)} s`;
  const counts = await load.stop(title);
  console.log(`${title}\n${all.slice(all.lastIndexOf("\nsecret "))}`);
  expect({ code, end: code === 0 ? "" : all.slice(-6000) }).toEqual({ code: 0, end: "" });
  const after = { ...(await values()), ...Object.fromEntries(given.map((name) => [name, valueOf(name, 2)])) };
  return { said: all, before, after, counts, started: await startedSince(starts) };
}

/** Rows of the table that the command prints. */
const rowIn = (said: string, name: string): string[] =>
  said
    .split("\n")
    .map((line) => line.split(/ {2,}/))
    .find(([first, ...cells]) => first === name && cells.length === 4) ?? [];

const saidOf = (tried: readonly string[], verdict: string): string =>
  tried.length === 0 ? "no login to try" : tried.map((as) => `${verdict} (${as})`).join(", ");

/** The programs' names, of those that start anew for some of the secrets. */
const restartsOf = (names: readonly Rotated[]): string[] =>
  [...new Set(names.flatMap((name) => rowOf(name).restarts))].sort();

/** Whether some client of another secret's server would notice: LiteLLM, which keeps keys, starts anew for some that others let in. */
const isQuiet = (name: Rotated): boolean =>
  rowOf(name).server === "goes on" && !rowOf(name).restarts.includes("vpai_litellm");

describe.each([true, false])(
  "rotated while clients are at work, where all servers of the secrets go on: %s",
  (quiet) => {
    const names = NAMES.filter((name) => isQuiet(name) === quiet);
    let seen: Rotating;

    beforeAll(async () => {
      seen = await rotate(names);
      await hosts.sese.becomesHealthy(240);
    }, 2_400_000);

    test.each(names)(
      "%s: the new value is taken, the old one no longer",
      async (name) => {
        const { before, after, said } = seen;
        const [old = "", next = ""] = [before[name], after[name]];
        expect([old, next].includes("")).toBe(false);
        expect(next).not.toBe(old);
        const { tried } = rowOf(name);
        expect(rowIn(said, name).slice(2, 4)).toEqual([saidOf(tried, "accepted"), saidOf(tried, "refused")]);
        const { logins = [], reads = [] } = looks[name];
        for (const look of [...logins, ...reads])
          expect([name, await seenBy(look, next), await seenBy(look, old)]).toEqual([name, true, false]);
      },
      LOOKING,
    );

    test("nobody else starts anew, and no value is shown", () => {
      expect(seen.started).toEqual(restartsOf(names));
      for (const value of names.flatMap((name) => [seen.before[name] ?? "", seen.after[name] ?? ""]))
        expect(seen.said).not.toContain(value);
    });

    test("requests that fail are counted, and those who go on fail none", () => {
      for (const [name, { asked, failed, last }] of Object.entries(seen.counts)) {
        expect(asked).toBeGreaterThan(5);
        if (name in ROTATIONS && rowOf(name as Rotated).server === "goes on")
          expect([name, failed, last]).toEqual([name, 0, ""]);
        // A site whose program starts anew is away for as long as that takes, and not for good.
        else expect([name, failed < asked]).toEqual([name, true]);
      }
    });
  },
);

describe("changed by hand, all in one run of make up", () => {
  let started: string[];

  beforeAll(async () => {
    const starts = await hosts.sese.starts();
    await setAll(NAMES, (name) => valueOf(name, 3));
    const began = Date.now();
    await lab.up();
    console.log(`make up with ${NAMES.length} other secrets took ${Math.round((Date.now() - began) / 1000)} s`);
    await hosts.sese.becomesHealthy(240);
    started = await startedSince(starts);
  }, 2_400_000);

  test.each(NAMES)(
    "%s: the running program takes the new one",
    async (name) => {
      const { logins = [], reads = [] } = looks[name];
      for (const look of [...logins, ...reads])
        expect([name, await seenBy(look, valueOf(name, 3)), await seenBy(look, `${valueOf(name, 3)}x`)]).toEqual([
          name,
          true,
          false,
        ]);
    },
    LOOKING,
  );

  test("whoever is not concerned goes on, and nothing is left to do", async () => {
    const byHand = NAMES.flatMap((name) => rowOf(name).byHand ?? []);
    expect(started).toEqual([...new Set([...restartsOf(NAMES), ...byHand])].sort());
    expect(await lab.preview()).toEqual({});
  }, 120_000);
});

describe("those that cannot be rotated", () => {
  const names = Object.keys(FIXED);
  const other = (name: string): string => `another-A1-${name}`;

  test("make rotate refuses each, in one answer, and changes nothing", async () => {
    const { code, all } = await lab.make(`rotate SECRET=${names.join(",")}`);
    expect(code).not.toBe(0);
    for (const name of names) expect(all).toContain(`secrets:${name} cannot be rotated: `);
  }, 120_000);

  test("another value in the stack's file is one error for each, and touches no program", async () => {
    const before = await Promise.all(Object.values(hosts).map((host: Hosts[keyof Hosts]) => host.starts()));
    const left = new Set(names);
    await setAll(names, other);
    // What fails may keep the run from what needs it: those that it did not come to are tried again.
    for (let turn = 1; left.size > 0; turn++) {
      const { code, all } = await lab.make("up");
      const said = [...left].filter((name) => FIXED[name]?.test(all));
      console.log(`make up ${turn} refuses ${said.length} of ${left.size}`);
      expect(code).not.toBe(0);
      expect([said.length > 0, said.length > 0 ? "" : all.slice(-6000)]).toEqual([true, ""]);
      for (const name of names) expect(all).not.toContain(other(name));
      await unset(said);
      for (const name of said) left.delete(name);
    }
    expect(await Promise.all(Object.values(hosts).map((host: Hosts[keyof Hosts]) => host.starts()))).toEqual(before);
  }, 1_800_000);

  test("and nothing is left to do once they are out of it again", async () => {
    await lab.up();
    expect(await lab.preview()).toEqual({});
  }, 600_000);
});
