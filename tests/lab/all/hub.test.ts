import type { LabHost } from "../harness/host";
import type { Lab } from "../harness/lab";
import { sharedLabOfHub } from "../harness/shared";

/** The hub as a whole: it comes up, what is there is left alone, and what somebody changed in its programs is set back. */

let lab: Lab;
let hub: LabHost;
let secrets: Record<string, string>;

beforeAll(async () => {
  lab = await sharedLabOfHub();
  hub = await lab.host("seko-vpn");
  secrets = await lab.generatedSecrets();
}, 2_700_000);

const NOTHING = /^Resources:\n\s+\d+ unchanged\n/m;

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
  expect((await lab.makeSucceed("up")).all).toMatch(NOTHING);
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
    expect((await lab.makeSucceed("up")).all).toMatch(NOTHING);
  }, 600_000);
});

describe("Uptime Kuma", () => {
  /** Runs SQL in its database, with the program's own driver. */
  const sql = async (statement: string): Promise<unknown[]> => {
    const script = `const { Database } = require("@louislam/sqlite3");
      const database = new Database("/app/data/kuma.db");
      database.all(process.argv[1], (error, rows) => { if (error) throw error; console.log(JSON.stringify(rows)); });`;
    return JSON.parse(await hub.docker("exec", "vpn_uptime-kuma", "node", "-e", script, statement)) as unknown[];
  };

  test("has one account, whose password is the stack's, and a monitor for each site and check", async () => {
    expect(await sql("SELECT username FROM user")).toEqual([{ username: "owner@vpai.test" }]);
    const found = (await sql("SELECT name, url FROM monitor ORDER BY name")) as { name: string; url: string }[];
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
    expect((await lab.makeSucceed("up")).all).toMatch(NOTHING);
  }, 600_000);
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
