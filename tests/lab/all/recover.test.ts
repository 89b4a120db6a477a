import { rmSync } from "node:fs";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { JsonApi } from "../../../providers/docker/json-api";
import { Transport } from "../../../providers/ssh/transport";
import { localDocker } from "../harness/docker";
import { Elsewhere } from "../harness/elsewhere";
import type { LabHost } from "../harness/host";
import type { Lab } from "../harness/lab";
import { succeed } from "../harness/run";
import { sharedLabOfAll } from "../harness/shared";

/**
 * The loss of Sese-AI and of the operator's computer at once: all services run, somebody writes into every store without a pause, a backup is
 * made meanwhile, and then the machine, its disks and the stack's state are gone. One command has to bring it back from the bucket.
 */

const SETS = "/opt/vpai/backups";

/** Databases of different programs. */
const DATABASES = ["n8n", "nocodb", "sure"];
const VAULT = "obsidian_vault";
const COLLECTION = "content_index";
const NOTE = ["Nothing is lost", " until nobody looks for it.\n"];
const CREDENTIAL = [
  {
    ...{ id: "recovercanary001", name: "canary", type: "httpHeaderAuth" },
    data: { name: "x-canary", value: "canary-of-the-recovery" },
  },
];

interface Manifest {
  set: string;
  started: string;
  parts: { name: string; method: string; rows: Record<string, number> }[];
}

let lab: Lab;
let elsewhere: Elsewhere;
let host: LabHost;
let secrets: Record<string, string>;
/** Ways to the programs of the host, over a connection that ends with it. */
let transport: Transport;
/** To the hub, which is not lost: CouchDB is there. */
let hub: Transport;
/** Of the set, as its own host had it. */
let manifest: Manifest;
let sums: string;

const sql = (database: string, statement: string): Promise<string> =>
  host.docker("exec", "vpai_postgresql", ...["psql", "-XAtq", "-U", "postgres", "-d", database, "-c", statement]);

const redis = (...command: string[]): Promise<string> =>
  host.output(
    ["docker", "exec", "-i", "vpai_redis", "sh", "-c", 'REDISCLI_AUTH=$(cat) exec redis-cli "$@"', "sh", ...command],
    {
      stdin: secrets["redisPassword"] ?? "",
    },
  );

const qdrant = (): JsonApi =>
  new JsonApi(transport, { container: "vpai_qdrant", port: 6333 }, { "api-key": secrets["qdrantApiKey"] ?? "" });

/** CouchDB as Obsidian's clients log in to it. */
const couchdb = (): JsonApi => {
  const login = Buffer.from(`obsidian:${secrets["couchdbObsidianPassword"] ?? ""}`).toString("base64");
  return new JsonApi(hub, { container: "vpn_couchdb", port: 5984 }, { authorization: `Basic ${login}` });
};

const vectorSize = async (): Promise<number> => {
  const found = await qdrant().call<{ result: { config: { params: { vectors: { size: number } } } } }>(
    "GET",
    `/collections/${COLLECTION}`,
  );
  return found?.result.config.params.vectors.size ?? 0;
};

/** Turns of the writer that the collection has points of. */
async function points(): Promise<number[]> {
  const body = { limit: 100_000, with_payload: true, filter: { must: [{ key: "recover", range: { gte: 1 } }] } };
  const found = await qdrant().call<{ result: { points: { payload: { recover: number } }[] } }>(
    "POST",
    `/collections/${COLLECTION}/points/scroll`,
    { body },
  );
  return inOrder((found?.result.points ?? []).map(({ payload }) => payload.recover));
}

/** Turns of the writer that the vault has notes of. */
async function notes(): Promise<number[]> {
  const found = await couchdb().call<{ rows: { id: string }[] }>("GET", `/${VAULT}/_all_docs?${OWN_NOTES}`);
  return inOrder((found?.rows ?? []).map(({ id }) => Number(/(\d+)\.md$/.exec(id)?.[1])));
}

const OWN_NOTES = "startkey=%22recover%2F%22&endkey=%22recover%2F%EF%BF%B0%22";

const inOrder = (numbers: readonly number[]): number[] => numbers.toSorted((one, other) => one - other);

