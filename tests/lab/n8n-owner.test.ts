import { Client } from "pg";
import n8nService from "../../platforms/vpai/services/n8n";
import { caddyfile } from "../../programs/caddy/caddyfile";
import { claim, findOwner } from "../../providers/n8n/owner";
import { contextWith } from "../context";
import { eventually } from "../eventually";
import { hardened, image, inside, minute, mounted, run, start, useImages } from "./harness/containers";
import { addressOf, Stranger } from "./harness/stranger";

/**
 * A new n8n behind the gateway of a stack without VPN, as preprod is: everybody reaches the editor. A stranger asks for it
 * from before it starts. Real Caddy, n8n and PostgreSQL; the gateway is open all the time, as after a lost database.
 */

useImages("postgres", "caddy", "n8n");

const MALLORY = { email: "mallory@example.org", firstName: "M", lastName: "M", password: "Canary-of-mallory-1" };
const OWNER = { email: "owner@vpai.test", password: "canary-of-the-owner" };

/** Ways to n8n's set-up, and to what may be taken for it. */
const SETUPS = [
  ...["/rest/owner/setup", "/rest/owner/setup/", "/REST/owner/setup", "/rest/owner/setup?browser=1"],
  ...["/rest/owner/%73etup", "//rest/owner/setup", "/rest/x/../owner/setup", "/rest/owner%2fsetup"],
];

const stranger = new Stranger("mayi.vpai.test");

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

beforeAll(async () => {
  start("db", image("postgres"), ["--env", "POSTGRES_PASSWORD=database", "--env", "POSTGRES_DB=n8n"]);
  const text = caddyfile(contextWith({ domain: "vpai.test", tls: "internal", vpnEnforce: false, runs: [n8nService] }));
  start("caddy", image("caddy"), mounted("/etc/caddy/Caddyfile", text));
  await eventually(() => inside("db", "pg_isready", "--host", "127.0.0.1"));
  await eventually(async () => expect(await stranger.ask("GET", "/")).toBe(502), 120);
  stranger.poll(SETUPS, MALLORY);
  const settings = ["DB_TYPE=postgresdb", `DB_POSTGRESDB_HOST=${run}-db`, "DB_POSTGRESDB_USER=postgres"];
  const more = ["DB_POSTGRESDB_DATABASE=n8n", "DB_POSTGRESDB_PASSWORD=database", "N8N_DIAGNOSTICS_ENABLED=false"];
  const options = [...settings, ...more].flatMap((setting) => ["--env", setting]);
  start("n8n", image("n8n"), [...hardened, "--network-alias", "n8n", ...options]);
  await eventually(() => inside("n8n", "wget", "-qO-", "http://127.0.0.1:5678/healthz/readiness"), 900);
  await eventually(async () => expect(await stranger.ask("GET", "/rest/settings")).toBe(200), 300);
}, 25 * minute);

afterAll(() => stranger.stop());

test("no request of a stranger makes an owner, from before the first start until n8n serves", async () => {
  expect((await inDatabase(findOwner))?.password).toBeNull();
  expect(stranger.answers[404] ?? 0).toBeGreaterThan(SETUPS.length);
  // Nothing else than the gateway's own answer, or none.
  expect(Object.keys(stranger.answers).filter((status) => !["0", "404"].includes(status))).toEqual([]);
});

test(
  "the owner that we make logs in, and nobody else",
  async () => {
    await inDatabase(async (client) => {
      const found = await findOwner(client);
      await claim(client, found?.id ?? "", OWNER.email, OWNER.password);
    });
    const login = (password: string): Promise<number> =>
      stranger.ask("POST", "/rest/login", { emailOrLdapLoginId: OWNER.email, password });
    expect(await login(OWNER.password)).toBe(200);
    expect(await login("canary-of-nobody")).toBe(401);
  },
  minute,
);

test("n8n itself takes it for set up: its own request is refused, past the gateway too", () => {
  expect(askInside("/rest/owner/setup", MALLORY)).toMatch(/HTTP\/1.1 400/);
});

test(
  "the stranger's request would have made an owner without the gateway",
  async () => {
    await stranger.stop();
    await inDatabase((client) =>
      client.query(`UPDATE "user" SET password = NULL, "lastActiveAt" = NULL WHERE "roleSlug" = 'global:owner'`),
    );
    expect(askInside("/rest/owner/setup", MALLORY)).toMatch(/HTTP\/1.1 200/);
    expect((await inDatabase(findOwner))?.email).toBe(MALLORY.email);
  },
  minute,
);
