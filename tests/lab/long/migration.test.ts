import { randomBytes } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { eventually } from "../../eventually";
import type { LabHost } from "../harness/host";
import { Lab } from "../harness/lab";
import { succeed } from "../harness/run";
import { authorityOf, get } from "../harness/site";

/**
 * The cut-over of docs/migrate-from-ansible.md: Compose runs the old installation of the core on a host, with its data below
 * /opt/vpai/data; `up` takes it over with vpai:adopt, and Compose takes it back.
 */

const made = (): string => randomBytes(16).toString("hex");

/** Variables of the old installation, as its Ansible Vault has them. */
const SECRETS = {
  postgresql_password: made(),
  redis_password: made(),
  n8n_db_password: made(),
  n8n_encryption_key: made(),
};

const IMAGES = ["postgres", "redis", "caddy", "n8n"];
const SERVICES = ["postgresql", "redis", "caddy", "n8n"];

const PLATFORM = "platforms/vpai/platform.ts";
const ALL = 'servicesIn(path.join(__dirname, "services"))';

const COMPOSE = "/opt/vpai/compose";
const INFRA = ["docker", "compose", "--file", `${COMPOSE}/docker-compose-infra.yml`, "--project-name", "infra"];
const APPS = ["docker", "compose", "--file", `${COMPOSE}/docker-compose.yml`, "--project-name", "vpai"];

/** What tells, once in a while, whether each service answers; run on the host. */
const PROBES: Record<string, string> = {
  postgresql: "docker exec vpai_postgresql pg_isready -q -h 127.0.0.1",
  redis: "docker exec vpai_redis redis-cli ping",
  caddy: "curl -sko /dev/null --max-time 2 https://mayi.vpai.test --resolve mayi.vpai.test:443:$0",
  n8n: "docker exec vpai_n8n wget -q -O /dev/null -T 2 http://127.0.0.1:5678/healthz/readiness",
};

const WORKFLOW = {
  id: "oldworkflow00001",
  name: "old",
  active: false,
  nodes: [
    { id: "1", name: "Start", type: "n8n-nodes-base.manualTrigger", typeVersion: 1, position: [0, 0], parameters: {} },
  ],
  connections: {},
  settings: {},
};
const CREDENTIAL = {
  id: "oldcredential001",
  name: "old",
  type: "httpHeaderAuth",
  data: { name: "x-old", value: made() },
};

let lab: Lab;
let host: LabHost;

const write = (file: string, content: string): Promise<string> =>
  host.output(["sh", "-euc", 'install -d "$(dirname "$0")"; cat > "$0"', file], { stdin: content });

const sql = (statement: string): Promise<string> =>
  host.output(["docker", "exec", "-i", "vpai_postgresql", ...["psql", "-qtA", "-U", "postgres", "-d", "n8n"]], {
    stdin: statement,
  });

const redis = (command: string): Promise<string> =>
  host.output(
    ["docker", "exec", "-i", "vpai_redis", "sh", "-c", "REDISCLI_AUTH=$(cat) exec redis-cli -e $0", command],
    { stdin: SECRETS.redis_password },
  );

/** An export of n8n's, of which only the old one's entries count. */
async function exported(what: "workflow" | "credentials", ...options: string[]): Promise<unknown> {
  const command = ["n8n", `export:${what}`, "--all", "--output=/tmp/export.json", ...options];
  await host.docker("exec", "vpai_n8n", ...command);
  const text = await host.docker("exec", "vpai_n8n", "cat", "/tmp/export.json");
  const entries = JSON.parse(text) as { name: string; data?: unknown; nodes?: unknown }[];
  return entries.filter(({ name }) => name === "old").map(({ name, data, nodes }) => ({ name, data, nodes }));
}

/** All that must be the same before and after. */
const everything = async () => ({
  rows: await sql("SELECT count(*), md5(string_agg(text, ',' ORDER BY id)) FROM marks"),
  workflows: await exported("workflow"),
  credentials: await exported("credentials", "--decrypted"),
  key: await redis("GET old"),
  authority: await authorityOf(host),
});

async function startOld(): Promise<void> {
  await host.output([...INFRA, "up", "--detach"], { timeout: 300 });
  await host.output([...APPS, "up", "--detach"], { timeout: 300 });
  await eventually(() => host.output(["sh", "-c", PROBES["n8n"] ?? ""]), 240);
}

/** Fills the old installation, as its years did. */
async function fill(): Promise<void> {
  await sql("CREATE TABLE marks (id int PRIMARY KEY, text text); ALTER TABLE marks OWNER TO n8n");
  await sql("INSERT INTO marks SELECT n, md5(n::text) FROM generate_series(1, 10000) n");
  await redis("SET old kept");
  for (const [what, entry] of [
    ["workflow", WORKFLOW],
    ["credentials", CREDENTIAL],
  ] as const) {
    const stdin = JSON.stringify([entry]);
    await host.output(["docker", "exec", "-i", "vpai_n8n", "sh", "-c", "cat > /tmp/import.json"], { stdin });
    await host.docker("exec", "vpai_n8n", "n8n", `import:${what}`, "--input=/tmp/import.json");
  }
}