/** Those on the host write until they are told to stop, or the host is gone. */
const WRITERS = `touch /run/recover-writers
cat > /run/recover-writer <<'END'
writes() { [ -e /run/recover-writers ]; }
for database in ${DATABASES.join(" ")}; do
  docker exec vpai_postgresql psql -XAtq -U postgres -d $database -c "CREATE TABLE recover_canary (turn int PRIMARY KEY)"
  turn=0
  while writes; do turn=$((turn + 1)); echo "INSERT INTO recover_canary VALUES ($turn);"; sleep 0.05; done |
    docker exec -i vpai_postgresql psql -XAtq -U postgres -d $database > /dev/null &
done
REDISCLI_AUTH=$(cat /opt/vpai/made-secrets/redisPassword); export REDISCLI_AUTH
turn=0
while writes; do turn=$((turn + 1)); echo "SET recover:$turn $turn"; sleep 0.05; done |
  docker exec -i --env REDISCLI_AUTH vpai_redis redis-cli > /dev/null &
turn=0
while writes; do turn=$((turn + 1)); echo $turn > /opt/vpai/data/n8n/recover-canary-$((turn % 50)); sleep 0.05; done &
wait
END
systemd-run --quiet --unit recover-writer bash /run/recover-writer`;

/** Writers into the servers that are asked over HTTP. @returns what ends them, with how often they wrote */
async function writing(): Promise<() => Promise<number>> {
  const size = await vectorSize();
  let isOver = false;
  let turn = 0;
  const work = async (): Promise<void> => {
    while (!isOver) {
      turn += 1;
      const vector = Array.from({ length: size }, (_one, index) => (index === turn % size ? 1 : 0.01));
      const body = { points: [{ id: 900_000 + turn, vector, payload: { recover: turn } }] };
      await qdrant().call("PUT", `/collections/${COLLECTION}/points?wait=true`, { body });
      const note = { type: "plain", path: `recover/${turn}.md`, children: [], size: 0, mtime: turn, ctime: turn };
      await couchdb().call("PUT", `/${VAULT}/recover%2F${turn}.md`, { body: note });
      await sleep(50);
    }
  };
  const running = work();
  return async () => {
    isOver = true;
    await running;
    return turn;
  };
}

/** A note as LiveSync keeps one: its pieces are documents of their own. */
async function writeNote(): Promise<void> {
  const children = NOTE.map((_piece, index) => `h:recover${index}`);
  for (const [index, data] of NOTE.entries())
    await couchdb().call("PUT", `/${VAULT}/${encodeURIComponent(children[index] ?? "")}`, {
      body: { type: "leaf", data },
    });
  const size = NOTE.join("").length;
  const note = { type: "plain", path: "Recovered.md", children, size, mtime: 1, ctime: 1, eden: {} };
  await couchdb().call("PUT", `/${VAULT}/recovered.md`, { body: note });
}

async function readNote(): Promise<string> {
  const note = await couchdb().call<{ children: string[] }>("GET", `/${VAULT}/recovered.md`);
  const pieces = await Promise.all(
    (note?.children ?? []).map((id) => couchdb().call<{ data: string }>("GET", `/${VAULT}/${encodeURIComponent(id)}`)),
  );
  return pieces.map((piece) => piece?.data).join("");
}

/** Rows that the set's manifest has of something. */
const rowsOf = (part: string, what: string): number | undefined =>
  manifest.parts.find(({ name }) => name === part)?.rows[what];

/** Takes the machine away as a fire would, and the state of whoever sat beside it. */
async function lose(): Promise<void> {
  const name = `${lab.identity.prefix}-sese-ai`;
  transport.close();
  await localDocker("rm", "--force", "--volumes", name);
  await localDocker("volume", "rm", `${name}-docker`, `${name}-opt`);
  rmSync(path.join(lab.directory, ".vpai", "lab", "state"), { recursive: true });
}

let said: string;
let written: number;

