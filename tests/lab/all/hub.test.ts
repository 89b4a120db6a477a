import { setTimeout as sleep } from "node:timers/promises";
import { eventually } from "../../eventually";
import { FakeTelegram } from "../harness/fake-telegram";
import { NO_CHANGES } from "../harness/changes";
import type { LabHost } from "../harness/host";
import type { Lab } from "../harness/lab";
import { sharedLabOfHub } from "../harness/shared";
import { kumaSql, lastTold } from "../harness/uptime-kuma";

/** The hub as a whole: it comes up, what is there is left alone, and what somebody changed in its programs is set back. */

let lab: Lab;
let hub: LabHost;
let secrets: Record<string, string>;

beforeAll(async () => {
  lab = await sharedLabOfHub();
  hub = await lab.host("seko-vpn");
  secrets = await lab.generatedSecrets();
}, 2_700_000);

/** Asks a program of the hub from the host itself, at its container's address. @returns status and body */
async function ask(
  container: string,
  url: string,
  { user, method = "GET", body }: { user?: string; method?: string; body?: object } = {},
): Promise<{ status: number; body: string }> {
  const format = "{{range .NetworkSettings.Networks}}{{.IPAddress}} {{end}}";
  const [address = ""] = (await hub.docker("container", "inspect", "--format", format, container)).split(" ");
  const sent = body === undefined ? [] : ["--header", "Content-Type: application/json", "--data", JSON.stringify(body)];
  const argv = ["curl", "-s", "-w", "\n%{http_code}", "--request", method, ...sent, "--config", "-"];
  const stdin = user === undefined ? "" : `user = "${user}"\n`;
  const lines = (await hub.output([...argv, `http://${address}${url}`], { stdin })).split("\n");
  return { status: Number(lines.pop()), body: lines.join("\n") };
}

/** A site of the hub as everybody sees it, with the hub's public address for its name. */
async function site(name: string, path: string, user?: string): Promise<string> {
  const argv = ["curl", "-sk", "-o", "/dev/null", "-w", "%{http_code}", "--config", "-"];
  const at = ["--resolve", `${name}.vpai.test:443:${hub.publicAddress}`, `https://${name}.vpai.test${path}`];
  return hub.output([...argv, ...at], { stdin: user === undefined ? "" : `user = "${user}"\n` });
}

test("every service of the hub is healthy, and says which program it runs", async () => {
  const { stdout } = await lab.makeSucceed("status");
  // The first of its tables.
  const [services = ""] = stdout.split("\n\n");
  const rows = services.split("\n").map((line) => line.trim().split(/ {2,}/));
  const found = rows.filter(([host, name]) => host === "seko-vpn" && name !== "(host)");
  const programs = Object.fromEntries(found.map(([, name = "", , program = "", health]) => [name, [program, health]]));
  expect(programs).toEqual({
    couchdb: ["stand-in, 3.3.3", "healthy"],
    gateway: ["real, 2.10.2", "healthy"],
    headscale: ["real, 0.26.1", "healthy"],
    "uptime-kuma": ["real, 2.0.0", "healthy"],
    "webhook-relay": ["real, 2.10.2", "healthy"],
    zerobyte: ["stand-in, 0.16", "healthy"],
  });
});

test("a second up changes nothing", async () => {
  expect((await lab.makeSucceed("up")).all).toMatch(NO_CHANGES);
}, 300_000);

test("what the hub has lies where the sources have it", async () => {
  const files = await hub.output(["sh", "-c", "ls -d /opt/services/headscale/* /opt/vpn/* /opt/vpn/data/*"]);
  expect(files.split("\n")).toEqual(
    expect.arrayContaining([
      ...["/opt/services/headscale/config", "/opt/services/headscale/data"],
      ...["/opt/vpn/configs", "/opt/vpn/secrets", "/opt/vpn/data/couchdb", "/opt/vpn/data/uptime-kuma"],
    ]),
  );
});

