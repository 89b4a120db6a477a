import { askedDuring } from "./harness/client";
import type { LabHost } from "./harness/host";
import type { Lab } from "./harness/lab";
import { sharedLab } from "./harness/shared";
import { admitUnknownImages } from "./harness/variants";

/** What cannot work is refused before it does harm. */

const HEALTH = "https://mayi.vpai.test/healthz";

let lab: Lab;
let host: LabHost;
beforeAll(async () => {
  lab = await sharedLab();
  host = await lab.host("sese-ai");
}, 1_500_000);

test("a wrong passphrase fails before any host is touched", async () => {
  const hosts = await lab.hosts();
  const before = await Promise.all(hosts.map((each) => each.logins()));
  const { code, all } = await lab.make("up", { environment: { ...process.env, PULUMI_CONFIG_PASSPHRASE: "wrong" } });
  const after = await Promise.all(hosts.map((each) => each.logins()));
  expect(code).not.toBe(0);
  expect(all).toMatch(/passphrase/);
  // To count the logins takes one.
  expect(after).toEqual(before.map((count) => count + 1));
});

describe("an image tag that does not exist", () => {
  test("fails the up and leaves the old container serving", async () => {
    const before = await host.starts();
    // Without the lab's own look at the tag it is the host's pull that fails, as on every other stack.
    admitUnknownImages(lab);
    await lab.pulumiSucceed(["config", "set", "--path", "vpai:overrides.n8n.image", "docker.io/n8nio/n8n:2.7.999"]);
    const { seen, result } = await askedDuring(host, HEALTH, () => lab.make("up"));
    const { code, all } = result;
    expect(code).not.toBe(0);
    expect(all).toContain("expected to pull the image docker.io/n8nio/n8n:2.7.999, found: ");
    expect({ bad: seen.bad, enough: seen.asked > 5 }).toEqual({ bad: [], enough: true });
    expect(await host.starts()).toEqual(before);
  });

  test("is forgotten once it is reverted", async () => {
    const before = await host.starts();
    lab.restoreFiles();
    await lab.pulumiSucceed(["config", "rm", "--path", "vpai:overrides.n8n"]);
    await lab.makeSucceed("up");
    expect(await lab.preview()).toEqual({});
    expect(await host.starts()).toEqual(before);
  });

  test("T18: that the lab has no image for is refused before anything is changed, without a stack trace", async () => {
    await lab.pulumiSucceed(["config", "set", "--path", "vpai:overrides.n8n.image", "docker.io/n8nio/n8n:2.7.998"]);
    const { code, all } = await lab.make("up");
    await lab.pulumiSucceed(["config", "rm", "--path", "vpai:overrides.n8n"]);
    expect(code).not.toBe(0);
    expect(all).toContain("docker.io/n8nio/n8n:2.7.998, which its catalogue lacks");
    expect(all).not.toMatch(/^ +at /m);
  });
});

describe("a container of the same name that is not ours", () => {
  let foreign: string;
  beforeAll(async () => {
    const { Image } = await host.container("vpai_redis");
    await host.docker("rm", "--force", "vpai_redis");
    foreign = await host.docker("run", "--detach", "--name", "vpai_redis", "--entrypoint", "sleep", Image, "infinity");
    expect(await lab.refresh()).toMatchObject({ "sese-ai/redis": "delete" });
  });

  test("T20: is left alone, and the error names the switch", async () => {
    const { code, all } = await lab.make("up");
    expect(code).not.toBe(0);
    expect(all).toMatch(/a container named vpai_redis exists on .*is not this stack's/);
    expect(all).toContain("set `vpai:adopt` to true");
    expect(await host.container("vpai_redis")).toMatchObject({ Id: foreign, State: { Status: "running" } });
  });

  test("is replaced once the switch is set", async () => {
    await lab.pulumiSucceed(["config", "set", "vpai:adopt", "true"]);
    const { all } = await lab.makeSucceed("up");
    expect(all).toContain("removed container vpai_redis, adopted, running");
    const now = await host.container("vpai_redis");
    expect(now.Id).not.toBe(foreign);
    expect(now).toMatchObject({
      State: { Health: { Status: "healthy" } },
      Config: { Labels: { "dev.vpai.stack": "lab" } },
    });
  });
});