beforeAll(async () => {
  lab = await sharedLabOfAll();
  elsewhere = await Elsewhere.of(lab);
  await lab.makeSucceed("up");
  host = await lab.host("sese-ai");
  secrets = await lab.generatedSecrets();
  transport = new Transport(host.connection);
  hub = new Transport((await lab.host("seko-vpn")).connection);
  await host.output(
    [
      "docker",
      "exec",
      "-i",
      "vpai_n8n",
      "sh",
      "-euc",
      "umask 077; cat > /tmp/c; n8n import:credentials --input=/tmp/c; rm /tmp/c",
    ],
    {
      stdin: JSON.stringify(CREDENTIAL),
    },
  );
  await writeNote();
  await host.output(["sh", "-euc", WRITERS]);
  const stop = await writing();
  await lab.makeSucceed("run JOB=backup-sese-ai", { timeout: 1800 });
  written = await stop();
  const [set = ""] = (await host.output(["ls", SETS])).split("\n").slice(-1);
  manifest = JSON.parse(await host.output(["cat", `${SETS}/${set}/manifest.json`])) as Manifest;
  sums = await host.output(["cat", `${SETS}/${set}/SHA256SUMS`]);
  // A night's copies are complete with every host's.
  for (const other of ["seko-vpn", "workstation"]) await lab.makeSucceed(`run JOB=backup-${other}`, { timeout: 600 });
  await lab.makeSucceed("run JOB=offsite", { timeout: 1800 });
  await lose();
  const { stdout } = await lab.makeSucceed("recover HOST=sese-ai YES=1", { timeout: 5400 });
  said = stdout;
  host = await lab.host("sese-ai");
  transport = new Transport(host.connection);
}, 10_800_000);

/** The lab is other tests', too. */
const FORGET = `rm -f /run/recover-writers
for database in ${DATABASES.join(" ")}; do
  docker exec vpai_postgresql psql -XAtq -U postgres -d $database -c "DROP TABLE IF EXISTS recover_canary"
done
docker exec vpai_postgresql psql -XAtq -U postgres -d n8n -c "DELETE FROM credentials_entity WHERE id = 'recovercanary001'"
docker exec vpai_postgresql psql -XAtq -U postgres -c "SELECT datname FROM pg_database WHERE datname LIKE '%\\_before\\_%'" |
  while read -r name; do docker exec vpai_postgresql dropdb -U postgres "$name" < /dev/null; done
rm -rf /opt/vpai/data/*.before-* /opt/vpai/data/n8n/recover-canary-* ${SETS}`;

afterAll(async () => {
  await host.run(["sh", "-c", FORGET]);
  await redis("EVAL", "for _, key in ipairs(redis.call('KEYS', 'recover:*')) do redis.call('DEL', key) end", "0");
  await qdrant().call("POST", `/collections/${COLLECTION}/points/delete?wait=true`, {
    body: { filter: { must: [{ key: "recover", range: { gte: 1 } }] } },
  });
  const mine = await Promise.all(
    [OWN_NOTES, "keys=%5B%22recovered.md%22%2C%22h%3Arecover0%22%2C%22h%3Arecover1%22%5D"].map((which) =>
      couchdb().call<{ rows: { id?: string; value?: { rev: string } }[] }>("GET", `/${VAULT}/_all_docs?${which}`),
    ),
  );
  const docs = mine
    .flatMap((found) => found?.rows ?? [])
    .flatMap(({ id, value }) =>
      id === undefined || value === undefined ? [] : [{ _id: id, _rev: value.rev, _deleted: true }],
    );
  await couchdb().call("POST", `/${VAULT}/_bulk_docs`, { body: { docs } });
  transport.close();
  hub.close();
  await elsewhere.remove();
}, 1_800_000);