describe("CouchDB", () => {
  const VAULT = ":5984/obsidian_vault";
  const obsidian = (): string => `obsidian:${secrets["couchdbObsidianPassword"] ?? ""}`;
  const admin = (): string => `admin:${secrets["couchdbAdminPassword"] ?? ""}`;

  test("lets obsidian write notes and nothing else, and nobody without a login", async () => {
    const note = { method: "PUT", body: { type: "plain" } };
    expect((await ask("vpn_couchdb", `${VAULT}/a-note?`, { ...note, user: obsidian() })).status).toBe(201);
    expect((await ask("vpn_couchdb", ":5984/another", { method: "PUT", user: obsidian() })).status).toBe(401);
    expect((await ask("vpn_couchdb", VAULT)).status).toBe(401);
    expect((await ask("vpn_couchdb", ":5984/_up")).status).toBe(200);
  });

  test("has its rights, its user's password and its documents when somebody changed them", async () => {
    const open = { admins: { names: ["mallory"], roles: [] }, members: { names: [], roles: [] } };
    await ask("vpn_couchdb", `${VAULT}/_security`, { method: "PUT", body: open, user: admin() });
    const user = JSON.parse(
      (await ask("vpn_couchdb", ":5984/_users/org.couchdb.user:obsidian", { user: admin() })).body,
    ) as object;
    const changed = { ...user, password: "another" };
    await ask("vpn_couchdb", ":5984/_users/org.couchdb.user:obsidian", { method: "PUT", body: changed, user: admin() });
    expect((await ask("vpn_couchdb", VAULT, { user: obsidian() })).status).toBe(401);
    expect(await lab.refresh()).toMatchObject({ "seko-vpn/couchdb-database/obsidian_vault": "update" });
    expect(await lab.up()).toMatchObject({ "seko-vpn/couchdb-database/obsidian_vault": "update" });
    const { body } = await ask("vpn_couchdb", `${VAULT}/_security`, { user: admin() });
    expect(JSON.parse(body)).toEqual({
      admins: { names: [], roles: ["_admin"] },
      members: { names: ["obsidian"], roles: ["obsidian_vault-member"] },
    });
    expect((await ask("vpn_couchdb", `${VAULT}/a-note`, { user: obsidian() })).status).toBe(200);
    expect((await lab.makeSucceed("up")).all).toMatch(NO_CHANGES);
  }, 600_000);
});

describe("Uptime Kuma", () => {
  const sql = (statement: string): Promise<unknown[]> => kumaSql(hub, statement);

  test("has one account, whose password is the stack's, and a monitor for each site and check", async () => {
    expect(await sql("SELECT username FROM user")).toEqual([{ username: "owner@vpai.test" }]);
    const found = (await sql("SELECT url FROM monitor WHERE type <> 'push' ORDER BY name")) as { url: string }[];
    expect(found.map(({ url }) => url)).toEqual([
      "https://vpai.test/health",
      "https://singa.vpai.test/health",
      "https://mayi.vpai.test/",
      "https://mayi.vpai.test/webhook/ping",
      "https://vpai.test/webhook/ping",
      "https://uptime.vpai.test/dashboard",
      "https://relay.vpai.test/health",
      "https://backups.vpai.test/",
    ]);
  });

  test("waits for the word of each host's backups: 26 hours, and nobody is called where the stack has no chat", async () => {
    expect(await sql("SELECT name, interval FROM monitor WHERE type = 'push' ORDER BY name")).toEqual([
      { name: "job backup-seko-vpn on seko-vpn", interval: 93_600 },
      { name: "job backup-sese-ai on sese-ai", interval: 93_600 },
    ]);
    expect(await sql("SELECT id FROM notification")).toEqual([]);
  });

  test("has its monitors set back, one that is gone made again, and a person's own left alone", async () => {
    await sql("UPDATE monitor SET url = 'https://example.org/', active = 0 WHERE name LIKE 'headscale %'");
    await sql("DELETE FROM monitor WHERE name LIKE 'webhook-relay %'");
    await sql(
      "INSERT INTO monitor (name, type, url, user_id) SELECT 'mine', 'http', 'https://example.net/', id FROM user",
    );
    await hub.docker("restart", "vpn_uptime-kuma");
    await hub.becomesHealthy(120);
    expect(await lab.refresh()).toMatchObject({ "seko-vpn/monitors": "update" });
    expect(await lab.up()).toMatchObject({ "seko-vpn/monitors": "update" });
    expect(await sql("SELECT url, active FROM monitor WHERE name LIKE 'headscale %'")).toEqual([
      { url: "https://singa.vpai.test/health", active: 1 },
    ]);
    expect(await sql("SELECT count(*) AS count FROM monitor WHERE name LIKE 'webhook-relay %'")).toEqual([
      { count: 1 },
    ]);
    expect(await sql("SELECT url FROM monitor WHERE name = 'mine'")).toEqual([{ url: "https://example.net/" }]);
    expect((await lab.makeSucceed("up")).all).toMatch(NO_CHANGES);
  }, 600_000);
});

