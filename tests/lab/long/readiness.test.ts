import { askedDuring } from "../harness/client";
import { type Result, run, succeed } from "../harness/run";
import type { LabHost } from "../harness/host";
import type { Lab } from "../harness/lab";
import { sharedLab } from "../harness/shared";
import { admitUnknownImages } from "../harness/variants";

/** Two services are to be replaced on a host that lacks something: it is left as it is, and a client sees nothing of it. */

const HEALTH = "https://mayi.vpai.test/healthz";

let lab: Lab;
let host: LabHost;
beforeAll(async () => {
  lab = await sharedLab();
  host = await lab.host("sese-ai");
  for (const service of ["redis", "postgresql"])
    await lab.pulumiSucceed(["config", "set", "--path", `vpai:overrides.${service}.cpus`, "1.75"]);
}, 1_500_000);

/** An `up` that has to fail without a started, stopped or replaced container. @returns what it said */
async function refusedUp(up: () => Promise<Result> = () => lab.make("up")): Promise<string> {
  const before = await host.starts();
  const began = Date.now();
  const { seen, result } = await askedDuring(host, HEALTH, up);
  console.log(
    `refused after ${Math.round((Date.now() - began) / 1000)} s; ${seen.bad.length} of ${seen.asked} requests failed`,
  );
  expect(result.code).not.toBe(0);
  expect([await host.starts(), seen.bad]).toEqual([before, []]);
  expect(seen.asked).toBeGreaterThan(3);
  expect(result.all).not.toMatch(/^ +at .*:\d+:\d+\)?$/m);
  expect(result.all).toContain("What failed:");
  return result.all;
}

/** The same while another file system hides a folder. */
const refusedWithout = (folder: string, options: string): Promise<string> =>
  refusedUp(async () => {
    await host.output(["mount", "-t", "tmpfs", "-o", options, "tmpfs", folder]);
    const result = await lab.make("up");
    await host.output(["umount", "--lazy", folder]);
    return result;
  });

test.each([
  ["a full disk", "/opt/vpai", "size=200m", /expected 256 MiB of free space for \/opt\/vpai, found 200 MiB/],
  ["no inodes", "/opt/vpai", "size=1g,nr_inodes=50", /expected 2000 free inodes for \/opt\/vpai, found \d+/],
  [
    "a full engine's disk",
    "/var/lib/docker",
    "size=100m",
    /expected 256 MiB of free space for \/var\/lib\/docker, found 100 MiB/,
  ],
])(
  "T11: %s",
  async (_title, folder, options, said) => {
    expect(await refusedWithout(folder, options)).toMatch(said);
  },
  300_000,
);

test("T11: a changed file is not written to a full disk either", async () => {
  lab.replace("programs/redis.ts", "maxmemory 192mb\n", "maxmemory 191mb\n");
  const said = await refusedWithout("/opt/vpai", "size=200m");
  expect(said).toMatch(/expected 256 MiB of free space for \/opt\/vpai, found 200 MiB/);
  expect(await host.output(["grep", "-c", "^maxmemory 192mb", "/opt/vpai/configs/redis/redis.conf"])).toBe("1");
  lab.restoreFiles();
}, 300_000);

test("T11: a port that somebody else's container has", async () => {
  const { Image } = await host.container("vpai_redis");
  await host.docker("stop", "vpai_caddy");
  const port = `${host.publicAddress}:443:443`;
  await host.docker("run", "--detach", "--name", "squatter", "--publish", port, "--entrypoint", "sleep", Image, "600");
  const before = await host.starts();
  const { code, all } = await lab.make("up");
  expect([code === 0, await host.starts()]).toEqual([false, before]);
  expect(all).toContain("expected that nobody else listens on");
  expect(all).toContain("found the container squatter: stop it, or publish another port");
  await host.docker("rm", "--force", "squatter");
  await host.docker("start", "vpai_caddy");
  await host.becomesHealthy(60);
}, 300_000);

test("T18: a stopped registry", async () => {
  admitUnknownImages(lab);
  await lab.pulumiSucceed(["config", "set", "--path", "vpai:overrides.n8n.image", "docker.io/n8nio/n8n:2.7.997"]);
  await succeed(["docker", "stop", `${lab.identity.prefix}-registry`]);
  const said = await refusedUp();
  await run(["docker", "start", `${lab.identity.prefix}-registry`]);
  expect(said).toContain("expected to pull the image docker.io/n8nio/n8n:2.7.997, found: ");
  expect(said).toContain("All containers were left as they are");
  lab.restoreFiles();
  await lab.pulumiSucceed(["config", "rm", "--path", "vpai:overrides.n8n"]);
}, 300_000);

test("once the host has what it needs, one up converges", async () => {
  await lab.makeSucceed("up");
  expect((await host.container("vpai_redis")).HostConfig).toMatchObject({ NanoCpus: 1_750_000_000 });
  expect(await lab.preview()).toEqual({});
  await lab.pulumiSucceed(["config", "rm", "--path", "vpai:overrides"]);
  await lab.makeSucceed("up");
}, 600_000);
