import { readFileSync } from "node:fs";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { parse } from "yaml";
import type { LabHost } from "../harness/host";
import type { Lab } from "../harness/lab";
import { Load } from "../harness/load";
import { needle, traces } from "../harness/needle";
import { killProcess, processesIn } from "../harness/processes";
import { run } from "../harness/run";
import { sharedLab } from "../harness/shared";
import { authorityOf, get } from "../harness/site";

/** `make rotate`: new values reach the programs, old ones are refused, whoever cuts it short; and nothing shows a value. */

let lab: Lab;
let host: LabHost;
let authority: string;
beforeAll(async () => {
  lab = await sharedLab();
  host = await lab.host("sese-ai");
  authority = await authorityOf(host);
}, 1_500_000);

afterAll(async () => {
  await lab.pulumi(["config", "rm", "vpai:rotations"]);
  await lab.pulumi(["config", "rm", "vpai:rotating"]);
});

const NAMES = ["monitoringWriteKey", "n8nAdminPassword", "n8nDatabasePassword", "postgresqlPassword", "redisPassword"];

/** The stores behind the gateway's door for collectors are no part of the core: tests/lab/all/rotation.test.ts logs in there. */
const UNTRIED: Record<string, string> = { monitoringWriteKey: "no login to try" };

const configOf = (): Record<string, unknown> =>
  (parse(readFileSync(path.join(lab.directory, "Pulumi.lab.yaml"), "utf8")) as { config: Record<string, unknown> })
    .config;

/** Whether a command in a container, which reads the password from its input, is let in. */
const admits = (container: string, command: string) => async (password: string) =>
  (await host.run(["docker", "exec", "-i", container, "sh", "-c", command], { stdin: password })).code === 0;

/** Whether the running program takes a value: looked at here by other means than the command's own. */
const TAKES: Record<string, (value: string) => Promise<boolean>> = {
  redisPassword: admits("vpai_redis", 'redis-cli -e --no-auth-warning -a "$(cat)" ping'),
  postgresqlPassword: admits("vpai_postgresql", 'PGPASSWORD=$(cat) psql -h 127.0.0.1 -U postgres -tAc "SELECT 1"'),
  n8nDatabasePassword: admits("vpai_postgresql", 'PGPASSWORD=$(cat) psql -h 127.0.0.1 -U n8n -d n8n -tAc "SELECT 1"'),
};

/** Values that the programs have, of those that the stack makes. */
async function values(): Promise<Record<string, string>> {
  const made = await lab.generatedSecrets();
  return Object.fromEntries(NAMES.map((name) => [name, made[name] ?? ""]));
}

const ping = async (): Promise<void> => {
  const { status } = await get(host, "https://vpai.test/webhook/ping", authority);
  if (status !== 200) throw new Error(`n8n's webhook answered ${status}`);
};

/** Rows of the table that the command prints, by secret. */
const rowsIn = (output: string): Record<string, string[]> =>
  Object.fromEntries(
    output
      .split("\n")
      .map((line) => line.split(/ {2,}/))
      .filter(({ length }) => length === 5)
      .map(([name = "", ...cells]) => [name, cells]),
  );

test.each([
  ["SECRET=redisPasword", 'found:    "redisPasword"', "did you mean redisPassword"],
  [
    "SECRET=n8nEncryptionKey",
    "secrets:n8nEncryptionKey cannot be rotated: the credentials in n8n's database",
    "every credential",
  ],
  ["SECRET=", "found:    neither", "make secrets lists them"],
])(
  "make rotate %s is refused, and nothing is changed",
  async (given, found, more) => {
    const before = configOf();
    const { code, all } = await lab.make(`rotate ${given}`);
    expect(code).not.toBe(0);
    expect(all).toContain(found);
    expect(all).toContain(more);
    expect(configOf()).toEqual(before);
  },
  120_000,
);

test("several are rotated while clients are at work: new ones accepted, old ones refused, nothing shown", async () => {
  const before = await values();
  const load = new Load({ "n8n's webhook": ping });
  let isOver = false;
  const lists: string[] = [];
  const watched = (async () => {
    while (!isOver) {
      lists.push((await run(["ps", "auxww"])).stdout);
      await sleep(200);
    }
  })();
  const began = Date.now();
  const { code, all } = await lab.make(`rotate SECRET=${NAMES.join(",")}`);
  console.log(
    `make rotate of ${NAMES.length} secrets took ${Math.round((Date.now() - began) / 1000)} s\n${all.slice(-1500)}`,
  );
  isOver = true;
  await watched;
  const counts = await load.stop("make rotate");
  const after = await values();
  expect({ code, end: code === 0 ? "" : all.slice(-3000) }).toEqual({ code: 0, end: "" });
  const rows = rowsIn(all);
  for (const name of NAMES) {
    const [, accepted, refused] = rows[name] ?? [];
    const untried = UNTRIED[name];
    if (untried === undefined) expect([name, accepted, refused].join("; ")).toMatch(/^\w+; accepted \(.*; refused \(/);
    else expect([name, accepted, refused]).toEqual([name, untried, untried]);
    expect(after[name]).toHaveLength(32);
    expect(after[name]).not.toBe(before[name]);
  }
  for (const [name, takes] of Object.entries(TAKES))
    expect([name, await takes(after[name] ?? ""), await takes(before[name] ?? "")]).toEqual([name, true, false]);
  const needles = [before, after].flatMap((all) => Object.entries(all).map(([name, value]) => needle(name, [value])));
  expect(traces(all, needles)).toEqual([]);
  expect(traces(lists.join(""), needles)).toEqual([]);
  expect(configOf()).not.toHaveProperty("vpai:rotating");
  expect(configOf()["vpai:rotations"]).toEqual(Object.fromEntries(NAMES.map((name) => [name, 1])));
  const { asked = 0, failed = 0 } = counts["n8n's webhook"] ?? {};
  expect(asked).toBeGreaterThan(10);
  // The gateway holds requests while n8n starts anew; PostgreSQL, which starts anew too, nobody holds.
  expect(failed).toBeLessThan(asked / 2);
}, 900_000);

test("killed in the middle, the next make up ends it", async () => {
  const before = await values();
  const cut = lab.make("rotate SECRET=redisPassword");
  while (
    configOf()["vpai:rotations"] === undefined ||
    !JSON.stringify(configOf()["vpai:rotations"]).includes('"redisPassword":2')
  )
    await sleep(200);
  await sleep(6000);
  for (const { pid } of processesIn(lab.directory)) killProcess(pid);
  expect((await cut).code).not.toBe(0);
  expect(configOf()["vpai:rotating"]).toEqual({ secure: expect.stringMatching(/^v1:/) as unknown });
  const { code, all } = await lab.make("up");
  expect({ code, end: code === 0 ? "" : all.slice(-3000) }).toEqual({ code: 0, end: "" });
  expect(rowsIn(all)["redisPassword"]?.slice(1, 3)).toEqual([
    "accepted (the default user of redis)",
    "refused (the default user of redis)",
  ]);
  const after = await values();
  expect(after["redisPassword"]).not.toBe(before["redisPassword"]);
  const takes = TAKES["redisPassword"] as (value: string) => Promise<boolean>;
  expect([await takes(after["redisPassword"] ?? ""), await takes(before["redisPassword"] ?? "")]).toEqual([
    true,
    false,
  ]);
  expect(configOf()).not.toHaveProperty("vpai:rotating");
  expect(await lab.preview()).toEqual({});
}, 600_000);
