import { setTimeout as sleep } from "node:timers/promises";
import { eventually } from "../../eventually";
import { askedDuring, type Seen } from "../harness/client";
import type { LabHost } from "../harness/host";
import type { Lab } from "../harness/lab";
import type { Result } from "../harness/run";
import { sharedLab } from "../harness/shared";
import { admitUnknownImages, pushVariant } from "../harness/variants";

/** What a bad version costs, and what a container can lose while nothing about it changes. */

const GOOD = "docker.io/n8nio/n8n:2.7.3";
const HEALTH = "https://mayi.vpai.test/healthz";

/** Milliseconds for one `up`, or a few. */
const LONG = 480_000;

/** Seconds that a service may be down before the previous version serves. */
const DOWN = 30;

let lab: Lab;
let host: LabHost;
let goodImage: string;
beforeAll(async () => {
  lab = await sharedLab();
  host = await lab.host("sese-ai");
  goodImage = (await host.container("vpai_n8n")).Image;
  const registry = `127.0.0.1:${lab.identity.registryPort}`;
  const bad = {
    unstartable: ["/no/such/program"],
    crashing: ["tini", "--", "sh", "-c", "echo the bad version gives up; sleep 1; exit 7"],
    greedy: ["tini", "--", "node", "-e", "const kept = []; setInterval(() => kept.push(Buffer.alloc(2e7, 1)), 10);"],
    unhealthy: [
      "tini",
      "--",
      "node",
      "-e",
      'require("http").createServer((_, a) => a.writeHead(503).end()).listen(5678)',
    ],
  };
  for (const [tag, entrypoint] of Object.entries(bad))
    await pushVariant("n8n", `${registry}/n8nio/n8n:2.7.3-gate-${tag}`, entrypoint);
  admitUnknownImages(lab);
}, 1_500_000);

const override = (setting: string, value: string): Promise<Result> =>
  lab.pulumiSucceed(["config", "set", "--path", `vpai:overrides.${setting}`, value]);

/** Seconds that a client got no good answer, in one piece at most. */
const longestDown = ({ gaps }: Seen): number => Math.max(0, ...gaps);

/** A failing `up` with a client before the service. @returns what it said */
async function upWithClient(what: string): Promise<{ said: string; down: number }> {
  const began = Date.now();
  const { seen, result } = await askedDuring(host, HEALTH, () => lab.make("up"));
  const down = longestDown(seen);
  console.log(
    `${what}: up took ${Math.round((Date.now() - began) / 1000)} s; a client was without an answer for ${down.toFixed(1)} s`,
  );
  expect(result.code).not.toBe(0);
  expect(seen.asked).toBeGreaterThan(5);
  return { said: result.all, down };
}

const previousServes = async (): Promise<void> =>
  expect(await host.container("vpai_n8n")).toMatchObject({
    Image: goodImage,
    State: { Status: "running" },
    Config: { Labels: { "dev.vpai.previous": GOOD } },
  });

describe("a version that is no good costs seconds", () => {
  test.each([
    ["cannot start", "unstartable", /\/no\/such\/program/],
    ["crash-loops", "crashing", /found a crash loop: its program ended \d+ times/],
    [
      "T19: is out of memory",
      "greedy",
      /found that it is out of memory: the kernel ended its program (once|\d times), at a peak of 640 MiB with a limit of 640 MiB\./,
    ],
  ])(
    "%s: down for at most 30 s",
    async (what, tag, words) => {
      await override("n8n.image", `${GOOD}-gate-${tag}`);
      const { said, down } = await upWithClient(what);
      expect(said).toMatch(words);
      expect(said).toContain(`The previous version (image ${GOOD}) serves again.`);
      await previousServes();
      expect(down).toBeLessThan(DOWN);
    },
    LONG,
  );

  test(
    "a health check whose command does not exist: down for at most 30 s, and the run ends within 90 s",
    async () => {
      await lab.pulumiSucceed(["config", "rm", "--path", "vpai:overrides"]);
      lab.replace("programs/n8n.ts", 'health: { test: ["wget",', 'health: { test: ["/no/such/check",');
      const began = Date.now();
      const { said, down } = await upWithClient("a broken health check");
      expect(said).toMatch(/found that its health check cannot be run, .*"\/no\/such\/check"/);
      await previousServes();
      expect(down).toBeLessThan(DOWN);
      expect(Date.now() - began).toBeLessThan(90_000);
      lab.replace("programs/n8n.ts", 'health: { test: ["/no/such/check",', 'health: { test: ["wget",');
      await lab.makeSucceed("up");
    },
    LONG,
  );
});