describe("the command", () => {
  test("says what is lost, and where all of it comes from", () => {
    expect(said).toMatch(
      /^ {2}state {5}is lost here; taken is that of .* UTC, with \d+ resources \(s3:\/\/vpai-backups\/state\//m,
    );
    expect(said).toMatch(/^ {2}computer {2}is not there; it is made$/m);
    expect(said).toMatch(new RegExp(`^sese-ai: everything as of \\S+, .* \\(${manifest.set}, from elsewhere\\)$`, "m"));
  });

  test("prints RTO and RPO of every service, each as it was", () => {
    const rows = said
      .split("\n")
      .filter((line) => line.startsWith("sese-ai  "))
      .map((line) => line.split(/ {2,}/));
    console.log(said.slice(said.indexOf("host     service")));
    const services = rows.map(([, service]) => service);
    expect(services).toEqual(
      expect.arrayContaining(["caddy", "litellm", "n8n", "nocodb", "openclaw", "postgresql", "qdrant", "redis"]),
    );
    expect(rows.map((row) => [row[1], row.at(-1)])).toEqual(services.map((service) => [service, "as it was"]));
    for (const [, service, , rto, rpo] of rows) {
      expect([service, rto]).toEqual([service, expect.stringMatching(/^\d+ (s|min|h)/)]);
      if (["n8n", "postgresql", "qdrant"].includes(service ?? "")) expect(rpo).toMatch(/^\d+ (s|min|h)/);
    }
    expect(said).toMatch(/^sese-ai is back, with everything as it was in the set, after /m);
  });
});

describe("what came back", () => {
  test("is the set as its own host had made it, file by file", async () => {
    expect(JSON.parse(await host.output(["cat", `${SETS}/${manifest.set}/manifest.json`]))).toEqual(manifest);
    expect(await host.output(["cat", `${SETS}/${manifest.set}/SHA256SUMS`])).toBe(sums);
    await host.output(["sh", "-euc", `cd ${SETS}/${manifest.set}; sha256sum --check --quiet SHA256SUMS`], {
      timeout: 300,
    });
  });

  test("has the rows of its manifest in every database that was written to, without a gap", async () => {
    for (const database of DATABASES) {
      const [count, last] = (await sql(database, "SELECT count(*), max(turn) FROM recover_canary"))
        .split("|")
        .map(Number);
      expect([database, count]).toEqual([database, rowsOf("postgresql", `${database}.public.recover_canary`)]);
      expect(count).toBeGreaterThan(10);
      expect(last).toBe(count);
    }
  });

  test("has every point, document, key and file of its moment, and none from later", async () => {
    for (const turns of [await points(), await notes()]) {
      expect(turns.length).toBeGreaterThan(5);
      expect(turns.length).toBeLessThanOrEqual(written);
      expect(turns).toEqual(turns.map((_turn, index) => index + 1));
    }
    const keys = await redis("EVAL", "return #redis.call('KEYS', 'recover:*')", "0");
    expect(Number(keys)).toBeGreaterThan(10);
    expect(await redis("GET", `recover:${keys}`)).toBe(keys);
    expect(await host.output(["sh", "-c", "ls /opt/vpai/data/n8n | grep -c recover-canary"])).toBe("50");
  });

  test("has LiveSync's notes, readable as its clients read them", async () => {
    expect(await readNote()).toBe("Nothing is lost until nobody looks for it.\n");
  });

  test("has n8n's credentials, which it decrypts", async () => {
    const command = ["docker", "exec", "vpai_n8n", "n8n", "export:credentials", "--all", "--decrypted"];
    expect(await host.output(command, { timeout: 300 })).toContain("canary-of-the-recovery");
  }, 360_000);
});

test("every made secret is the one of before, and every login works", async () => {
  expect(await lab.generatedSecrets()).toEqual(secrets);
  const { stdout } = await succeed(
    ["node", "--require", "./toolchain/loader/register.cjs", "tests/lab/all/recover/logins.ts", "lab", "sese-ai"],
    { directory: lab.directory, environment: await lab.environment(), timeout: 600 },
  );
  const tried = stdout
    .split("\n")
    .filter((line) => line.startsWith("{"))
    .map((line) => JSON.parse(line) as { login: string; verdict: unknown });
  expect(tried.map(({ login, verdict }) => [login, verdict])).toEqual(tried.map(({ login }) => [login, "accepted"]));
  expect(tried.length).toBeGreaterThan(8);
  console.log(`logins tried: ${tried.map(({ login }) => login).join(", ")}`);
}, 900_000);

test("a second up has nothing to do, and what is there is what the state says", async () => {
  expect(await lab.preview()).toEqual({});
  expect(await lab.refresh()).toEqual({});
  expect(await lab.preview()).toEqual({});
}, 1_200_000);

test("the next night's set comes after the one that was brought back, and goes elsewhere", async () => {
  await lab.makeSucceed("run JOB=backup-sese-ai", { timeout: 1800 });
  const [set = ""] = (await host.output(["ls", SETS])).split("\n").slice(-1);
  expect(Number(set.slice(0, 6))).toBe(Number(manifest.set.slice(0, 6)) + 1);
  await lab.makeSucceed("run JOB=offsite", { timeout: 1800 });
  const { stdout } = await lab.makeSucceed("backups");
  const row = stdout.split("\n").find((line) => /^sese-ai +\(elsewhere\)/.test(line));
  expect(row?.split(/ {2,}/)[3]).toBe(set);
}, 4_000_000);
