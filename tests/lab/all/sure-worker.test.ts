import { eventually } from "../../eventually";
import type { LabHost } from "../harness/host";
import type { Lab } from "../harness/lab";
import { sharedLabOfAll } from "../harness/shared";

/** Sure's jobs: they wait where nothing is dropped, and its worker takes them from there. */

let lab: Lab;
let host: LabHost;
let password: string;

beforeAll(async () => {
  lab = await sharedLabOfAll();
  host = await lab.host("sese-ai");
  password = (await lab.generatedSecrets())["redisPassword"] ?? "";
}, 2_700_000);

/** Redis' own client in the queue's container; the password travels on standard input. */
const queue = (...command: string[]): Promise<string> => {
  const script =
    'read -r REDISCLI_AUTH; export REDISCLI_AUTH; exec redis-cli --no-auth-warning --user default -n 1 "$@"';
  const argv = ["docker", "exec", "--interactive", "vpai_redis", "sh", "-c", script, "redis-cli", ...command];
  return host.output(argv, { stdin: `${password}\n` });
};

const processed = async (): Promise<number> => Number(await queue("GET", "stat:processed"));

/** What Rails puts into a queue. */
const put = (name: string, id: string): Promise<string> =>
  queue("LPUSH", `queue:${name}`, JSON.stringify({ class: "SyncJob", jid: id, args: [], queue: name }));

test("the worker is there, and says so where Sidekiq's are listed", async () => {
  await eventually(async () => expect(await queue("SCARD", "processes")).toBe("1"), 60);
  expect(await host.docker("exec", "vpai_sure-worker", "cat", "/proc/1/cmdline")).toMatch(/^sidekiq .* busy\]/);
});

test("it does what waits in each of Sure's queues", async () => {
  const before = await processed();
  const queues = ["scheduled", "high_priority", "medium_priority", "low_priority", "default"];
  for (const name of queues) await put(name, `job-of-${name}`);
  await eventually(async () => expect(await processed()).toBe(before + queues.length), 30);
  const log = await host.output(["sh", "-c", "docker logs --tail 20 vpai_sure-worker 2>&1"]);
  expect(log).toContain("did SyncJob job-of-high_priority");
});

test("jobs wait while the worker is away, also over a restart of their Redis, and are done when it is back", async () => {
  const before = await processed();
  await host.docker("stop", "vpai_sure-worker");
  try {
    await put("default", "patient");
    await eventually(async () => expect(await queue("LASTSAVE")).toMatch(/\d+/), 10);
    await host.docker("restart", "vpai_redis");
    await eventually(async () => expect(await queue("LLEN", "queue:default")).toBe("1"), 60);
  } finally {
    await host.docker("start", "vpai_sure-worker");
  }
  await eventually(async () => expect(await processed()).toBe(before + 1), 90);
}, 300_000);

test("a full queue refuses what is new, and keeps what waits", async () => {
  await host.docker("stop", "vpai_sure-worker");
  try {
    await put("default", "first");
    // Less than it has in use: full.
    await queue("CONFIG", "SET", "maxmemory", "1mb");
    expect(await put("default", "late")).toMatch(/OOM command not allowed/);
    expect(await queue("LLEN", "queue:default")).toBe("1");
    expect(await queue("INFO", "stats")).toContain("evicted_keys:0");
  } finally {
    await queue("CONFIG", "SET", "maxmemory", "192mb");
    await host.docker("start", "vpai_sure-worker");
  }
  await eventually(async () => expect(await queue("LLEN", "queue:default")).toBe("0"), 90);
}, 300_000);

test("their Redis drops nothing to make room", async () => {
  expect(await queue("CONFIG", "GET", "maxmemory-policy")).toContain("noeviction");
});
