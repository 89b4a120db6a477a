import nocodb from "../../../platforms/vpai/services/nocodb";
import { caddyfile } from "../../../programs/caddy/caddyfile";
import { contextWith } from "../../context";
import { eventually } from "../../eventually";
import { hardened, image, inside, minute, mounted, run, start, useImages } from "../harness/containers";
import { Stranger } from "../harness/stranger";

/**
 * A new NocoDB behind the gateway of a stack without VPN, with the settings that the platform gives it. A stranger asks for
 * an account from before it starts. Real Caddy, NocoDB and PostgreSQL.
 */

useImages("postgres", "caddy", "nocodb");

const MALLORY = { email: "mallory@example.org", password: "Canary-of-mallory-1" };
const OWNER = { email: "owner@vpai.test", password: "canary-of-the-owner" };

/** NocoDB's doors to one and the same sign-up, and what may be taken for them. */
const SIGNUPS = [
  ...["/api/v1/auth/user/signup", "/api/v2/auth/user/signup", "/api/v1/db/auth/user/signup", "/auth/user/signup"],
  ...["/api/v1/auth/user/signup/", "/API/v1/auth/user/SignUp", "/api/v1/auth/user/%73ignup", "//auth/user/signup"],
  ...["/api/v1/x/../auth/user/signup", "/api/v2/auth/user/signup?token=1"],
];

const stranger = new Stranger("noco.vpai.test");
const context = contextWith({ domain: "vpai.test", tls: "internal", vpnEnforce: false, runs: [nocodb] });

const sql = (statement: string): string =>
  inside("db", "psql", "--tuples-only", "--no-align", "--username", "postgres", "nocodb", "-c", statement);

beforeAll(async () => {
  start("db", image("postgres"), ["--env", "POSTGRES_PASSWORD=secret", "--env", "POSTGRES_DB=nocodb"]);
  start("caddy", image("caddy"), mounted("/etc/caddy/Caddyfile", caddyfile(context)));
  await eventually(() => inside("db", "pg_isready", "--host", "127.0.0.1"));
  await eventually(async () => expect(await stranger.ask("GET", "/")).toBe(502), 120);
  stranger.poll(SIGNUPS, MALLORY);
  const connection = { host: `${run}-db`, port: 5432, user: "postgres", password: "secret", database: "nocodb" };
  const variables = {
    ...nocodb.environment?.(context),
    NC_ADMIN_PASSWORD: OWNER.password,
    NC_DB_JSON_FILE: "/run/secrets/database.json",
    NC_AUTH_JWT_SECRET: "canary-jwt-secret",
  };
  start("nocodb", image("nocodb"), [
    ...[...hardened, "--network-alias", "nocodb"],
    ...Object.entries(variables).flatMap(([name, value]) => ["--env", `${name}=${value}`]),
    ...mounted("/run/secrets/database.json", JSON.stringify({ client: "pg", connection })),
  ]);
  await eventually(() => inside("nocodb", ...nocodb.health.test), 600);
  const refusals = stranger.answers[404] ?? 0;
  await eventually(() => expect(stranger.answers[404] ?? 0).toBeGreaterThan(refusals + SIGNUPS.length), 60);
}, 25 * minute);

afterAll(() => stranger.stop());

test("no request of a stranger makes an account, from before the first start until NocoDB serves", () => {
  // Nothing else than the gateway's own answer, or none.
  expect(Object.keys(stranger.answers).filter((status) => !["0", "404"].includes(status))).toEqual([]);
  expect(sql("SELECT email FROM nc_users_v2 WHERE email NOT LIKE '%@nocodb.com'")).toBe(OWNER.email);
});

test("its owner logs in with the stack's password, and nobody else", async () => {
  const login = (password: string): Promise<number> =>
    stranger.ask("POST", "/api/v1/auth/user/signin", { email: OWNER.email, password });
  expect(await login(OWNER.password)).toBe(200);
  expect(await login("canary-of-nobody")).toBe(400);
  expect(sql(`SELECT roles FROM nc_users_v2 WHERE email = '${OWNER.email}'`)).toMatch(/super/);
});

test("a stranger's request would have made an account without the gateway", () => {
  const headers = ["--header", "content-type: application/json", "--post-data", JSON.stringify(MALLORY)];
  inside("nocodb", "wget", "-q", "-O", "/dev/null", ...headers, `http://127.0.0.1:8080${SIGNUPS[0] ?? ""}`);
  expect(sql(`SELECT roles FROM nc_users_v2 WHERE email = '${MALLORY.email}'`)).toBe("org-level-viewer");
});
