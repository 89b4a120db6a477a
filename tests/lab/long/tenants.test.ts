import type { LabHost } from "../harness/host";
import { dockerObjectsOf, localDocker } from "../harness/docker";
import { Lab } from "../harness/lab";
import { authorityOf, get } from "../harness/site";

/**
 * Adds a second platform as docs/add-a-platform.md says: one folder beside the others, and a stack's file that chooses it.
 * Three tenants on one host have their databases on another, and nothing of each other.
 */

const TENANTS = ["acme", "bolt", "cube"];

const STACK = `config:
  vpai:platform: tenants
  vpai:domain: tenants.test
  vpai:tls: internal
  vpai:vpnEnforce: "false"
  vpai:hosts:
    front: { machine: { kind: lab }, memoryMiB: 4096, architecture: amd64 }
    data: { machine: { kind: lab }, memoryMiB: 2048, architecture: amd64, unreachable: defer }
`;

/** Networks of a container, each with its address. */
const FORMAT = "{{range $network, $end := .NetworkSettings.Networks}}{{$network}} {{$end.IPAddress}} {{end}}";

/** An image that has bash and psql; the host gets it from the lab registry. */
const CLIENT = "docker.io/library/postgres:18.1";

let lab: Lab;
let front: LabHost;
let data: LabHost;
beforeAll(async () => {
  lab = await Lab.prepare("tenants");
  lab.addFolder("tests/tenants", "platforms/tenants");
  lab.edit("Pulumi.lab.yaml", (text) => `${STACK}${/^encryptionsalt: .*$/m.exec(text)?.[0] ?? ""}\n`);
  await lab.makeSucceed("up");
  front = await lab.host("front");
  data = await lab.host("data");
  await front.docker("pull", "--quiet", CLIENT);
}, 1_500_000);
afterAll(() => lab.remove(), 300_000);

/** Runs a shell's text on a tenant's network, with the tenant's secrets. @returns what it printed, and its exit code */
async function asTenant(tenant: string, script: string): Promise<{ code: number; all: string }> {
  const secrets = `/opt/tenants/secrets/${tenant}:/run/secrets:ro`;
  const { code, all } = await front.run([
    ...["docker", "run", "--rm", "--network", tenant, "--volume", secrets, "--entrypoint", "bash", CLIENT],
    ...["-c", script],
  ]);
  return { code, all: all.trim() };
}

const login = (tenant: string, database: string) =>
  asTenant(
    tenant,
    `PGPASSWORD=$(cat /run/secrets/database_password) psql --host ${data.publicAddress} --username ${tenant} ` +
      `--dbname ${database} --no-password --tuples-only --no-align --command 'SELECT current_user, current_database()'`,
  );

test("status shows both hosts with all their services, healthy", async () => {
  const { stdout } = await lab.makeSucceed("status");
  const rows = stdout.split("\n").flatMap((line) => {
    const [host, service, , , health] = line.trim().split(/ {2,}/);
    return host === "front" || host === "data" ? [`${host} ${service} ${health ?? ""}`] : [];
  });
  expect(rows.filter((row) => !row.includes("(host)")).sort()).toEqual([
    "data postgresql healthy",
    "front acme healthy",
    "front bolt healthy",
    "front caddy healthy",
    "front cube healthy",
  ]);
});

test("a second up changes nothing", async () => {
  expect(await lab.up()).toEqual({});
});

test.each(TENANTS)("%s has a site of its own", async (tenant) => {
  const authority = await authorityOf(front, "tenants_caddy");
  const { status, body } = await get(front, `https://${tenant}.tenants.test/healthz`, authority);
  expect({ status, body }).toEqual({ status: 200, body: '{"status":"ok"}' });
});

test("each tenant works in its own database on the other host", async () => {
  const sessions = await data.docker(
    ...["exec", "tenants_postgresql", "psql", "--username", "postgres", "--tuples-only", "--no-align", "--command"],
    "SELECT DISTINCT usename, datname, client_addr FROM pg_stat_activity WHERE client_addr IS NOT NULL ORDER BY 1",
  );
  expect(sessions.split("\n")).toEqual(TENANTS.map((tenant) => `${tenant}|${tenant}|${front.publicAddress}`));
});

test.each(TENANTS)("the role of %s logs in to its own database, and to no other tenant's", async (tenant) => {
  expect(await login(tenant, tenant)).toEqual({ code: 0, all: `${tenant}|${tenant}` });
  for (const other of TENANTS.filter((name) => name !== tenant)) {
    const { code, all } = await login(tenant, other);
    expect(code).toBe(2);
    expect(all).toContain(`permission denied for database "${other}"`);
  }
});

test("without its password a tenant's role does not log in to its own database either", async () => {
  const { code, all } = await asTenant(
    "acme",
    `PGPASSWORD=wrong psql --host ${data.publicAddress} --username acme --dbname acme --no-password --command 'SELECT 1'`,
  );
  expect(code).toBe(2);
  expect(all).toContain('password authentication failed for user "acme"');
});

test("a tenant's network reaches its own n8n alone", async () => {
  const addresses = await Promise.all(
    TENANTS.map((name) => front.docker(...["container", "inspect", "--format", FORMAT], `tenants_${name}`)),
  );
  expect(addresses.map((line) => line.split(" ")[0])).toEqual(TENANTS);
  const answering = await Promise.all(
    TENANTS.map(async (tenant) => {
      const tries = addresses.map((line) => {
        const [name = "", address = ""] = line.split(" ");
        return `timeout 2 bash -c 'exec 3<>/dev/tcp/${address}/5678' 2>/dev/null && echo ${name}`;
      });
      return (await asTenant(tenant, `${tries.join("; ")}; true`)).all;
    }),
  );
  expect(answering).toEqual(TENANTS);
});

test("no two secrets are the same", async () => {
  const secrets = await lab.generatedSecrets();
  expect(Object.keys(secrets).sort()).toEqual([
    "acmeAdminPassword",
    "acmeDatabasePassword",
    "acmeEncryptionKey",
    "boltAdminPassword",
    "boltDatabasePassword",
    "boltEncryptionKey",
    "cubeAdminPassword",
    "cubeDatabasePassword",
    "cubeEncryptionKey",
    "postgresqlPassword",
  ]);
  expect(new Set(Object.values(secrets)).size).toBe(10);
});

test("with the databases' host switched off, what changes of a tenant is deployed: its database is in the state", async () => {
  const machine = `${lab.identity.prefix}-data`;
  await lab.pulumiSucceed(["config", "set", "--path", "vpai:overrides.acme.memoryMiB", "520"]);
  await localDocker("stop", machine);
  const { all } = await lab.makeSucceed("up", { timeout: 400 });
  await localDocker("start", machine);
  expect(all).toMatch(/Deferred, and left as it is, since it cannot be reached:\n {2}data: /);
  expect(all).not.toContain("Left, too");
  expect((await front.container("tenants_acme")).HostConfig.Memory).toBe(520 * 2 ** 20);
  await data.becomesHealthy(120);
  await lab.makeSucceed("up", { timeout: 400 });
  expect(await lab.up()).toEqual({});
}, 900_000);

test("down leaves nothing", async () => {
  await lab.makeSucceed("down");
  expect(await dockerObjectsOf(lab.directory)).toEqual([]);
});