test(
  "T10: an engine that is restarted while gates wait, twice, changes nothing about what is brought up",
  async () => {
    for (const service of ["n8n", "redis"]) await override(`${service}.cpus`, "0.75");
    const before = await host.container("vpai_n8n");
    const up = lab.make("up");
    for (const wait of [3000, 12_000]) {
      await eventually(async () => {
        const { Id, State } = await host.container("vpai_n8n");
        if (Id === before.Id || State.Status !== "running") throw new Error("the new n8n does not run yet");
      }, 120);
      await sleep(wait);
      await host.output(["systemctl", "restart", "docker"]);
    }
    const { code, all } = await up;
    expect(all).not.toContain("previous version");
    expect([code, code === 0 ? "" : all]).toEqual([0, ""]);
    expect((await host.container("vpai_n8n")).HostConfig.NanoCpus).toBe(750_000_000);
    await lab.pulumiSucceed(["config", "rm", "--path", "vpai:overrides"]);
    await lab.makeSucceed("up");
  },
  LONG,
);

describe("T13: a network that was detached by hand", () => {
  const networksOf = async (): Promise<string[]> =>
    Object.keys(
      JSON.parse(await host.docker("inspect", "-f", "{{json .NetworkSettings.Networks}}", "vpai_n8n")) as object,
    );

  test("is seen by a refresh, attached again by up, and nothing else is touched", async () => {
    const others = await host.starts("vpai_n8n");
    await host.docker("network", "disconnect", "backend", "vpai_n8n");
    expect(await lab.refresh()).toHaveProperty(["sese-ai/n8n/health"], "update");
    expect(await lab.up()).toEqual({ "sese-ai/n8n/health": "update" });
    expect((await networksOf()).sort()).toEqual(["backend", "egress"]);
    expect(await host.starts("vpai_n8n")).toEqual(others);
    await lab.makeSucceed("status");
  }, 240_000);

  test("is put right by an up without a refresh, too", async () => {
    await host.docker("network", "disconnect", "backend", "vpai_n8n");
    const { all } = await lab.makeSucceed("up");
    expect(all).toMatch(/vpai_n8n on \S+ was no longer attached to backend .* restarted once/);
    expect((await networksOf()).sort()).toEqual(["backend", "egress"]);
  }, 240_000);
});

test("T14: an unhealthy service that nothing was changed about is drift, and restarted once", async () => {
  const { Id } = await host.container("vpai_redis");
  await host.output(["sh", "-c", 'kill -STOP "$(docker inspect -f "{{.State.Pid}}" vpai_redis)"']);
  await eventually(async () => {
    if ((await host.container("vpai_redis")).State.Health?.Status !== "unhealthy") throw new Error("not unhealthy yet");
  }, 120);
  expect(await lab.refresh()).toHaveProperty(["sese-ai/redis/health"], "update");
  const { all } = await lab.makeSucceed("up");
  expect(all).toMatch(/vpai_redis on \S+ is unhealthy, though nothing about it changed: it is restarted once/);
  expect(await host.container("vpai_redis")).toMatchObject({ Id, State: { Health: { Status: "healthy" } } });
  expect(await lab.preview()).toEqual({});
}, 480_000);

test("T16: a memory limit below what the program uses is refused with what it uses, and it runs on", async () => {
  const before = await host.starts();
  await override("n8n.memoryMiB", "64");
  const { code, all } = await lab.make("up");
  expect(code).not.toBe(0);
  expect(all).toMatch(/vpai_n8n on \S+: expected a memory limit above the \d+ MiB that it uses now, found 64 MiB\./);
  expect(all).not.toContain("runc");
  expect(await host.starts()).toEqual(before);
  await lab.pulumiSucceed(["config", "rm", "--path", "vpai:overrides"]);
  // The host was found ready for the other figure, too.
  expect(await lab.up()).toEqual({ "sese-ai/readiness": "update" });
}, 240_000);

test(
  "C7: the image of the version before was pruned while a bad one was tried: it is pulled again",
  async () => {
    await override("n8n.image", `${GOOD}-gate-unhealthy`);
    const up = upWithClient("a bad version, and docker system prune");
    await eventually(async () => {
      const { Image, State } = await host.container("vpai_n8n");
      if (Image === goodImage || State.Status !== "running") throw new Error("the bad version does not run yet");
    }, 120);
    await host.docker("system", "prune", "--all", "--force");
    expect((await host.run(["docker", "image", "inspect", goodImage])).code).not.toBe(0);
    const { said } = await up;
    expect(said).toContain(`The previous version (image ${GOOD}) serves again.`);
    await previousServes();
    // Networks that no container was on are gone, too.
    await lab.pulumiSucceed(["config", "rm", "--path", "vpai:overrides"]);
    await lab.makeSucceed("refresh");
    await lab.makeSucceed("up");
    expect(await lab.preview()).toEqual({});
    await lab.makeSucceed("status");
  },
  LONG,
);