describe("Uptime Kuma with a chat of Telegram", () => {
  const BOT = "1234567:canary-of-the-bot";
  const OWN = "job backup-seko-vpn on seko-vpn";
  const OTHER = "job backup-sese-ai on sese-ai";
  const DROP_IN = "/run/systemd/system/backup-seko-vpn.service.d";
  let telegram: FakeTelegram;

  /** What was said of jobs: names of the lab lead nowhere from the hub, so its sites are down all the time. */
  const told = (): string[] =>
    telegram.sent.filter(({ text }) => text.startsWith("[job ")).map(({ chat, text }) => `${chat} ${text}`);

  const tokens = async (): Promise<string[]> => {
    const rows = await kumaSql(hub, "SELECT push_token AS token FROM monitor WHERE type = 'push'");
    return (rows as { token: string }[]).map(({ token }) => token);
  };

  /** Arguments and environment of all that runs on the hub, every second until something is over. */
  async function processesDuring(work: Promise<unknown>): Promise<string> {
    const seen: string[] = [];
    const watch = { isOver: false };
    void work.finally(() => (watch.isOver = true)).catch(() => undefined);
    const all = "cat /proc/[0-9]*/cmdline /proc/[0-9]*/environ 2>/dev/null | tr '\\0' ' '";
    while (!watch.isOver) {
      seen.push((await hub.run(["sh", "-c", all])).stdout);
      await sleep(1000);
    }
    return seen.join("\n");
  }

  beforeAll(async () => {
    telegram = await FakeTelegram.start(BOT);
    const api = `http://${lab.identity.address(1)}:${telegram.port}`;
    await lab.pulumiSucceed(["config", "set", "vpai:telegramApi", api]);
    for (const [name, value] of Object.entries({ alertsBotToken: BOT, alertsChat: "-4711" }))
      await lab.pulumiSucceed(["config", "set", "--secret", `secrets:${name}`], { stdin: value });
    expect(await lab.up()).toEqual({ "seko-vpn/notification": "create", "seko-vpn/monitors": "update" });
  }, 600_000);

  afterAll(async () => {
    await hub.run(["rm", "-rf", DROP_IN]);
    await hub.run(["systemctl", "daemon-reload"]);
    for (const key of ["vpai:telegramApi", "secrets:alertsBotToken", "secrets:alertsChat"])
      await lab.pulumi(["config", "rm", key]);
    await lab.up();
    for (const host of await lab.hosts()) await host.run(["sh", "-c", "rm -rf /opt/*/backups"]);
    await telegram.stop();
  }, 600_000);

  test("has a notification that each of its monitors sends, and a second up changes nothing", async () => {
    const of = "FROM monitor LEFT JOIN monitor_notification ON monitor_id = monitor.id WHERE name <> 'mine'";
    const [counted] = (await kumaSql(hub, `SELECT count(*) AS all_, count(notification_id) AS calling ${of}`)) as {
      all_: number;
      calling: number;
    }[];
    expect(counted).toEqual({ all_: 10, calling: 10 });
    expect(await lab.up()).toEqual({});
  }, 300_000);

  test("has it back when somebody changed it, took it away, or took a monitor from it", async () => {
    await kumaSql(hub, "UPDATE notification SET config = replace(config, '-4711', '-1')");
    expect(await lab.refresh()).toMatchObject({ "seko-vpn/notification": "update" });
    expect(await lab.up()).toEqual({ "seko-vpn/notification": "update" });
    await kumaSql(
      hub,
      `DELETE FROM monitor_notification WHERE monitor_id = (SELECT id FROM monitor WHERE name = '${OWN}')`,
    );
    expect(await lab.refresh()).toMatchObject({ "seko-vpn/monitors": "update" });
    expect(await lab.up()).toEqual({ "seko-vpn/monitors": "update" });
    await kumaSql(hub, "DELETE FROM notification");
    expect(await lab.refresh()).toMatchObject({ "seko-vpn/notification": "delete", "seko-vpn/monitors": "update" });
    expect(await lab.up()).toEqual({ "seko-vpn/notification": "create", "seko-vpn/monitors": "update" });
    expect(await lab.up()).toEqual({});
  }, 900_000);

  test("is told of backups on each host that they succeeded", async () => {
    await lab.makeSucceed("run JOB=backup-seko-vpn", { timeout: 300 });
    await lab.makeSucceed("run JOB=backup-sese-ai", { timeout: 300 });
    expect([await lastTold(hub, OWN), await lastTold(hub, OTHER)]).toEqual(["up: OK", "up: OK"]);
    expect(told()).toEqual([]);
  }, 720_000);

  test("is told of one that failed, and calls; and again when the next one succeeds", async () => {
    const unit = await hub.output(["systemctl", "cat", "backup-seko-vpn.service"]);
    const [, command = ""] = /^ExecStart=(.*)$/m.exec(unit) ?? [];
    // Its own command with one try, as pauses of minutes are between them.
    const once = command.replace(/"3" "300"/, '"1" "1"');
    expect(once).not.toBe(command);
    await hub.output(["mkdir", "-p", DROP_IN]);
    await hub.output(["tee", `${DROP_IN}/once.conf`], { stdin: `[Service]\nExecStart=\nExecStart=${once}\n` });
    await hub.output(["systemctl", "daemon-reload"]);
    await hub.docker("stop", "vpn_couchdb");
    const { code } = await lab.make("run JOB=backup-seko-vpn", { timeout: 300 });
    await hub.docker("start", "vpn_couchdb");
    expect(code).not.toBe(0);
    expect(await lastTold(hub, OWN)).toBe("down: exit code 1");
    await eventually(() => expect(told()).toEqual([`-4711 [${OWN}] [🔴 Down] exit code 1`]), 30);
    await hub.becomesHealthy(120);
    await lab.makeSucceed("run JOB=backup-seko-vpn", { timeout: 300 });
    await eventually(() => expect(told().at(-1)).toBe(`-4711 [${OWN}] [✅ Up] OK`), 30);
  }, 900_000);

  test("that is away fails no job, whose log says that it was not told, and nobody sees its token meanwhile", async () => {
    const known = await tokens();
    await hub.docker("stop", "vpn_uptime-kuma");
    const running = lab.makeSucceed("run JOB=backup-seko-vpn", { timeout: 300 });
    const seen = await processesDuring(running);
    const { all } = await running;
    await hub.docker("start", "vpn_uptime-kuma");
    expect(all).toContain("whoever watches from outside was not told that backup-seko-vpn is up: curl: (22)");
    expect(seen).toContain("curl --disable --config /opt/vpn/secrets/backup-seko-vpn/watcher");
    for (const token of known) expect(seen).not.toContain(token);
    await hub.becomesHealthy(240);
  }, 720_000);

  test("has told nobody a token: no log, unit or plain state", async () => {
    const { stdout: state } = await lab.pulumiSucceed(["stack", "export"]);
    const logs = ["vpn_gateway", "vpn_uptime-kuma"].map((name) => `docker logs ${name} 2>&1`);
    const script = ["journalctl --no-pager --since=-1h", 'systemctl cat "backup-*"', ...logs].join("; ");
    const said = await hub.output(["sh", "-c", script]);
    expect(said).toContain("/api/push/<secret>?status=up");
    for (const secret of [BOT, ...(await tokens())])
      for (const text of [said, state]) expect(text).not.toContain(secret);
  }, 300_000);
});

describe("Zerobyte", () => {
  test("is reached by who knows the gateway's password alone, and its account is made", async () => {
    expect(await site("backups", "/api/v1/volumes")).toBe("401");
    expect(await site("backups", "/api/v1/volumes", "owner:wrong")).toBe("401");
    const owner = `owner:${secrets["zerobyteGatewayPassword"] ?? ""}`;
    expect(await site("backups", "/api/v1/volumes", owner)).toBe("200");
    expect(await site("backups", "/api/v1/auth/register", owner)).toBe("404");
    const account = { username: "owner@vpai.test", password: secrets["zerobyteAdminPassword"] };
    const login = await ask("vpn_zerobyte", ":4096/api/v1/auth/login", { method: "POST", body: account });
    expect(login.status).toBe(200);
  });

  test("answers no other container of the hub", async () => {
    const fetched = 'fetch("http://zerobyte:4096/healthcheck").then(() => process.exit(0), () => process.exit(7))';
    const { code } = await hub.run(["docker", "exec", "vpn_uptime-kuma", "node", "-e", fetched]);
    expect(code).toBe(7);
  });
});
