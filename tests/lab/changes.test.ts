import type { Changes } from "./harness/changes";
import type { LabHost } from "./harness/host";
import type { Lab } from "./harness/lab";
import { sharedLab } from "./harness/shared";
import { authorityOf, get } from "./harness/site";

/** A change touches what it is about and nothing else, and the preview says so beforehand. */

const MIB = 1024 * 1024;
const ROOT_SITE = "https://vpai.test/health";

let lab: Lab;
let host: LabHost;
beforeAll(async () => {
  lab = await sharedLab();
  host = await lab.host("sese-ai");
}, 1_500_000);

/** Previews, then brings up; both have to name exactly `expected`, and only `container` may have been started anew. */
async function upAs(expected: Changes, container: string): Promise<void> {
  const before = await host.starts(container);
  expect(await lab.preview()).toEqual(expected);
  expect(await lab.up()).toEqual(expected);
  await host.becomesHealthy(120);
  expect(await host.starts(container)).toEqual(before);
}

/** A service takes on its changed file, is waited for, and the host is checked. */
const appliedBy = (service: string): Changes => ({
  [`sese-ai/${service}/health`]: "update",
  "sese-ai/smoke": "update",
});

/** The host, before one of its containers changes. */
const LOOKED_AT: Changes = { "sese-ai/readiness": "update" };

describe("a memory limit", () => {
  test("in the stack file touches its service alone", async () => {
    await lab.pulumiSucceed(["config", "set", "--path", "vpai:overrides.caddy.memoryMiB", "320"]);
    await upAs({ "sese-ai/caddy": "update", ...LOOKED_AT }, "vpai_caddy");
    expect((await host.container("vpai_caddy")).HostConfig.Memory).toBe(320 * MIB);
  });

  test("in the service's file touches its service alone", async () => {
    lab.replace("programs/postgresql.ts", "limits: { memoryMiB: 640", "limits: { memoryMiB: 641");
    await upAs({ "sese-ai/postgresql": "update", ...LOOKED_AT }, "vpai_postgresql");
    expect((await host.container("vpai_postgresql")).HostConfig.Memory).toBe(641 * MIB);
  });
});

describe("a config file", () => {
  test("of PostgreSQL restarts PostgreSQL alone", async () => {
    lab.replace("programs/postgresql.ts", "max_connections = 100\n", "max_connections = 101\n");
    const { State } = await host.container("vpai_postgresql");
    await upAs(
      { "sese-ai/postgresql/config/postgresql.conf": "update", ...appliedBy("postgresql") },
      "vpai_postgresql",
    );
    expect(await host.docker("exec", "vpai_postgresql", "psql", "-U", "postgres", "-tAc", "SHOW max_connections")).toBe(
      "101",
    );
    expect((await host.container("vpai_postgresql")).State.StartedAt).not.toBe(State.StartedAt);
  });

  test("of Redis restarts Redis alone", async () => {
    lab.replace("programs/redis.ts", "maxmemory 192mb\n", "maxmemory 191mb\n");
    const { Id, State } = await host.container("vpai_redis");
    await upAs({ "sese-ai/redis/config/redis.conf": "update", ...appliedBy("redis") }, "vpai_redis");
    const after = await host.container("vpai_redis");
    expect(after.Id).toBe(Id);
    expect(after.State.StartedAt).not.toBe(State.StartedAt);
  });

  test("of Caddy is taken on without a restart", async () => {
    const authority = await authorityOf(host);
    expect((await get(host, ROOT_SITE, authority)).headers["referrer-policy"]).toBe("strict-origin-when-cross-origin");
    lab.replace("programs/caddy/caddyfile.ts", "strict-origin-when-cross-origin", "no-referrer");
    await upAs({ "sese-ai/caddy/config/Caddyfile": "update", ...appliedBy("caddy") }, "none may start anew");
    expect((await get(host, ROOT_SITE, authority)).headers["referrer-policy"]).toBe("no-referrer");
  });

  test("that Caddy refuses does not take effect", async () => {
    const [authority, before] = await Promise.all([authorityOf(host), host.starts()]);
    const served = await host.output(["sha256sum", "/opt/vpai/configs/caddy/Caddyfile"]);
    lab.replace("programs/caddy/caddyfile.ts", '"grace_period 10s"', '"grace_period soon"');
    const { code, all } = await lab.make("up");
    expect(code).not.toBe(0);
    expect(all).toMatch(/grace_period|invalid duration/);
    expect(await host.output(["sha256sum", "/opt/vpai/configs/caddy/Caddyfile"])).toBe(served);
    expect(await host.output(["find", "/opt/vpai/configs/caddy", "-type", "f"])).toBe(
      "/opt/vpai/configs/caddy/Caddyfile",
    );
    expect(await host.starts()).toEqual(before);
    expect((await get(host, ROOT_SITE, authority)).headers["referrer-policy"]).toBe("no-referrer");

    lab.replace("programs/caddy/caddyfile.ts", '"grace_period soon"', '"grace_period 10s"');
    expect(await lab.up()).toEqual({});
  });
});
