import { eventually } from "../eventually";
import { askedDuring } from "./harness/client";
import type { LabHost } from "./harness/host";
import type { Lab } from "./harness/lab";
import { killUp } from "./harness/processes";
import type { Result } from "./harness/run";
import { sharedLab } from "./harness/shared";
import { admitUnknownImages, pushVariant } from "./harness/variants";

/** A new version that is no good makes way for the one before; the next good one takes its place without a manual step. */

const GOOD = "docker.io/n8nio/n8n:2.7.3";
const HEALTH = "https://mayi.vpai.test/healthz";
const PREVIOUS = "dev.vpai.previous";

/** Milliseconds that a bad version may take: 20 looks, its stop timeout, and the start of the one before. */
const GATE = 480_000;

/** Programs in place of n8n's, on its port. `say` is what their log shows. */
const answering = (status: string): string[] => [
  ...["tini", "--", "node", "-e"],
  `const began = Date.now();
   require("http").createServer((request, response) => {
     response.statusCode = ${status};
     console.log("the bad version answers " + response.statusCode);
     response.end();
   }).listen(5678);`,
];
const BAD = {
  unhealthy: answering("503"),
  flapping: answering("Date.now() - began < 8000 ? 200 : 503"),
  crashing: ["tini", "--", "sh", "-c", "echo the bad version gives up; sleep 1; exit 7"],
};

let lab: Lab;
let host: LabHost;
let goodImage: string;
beforeAll(async () => {
  lab = await sharedLab();
  host = await lab.host("sese-ai");
  goodImage = (await host.container("vpai_n8n")).Image;
  const registry = `127.0.0.1:${lab.identity.registryPort}`;
  for (const [tag, entrypoint] of Object.entries(BAD)) {
    await pushVariant("n8n", `${registry}/n8nio/n8n:2.7.3-${tag}`, entrypoint);
  }
  await pushVariant("redis", `${registry}/library/redis:8.0.2-unstartable`, ["/no/such/program"]);
  admitUnknownImages(lab);
}, 1_500_000);

const overrideImage = (service: string, image: string): Promise<Result> =>
  lab.pulumiSucceed(["config", "set", "--path", `vpai:overrides.${service}.image`, image]);

/** Asks for a bad n8n, with a client before it. @returns what the failed `up` said */
async function upToBad(kind: keyof typeof BAD): Promise<string> {
  await overrideImage("n8n", `${GOOD}-${kind}`);
  const began = Date.now();
  const { seen, result } = await askedDuring(host, HEALTH, () => lab.make("up"));
  const seconds = Math.round((Date.now() - began) / 1000);
  console.log(`${kind} n8n: up took ${seconds} s; ${seen.bad.length} of ${seen.asked} requests of a client failed`);
  expect(result.code).not.toBe(0);
  expect(seen.asked).toBeGreaterThan(10);
  return result.all;
}

async function expectPreviousServes(): Promise<void> {
  const serving = await host.container("vpai_n8n");
  expect(serving).toMatchObject({ Image: goodImage, State: { Health: { Status: "healthy" } } });
  expect(serving.Config.Labels[PREVIOUS]).toBe(GOOD);
  const { seen } = await askedDuring(host, HEALTH, () => new Promise((resolve) => setTimeout(resolve, 2000)));
  expect(seen.bad).toEqual([]);
}

const FAILED_LOG = /Its last 30 log lines:\n\s+the bad version/;
const SERVES = `The previous version (image ${GOOD}) serves again.`;

test(
  "a crash-looping n8n is recognised long before the last look",
  async () => {
    const said = await upToBad("crashing");
    expect(said).toMatch(/found a crash loop: its program ended \d+ times(, with exit code 7)?\. /);
    expect(said).toContain(SERVES);
    expect(said).toMatch(FAILED_LOG);
    await expectPreviousServes();
    const { code, stdout } = await lab.make("status");
    expect(code).not.toBe(0);
    expect(stdout).toMatch(/n8n +docker\.io\/n8nio\/n8n:2\.7\.3 .*previous version, healthy/);
  },
  GATE,
);

test(
  "an up that tries the bad version again and is killed meanwhile",
  async () => {
    const { Id } = await host.container("vpai_n8n.failed");
    const up = lab.make("up");
    await eventually(async () => {
      if ((await host.container("vpai_n8n")).Id !== Id) throw new Error("the bad version has not got its name back");
    }, 120);
    killUp(lab.directory);
    expect((await up).code).not.toBe(0);
  },
  GATE,
);

test(
  "is followed by an n8n that is healthy at first, and then is not",
  async () => {
    const said = await upToBad("flapping");
    expect(said).toMatch(/found that it was healthy, and that its health check failed 3 times in a row/);
    expect(said).toContain(SERVES);
    expect(said).toMatch(FAILED_LOG);
    await expectPreviousServes();
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
    const n8n = await host.container("vpai_n8n");
    expect(n8n).toMatchObject({ Image: goodImage, State: { Health: { Status: "healthy" } } });
    expect(n8n.Config.Labels[PREVIOUS]).toBeUndefined();
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
  "an n8n that never becomes healthy",
  async () => {
    const said = await upToBad("unhealthy");
    expect(said).toMatch(
      /vpai_n8n on \S+ \(image \S+-unhealthy\) is not healthy: expected "healthy", found ("\w+" after 20|that Docker calls it unhealthy)/,
    );
    expect(said).toContain(SERVES);
    expect(said).toMatch(FAILED_LOG);
    await expectPreviousServes();
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
