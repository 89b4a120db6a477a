import { BadN8n, FAILED_LOG, GATE, HEALTH, PREVIOUS, SERVES } from "./harness/bad-n8n";
import { askedDuring } from "./harness/client";
import type { LabHost } from "./harness/host";
import type { Lab } from "./harness/lab";
import type { Result } from "./harness/run";
import { sharedLab } from "./harness/shared";
import { pushVariant } from "./harness/variants";

/** A new version that is no good makes way for the one before; the next good one takes its place without a manual step. */

let lab: Lab;
let host: LabHost;
let n8n: BadN8n;
beforeAll(async () => {
  lab = await sharedLab();
  host = await lab.host("sese-ai");
  n8n = await BadN8n.in(lab, "crashing");
  const unstartable = `127.0.0.1:${lab.identity.registryPort}/library/redis:8.0.2-unstartable`;
  await pushVariant("redis", unstartable, ["/no/such/program"]);
}, 1_500_000);

const overrideImage = (service: string, image: string): Promise<Result> =>
  lab.pulumiSucceed(["config", "set", "--path", `vpai:overrides.${service}.image`, image]);

test(
  "a crash-looping n8n is recognised long before the last look",
  async () => {
    const said = await n8n.up("crashing");
    expect(said).toMatch(/found a crash loop: its program ended \d+ times(, with exit code 7)?\. /);
    expect(said).toContain(SERVES);
    expect(said).toMatch(FAILED_LOG);
    await n8n.expectPreviousServes();
    const { code, stdout } = await lab.make("status");
    expect(code).not.toBe(0);
    expect(stdout).toMatch(/n8n +docker\.io\/n8nio\/n8n:2\.7\.3 .*previous version, healthy/);
  },
  GATE,
);

test(
  "T18: an image that nobody has leaves every container as it is, and a client served",
  async () => {
    const containers = ["vpai_redis", "vpai_postgresql", "vpai_n8n"];
    const ids = (): Promise<string[]> => Promise.all(containers.map(async (name) => (await host.container(name)).Id));
    await overrideImage("redis", "docker.io/library/redis:8.0.2-missing");
    await lab.pulumiSucceed(["config", "set", "--path", "vpai:overrides.postgresql.cpus", "1.5"]);
    const before = await ids();
    const { seen, result } = await askedDuring(host, HEALTH, () => lab.make("up"));
    expect(result.code).not.toBe(0);
    expect(result.all).toContain("expected to pull the image docker.io/library/redis:8.0.2-missing, found: ");
    expect(result.all).toContain("found that these failed: sese-ai/redis/image. All containers were left as they are");
    expect(result.all).not.toContain("Missing required argument");
    expect([await ids(), seen.bad]).toEqual([before, []]);
    expect(seen.asked).toBeGreaterThan(3);
  },
  GATE,
);

test(
  "a Redis that cannot be started keeps neither a mended n8n nor PostgreSQL from being brought up",
  async () => {
    await lab.pulumiSucceed(["config", "rm", "--path", "vpai:overrides.n8n"]);
    await lab.pulumiSucceed(["config", "set", "--path", "vpai:overrides.postgresql.cpus", "1.25"]);
    await overrideImage("redis", "docker.io/library/redis:8.0.2-unstartable");
    const { code, all } = await lab.make("up");
    expect(code).not.toBe(0);
    expect(all).toContain("/no/such/program");
    expect(all).toContain("vpai_redis: The previous version (image docker.io/library/redis:8.0.2) serves again.");
    expect((await host.container("vpai_redis")).State.Health?.Status).toBe("healthy");
    expect((await host.container("vpai_postgresql")).HostConfig).toMatchObject({ NanoCpus: 1_250_000_000 });
    const mended = await host.container("vpai_n8n");
    expect(mended).toMatchObject({ Image: n8n.goodImage, State: { Health: { Status: "healthy" } } });
    expect(mended.Config.Labels[PREVIOUS]).toBeUndefined();
  },
  GATE,
);

test(
  "a Redis whose changed file it does not accept serves with the file of before",
  async () => {
    await lab.pulumiSucceed(["config", "rm", "--path", "vpai:overrides.redis"]);
    lab.replace("programs/redis.ts", "appendonly yes\n", "appendonly perhaps\n");
    const { code, all } = await lab.make("up");
    expect(code).not.toBe(0);
    expect(all).toContain("'appendonly perhaps'");
    expect(all).toContain("The previous version (image docker.io/library/redis:8.0.2) serves again.");
    expect((await host.container("vpai_redis")).State.Health?.Status).toBe("healthy");
    expect(await host.docker("exec", "vpai_redis", "cat", "/usr/local/etc/redis/redis.conf")).toContain(
      "appendonly yes",
    );
  },
  GATE,
);

test(
  "once all is mended, the next up converges and nothing is left of the bad versions",
  async () => {
    lab.restoreFiles();
    await lab.pulumiSucceed(["config", "rm", "--path", "vpai:overrides"]);
    await lab.makeSucceed("up");
    expect(await lab.preview()).toEqual({});
    await lab.makeSucceed("status");
    const names = await host.docker("ps", "--all", "--format", "{{.Names}}");
    expect(names.split("\n").sort()).toEqual(["vpai_caddy", "vpai_n8n", "vpai_postgresql", "vpai_redis"]);
    expect(await host.docker("ps", "--all", "--quiet", "--filter", `label=${PREVIOUS}`)).toBe("");
  },
  GATE,
);
