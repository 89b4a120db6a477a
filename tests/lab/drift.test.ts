import type { LabHost } from "./harness/host";
import type { Lab } from "./harness/lab";
import { sharedLab } from "./harness/shared";

/** What changed behind our back is seen by a refresh and repaired by the next up, and nothing else is touched. */

let lab: Lab;
let host: LabHost;
beforeAll(async () => {
  lab = await sharedLab();
  host = await lab.host("sese-ai");
}, 1_500_000);

const CONFIGS = "/opt/vpai/configs";
const SECRETS = "/opt/vpai/secrets";

const sql = (query: string): Promise<string> =>
  host.docker(
    "exec",
    "vpai_postgresql",
    "psql",
    "--username",
    "postgres",
    "--tuples-only",
    "--no-align",
    "--command",
    query,
  );

/** Logs in as n8n does: over TCP, with the password in its secret file. */
const logInAsN8n = (): Promise<string> =>
  host.output([
    "sh",
    "-c",
    `docker exec -i vpai_postgresql sh -c 'PGPASSWORD=$(cat) psql -h 127.0.0.1 -U n8n -d n8n -tAc "SELECT current_user"' <${SECRETS}/n8n/database_password`,
  ]);

describe("a stopped container, an edited file, a mode and a dropped password", () => {
  let before: Record<string, string>;
  let original: string;

  beforeAll(async () => {
    before = await host.starts("vpai_redis", "vpai_postgresql");
    original = await host.output(["cat", `${CONFIGS}/postgresql/postgresql.conf`]);
    await host.docker("stop", "vpai_redis");
    await host.output(["sh", "-c", `echo 'work_mem = 1MB' >>${CONFIGS}/postgresql/postgresql.conf`]);
    await host.output(["chmod", "0644", `${SECRETS}/n8n/encryption_key`]);
    await sql("ALTER ROLE n8n PASSWORD NULL");
    await expect(logInAsN8n()).rejects.toThrow(/password authentication failed/);
  });

  const DRIFTED = {
    "sese-ai/redis": "update",
    "sese-ai/redis/health": "update",
    "sese-ai/postgresql/config/postgresql.conf": "update",
    "sese-ai/n8n/secret/encryption_key": "update",
    "sese-ai/database/n8n": "update",
  };

  test("are exactly what refresh sees", async () => {
    expect(await lab.refresh()).toEqual(DRIFTED);
  });

  test("T12: are exactly what up repairs", async () => {
    // The server is restarted on its own file; it might have read the other one.
    expect(await lab.up()).toEqual({
      ...DRIFTED,
      "sese-ai/postgresql/health": "update",
      "sese-ai/smoke": "update",
    });
    expect(await host.output(["cat", `${CONFIGS}/postgresql/postgresql.conf`])).toBe(original);
    expect(await host.output(["stat", "-c", "%a %u:%g", `${SECRETS}/n8n/encryption_key`])).toBe("400 1000:1000");
    expect(await logInAsN8n()).toBe("n8n");
    await host.becomesHealthy(60);
    expect(await host.starts("vpai_redis", "vpai_postgresql")).toEqual(before);
  });

  test("are then gone", async () => {
    expect(await lab.refresh()).toEqual({});
    expect(await lab.preview()).toEqual({});
  });
});

describe("T22: a link in place of a data folder", () => {
  const FOLDER = "/opt/vpai/data/n8n";
  const ELSEWHERE = "/opt/elsewhere";
  let before: Record<string, string>;

  beforeAll(async () => {
    before = await host.starts();
    await host.output(["sh", "-euc", 'mv "$0" "$1"; ln -s "$1" "$0"', FOLDER, ELSEWHERE]);
  });

  afterAll(() => host.output(["sh", "-euc", 'rm "$0"; mv "$1" "$0"', FOLDER, ELSEWHERE]));

  test("is refused by name, and nothing of it is touched", async () => {
    const seen = (): Promise<string> => host.output(["stat", "--format=%a %u:%g %i", ELSEWHERE, `${ELSEWHERE}/config`]);
    const found = await seen();
    const { code, all } = await lab.make("refresh");
    expect(code).not.toBe(0);
    expect(all).toContain(`expected a folder at ${FOLDER}, found a link to ${ELSEWHERE}: put the folder itself there`);
    expect(await seen()).toBe(found);
    expect(await host.output(["readlink", FOLDER])).toBe(ELSEWHERE);
    expect(await host.starts()).toEqual(before);
  });
});

test("T22: the folder itself, back in its place, is no difference", async () => {
  expect(await lab.refresh()).toEqual({});
  expect(await lab.preview()).toEqual({});
});

describe("a config file that was edited and read", () => {
  let before: Record<string, string>;

  const maxmemory = async (): Promise<string> => {
    const { redisPassword = "" } = await lab.generatedSecrets();
    const ask = `AUTH default ${redisPassword}\nCONFIG GET maxmemory\n`;
    return host.output(["docker", "exec", "-i", "vpai_redis", "redis-cli", "--no-auth-warning"], { stdin: ask });
  };

  beforeAll(async () => {
    before = await host.starts("vpai_redis");
    await host.output(["sed", "-i", "s/^maxmemory .*/maxmemory 64mb/", `${CONFIGS}/redis/redis.conf`]);
    await host.docker("restart", "vpai_redis");
    await host.becomesHealthy(60);
    expect(await maxmemory()).toMatch(/67108864$/);
  });

  test("is seen, put back, and read by its service alone", async () => {
    expect(await lab.refresh()).toEqual({ "sese-ai/redis/config/redis.conf": "update" });
    expect(await lab.up()).toEqual({
      "sese-ai/redis/config/redis.conf": "update",
      "sese-ai/redis/health": "update",
      "sese-ai/smoke": "update",
    });
    await host.becomesHealthy(60);
    expect(await maxmemory()).toMatch(/201326592$/);
    expect(await host.starts("vpai_redis")).toEqual(before);
  });
});

describe("a container and a file that were removed", () => {
  let before: Record<string, string>;

  beforeAll(async () => {
    before = await host.starts("vpai_caddy", "vpai_redis");
    await host.docker("rm", "--force", "vpai_caddy");
    await host.output(["rm", `${SECRETS}/redis/users.acl`]);
  });

  test("are seen and come back", async () => {
    expect(await lab.refresh()).toEqual({
      "sese-ai/caddy": "delete",
      "sese-ai/caddy/health": "delete",
      "sese-ai/redis/secret/users.acl": "delete",
    });
    const repaired = await lab.up();
    expect(repaired).toMatchObject({
      "sese-ai/caddy": "create",
      "sese-ai/caddy/health": "create",
      "sese-ai/redis/secret/users.acl": "create",
    });
    // The host is checked as a whole again; nothing else is touched.
    const others = Object.keys(repaired).filter((name) => !/^sese-ai\/(caddy|redis)(\/|$)/.test(name));
    expect(others).toEqual(["sese-ai/smoke"]);
    expect(await host.output(["stat", "-c", "%a %u:%g", `${SECRETS}/redis/users.acl`])).toBe("400 999:999");
    await host.becomesHealthy(60);
    expect(await host.starts("vpai_caddy", "vpai_redis")).toEqual(before);
  });
});