beforeAll(async () => {
  lab = await Lab.prepare("migration");
  // Without services, hosts with their engines, and nothing of ours on those.
  lab.replace(PLATFORM, ALL, "[]");
  await lab.makeSucceed("up");
  host = await lab.host("sese-ai");
  const registry = `127.0.0.1:${String(lab.identity.registryPort)}`;
  for (const image of IMAGES)
    await succeed(["npx", "tsx", "lab/images/push.ts", image, registry], { directory: lab.directory, timeout: 900 });
  for (const file of ["docker-compose-infra.yml", "docker-compose.yml", "Caddyfile"])
    await write(`${COMPOSE}/${file}`, readFileSync(path.join(__dirname, "migration", file), "utf8"));
  const variables = Object.entries(SECRETS).map(([name, value]) => `${name.toUpperCase()}=${value}`);
  await write(`${COMPOSE}/.env`, `${variables.join("\n")}\n`);
  await host.output(["install", "-d", "-o", "1000", "-g", "1000", "/opt/vpai/data/n8n"]);
  await host.output([...INFRA, "up", "--detach"], { timeout: 300 });
  await eventually(() => host.output(["sh", "-c", PROBES["postgresql"] ?? ""]), 120);
  const psql = ["docker", "exec", "-i", "vpai_postgresql", "psql", "-q", "-U", "postgres"];
  const stdin = `CREATE ROLE n8n LOGIN PASSWORD '${SECRETS.n8n_db_password}';\nCREATE DATABASE n8n OWNER n8n;`;
  await eventually(() => host.output(psql, { stdin }), 60);
  await startOld();
  await fill();
}, 1_500_000);
afterAll(() => lab.remove(), 300_000);

/** Seconds, at most, that each service gave no answer in a row while `work` ran. */
async function downtimes(work: () => Promise<unknown>): Promise<Record<string, number>> {
  const loop = 'while :; do sh -c "$1" "$2" >/dev/null 2>&1 && date +%s.%N; sleep 0.3; done';
  for (const service of SERVICES) {
    const unit = ["systemd-run", "--quiet", "--collect", `--unit=probe-${service}`];
    const log = `--property=StandardOutput=file:/run/probe-${service}`;
    const probe = PROBES[service] ?? "";
    await host.output([...unit, log, "bash", "-c", loop, "probe", probe, host.publicAddress]);
  }
  await work();
  const found: Record<string, number> = {};
  for (const service of SERVICES) {
    await host.output(["systemctl", "stop", `probe-${service}`]);
    const moments = (await host.output(["cat", `/run/probe-${service}`])).split("\n").map(Number);
    expect(moments.length).toBeGreaterThan(10);
    const gaps = moments.slice(1).map((moment, index) => moment - (moments[index] ?? moment));
    found[service] = Math.round(Math.max(...gaps) * 10) / 10;
  }
  return found;
}

let before: Awaited<ReturnType<typeof everything>>;

test("without the switch nothing is touched, and the error names it", async () => {
  before = await everything();
  expect(before.rows).toMatch(/^10000\|/);
  expect(before.workflows).toHaveLength(1);
  expect(before.credentials).toEqual([{ name: "old", data: CREDENTIAL.data, nodes: undefined }]);
  lab.restoreFiles();
  const secrets = path.join(lab.directory, ".vpai", "old-secrets.yml");
  writeFileSync(secrets, JSON.stringify(SECRETS), { mode: 0o600 });
  await lab.makeSucceed(`secrets IMPORT=${secrets}`);
  const containers = await host.starts();
  const { code, all } = await lab.make("up");
  expect(code).not.toBe(0);
  expect(all).toContain("set `vpai:adopt` to true");
  expect(await host.starts()).toEqual(containers);
}, 600_000);

test("with it, up takes the services over: rows, workflows, keys and certificates are the same", async () => {
  await lab.pulumiSucceed(["config", "set", "vpai:adopt", "true"]);
  const down = await downtimes(async () => {
    await lab.makeSucceed("up");
    await host.becomesHealthy(120);
  });
  console.log(`longest time without an answer, in seconds: ${JSON.stringify(down)}`);
  for (const service of SERVICES)
    expect(await host.container(`vpai_${service}`)).toMatchObject({ Config: { Labels: { "dev.vpai.stack": "lab" } } });
  expect(await everything()).toEqual(before);
  // Nobody waits for the slowest one.
  expect(down["redis"]).toBeLessThan(60);
  expect(down["postgresql"]).toBeLessThan(60);
}, 900_000);

test("the next up changes nothing, without the switch", async () => {
  await lab.pulumiSucceed(["config", "rm", "vpai:adopt"]);
  // The look at the host no longer counts on what the switch would replace.
  expect(await lab.up()).toEqual({ "sese-ai/readiness": "update" });
  expect(await lab.up()).toEqual({});
  const site = await get(host, "https://mayi.vpai.test/healthz", await authorityOf(host));
  expect(site.status).toBe(200);
}, 300_000);

test("the way back: Compose runs the same data again, with what was written since", async () => {
  await sql("INSERT INTO marks VALUES (10001, 'written since')");
  const after = await everything();
  const ours = (await host.docker("ps", "--all", "--quiet", "--filter", "label=dev.vpai.stack")).split("\n");
  await host.docker("stop", "--time", "60", ...ours);
  await host.docker("rm", ...ours);
  const networks = await host.docker("network", "ls", "--quiet", "--filter", "label=dev.vpai.stack");
  await host.docker("network", "rm", ...networks.split("\n"));
  await startOld();
  expect(await everything()).toEqual(after);
  expect(after.rows).toMatch(/^10001\|/);
}, 600_000);
