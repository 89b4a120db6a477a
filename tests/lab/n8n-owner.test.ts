import tls from "node:tls";
import { Client } from "pg";
import n8nService from "../../platforms/vpai/services/n8n";
import { caddyfile } from "../../programs/caddy/caddyfile";
import { claim, findOwner } from "../../providers/n8n/owner";
import { exchange } from "../../providers/ssh/http";
import { contextWith } from "../context";
import { eventually } from "../eventually";
import { docker, hardened, image, inside, minute, mounted, run, start, useImages } from "./harness/containers";

/**
 * A new n8n behind the gateway of a stack without VPN, as preprod is: everybody reaches the editor. A stranger asks for it
 * from before it starts. Real Caddy, n8n and PostgreSQL; the gateway is open all the time, as after a lost database.
 */

useImages("postgres", "caddy", "n8n");

const STRANGER = { email: "mallory@example.org", firstName: "M", lastName: "M", password: "Canary-of-mallory-1" };
const OWNER = { email: "owner@vpai.test", password: "canary-of-the-owner" };

/** Ways to n8n's set-up, and to what may be taken for it. */
const SETUPS = [
  ...["/rest/owner/setup", "/rest/owner/setup/", "/REST/owner/setup", "/rest/owner/setup?browser=1"],
  ...["/rest/owner/%73etup", "//rest/owner/setup", "/rest/x/../owner/setup", "/rest/owner%2fsetup"],
];

const addressOf = (name: string): string =>
  docker("inspect", "--format", `{{(index .NetworkSettings.Networks "${run}").IPAddress}}`, `${run}-${name}`);

/** Status of a request through the gateway, as somebody on the public side sends it. */
async function ask(method: string, path: string, body?: object): Promise<number> {
  const stream = tls.connect({
    host: addressOf("caddy"),
    port: 443,
    servername: "mayi.vpai.test",
    rejectUnauthorized: false,
  });
  const headers = { host: "mayi.vpai.test", "content-type": "application/json" };
  const text = body === undefined ? {} : { body: JSON.stringify(body) };
  return (await exchange(stream, { method, path, headers, timeout: 20, ...text })).status;
}

/** Asks n8n itself, past the gateway. */
const askInside = (path: string, body: object): string =>
  inside(
    ...["n8n", "sh", "-c", 'wget -S -O - --header "content-type: application/json" --post-data "$2" "$1" 2>&1 || true'],
    ...["ask", `http://127.0.0.1:5678${path}`, JSON.stringify(body)],
  );

async function inDatabase<T>(work: (client: Client) => Promise<T>): Promise<T> {
  const client = new Client({ host: addressOf("db"), user: "postgres", password: "database", database: "n8n" });
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}

/** What the stranger was answered, while there was somebody to answer. */
const answers: Record<string, number> = {};
let over = false;

async function poll(): Promise<void> {
  for (let turn = 0; !over; turn += 1) {
    const path = SETUPS[turn % SETUPS.length] ?? "";
    const status = await ask("POST", path, STRANGER).catch(() => 0);
    answers[status] = (answers[status] ?? 0) + 1;
  }
}

let polling: Promise<void>;

beforeAll(async () => {
  start("db", image("postgres"), ["--env", "POSTGRES_PASSWORD=database", "--env", "POSTGRES_DB=n8n"]);
  const text = caddyfile(contextWith({ domain: "vpai.test", tls: "internal", vpnEnforce: false, runs: [n8nService] }));
  start("caddy", image("caddy"), mounted("/etc/caddy/Caddyfile", text));
  await eventually(() => inside("db", "pg_isready", "--host", "127.0.0.1"));
  await eventually(async () => expect(await ask("GET", "/")).toBe(502), 120);
  polling = poll();
  const settings = ["DB_TYPE=postgresdb", `DB_POSTGRESDB_HOST=${run}-db`, "DB_POSTGRESDB_USER=postgres"];
  const more = ["DB_POSTGRESDB_DATABASE=n8n", "DB_POSTGRESDB_PASSWORD=database", "N8N_DIAGNOSTICS_ENABLED=false"];
  const options = [...settings, ...more].flatMap((setting) => ["--env", setting]);
  start("n8n", image("n8n"), [...hardened, "--network-alias", "n8n", ...options]);
  await eventually(() => inside("n8n", "wget", "-qO-", "http://127.0.0.1:5678/healthz/readiness"), 900);
  await eventually(async () => expect(await ask("GET", "/rest/settings")).toBe(200), 300);
}, 25 * minute);

afterAll(async () => {
  over = true;
  await polling;
});

test("no request of a stranger makes an owner, from before the first start until n8n serves", async () => {
  expect((await inDatabase(findOwner))?.password).toBeNull();
  expect(answers[404] ?? 0).toBeGreaterThan(SETUPS.length);
  // Nothing else than the gateway's own answer, or none.
  expect(Object.keys(answers).filter((status) => !["0", "404"].includes(status))).toEqual([]);
});

test(
  "the owner that we make logs in, and nobody else",
  async () => {
    await inDatabase(async (client) => {
      const found = await findOwner(client);
      await claim(client, found?.id ?? "", OWNER.email, OWNER.password);
    });
    const login = (password: string): Promise<number> =>
      ask("POST", "/rest/login", { emailOrLdapLoginId: OWNER.email, password });
    expect(await login(OWNER.password)).toBe(200);
    expect(await login("canary-of-nobody")).toBe(401);
  },
  minute,
);

test("n8n itself takes it for set up: its own request is refused, past the gateway too", () => {
  expect(askInside("/rest/owner/setup", STRANGER)).toMatch(/HTTP\/1.1 400/);
});

test(
  "the stranger's request would have made an owner without the gateway",
  async () => {
    over = true;
    await polling;
    await inDatabase((client) =>
      client.query(`UPDATE "user" SET password = NULL, "lastActiveAt" = NULL WHERE "roleSlug" = 'global:owner'`),
    );
    expect(askInside("/rest/owner/setup", STRANGER)).toMatch(/HTTP\/1.1 200/);
    expect((await inDatabase(findOwner))?.email).toBe(STRANGER.email);
  },
  minute,
);
