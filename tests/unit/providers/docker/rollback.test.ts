import "../without-sdk";
import { pauses } from "../pauses";
import { type FakeEngine, onlyHost } from "../fake-engine";
import { prepareVersion, restoreAfterFailedCreation } from "../../../../providers/docker/rollback";
import type { Version } from "../../../../providers/docker/last-healthy";
import { type HealthGateInputs, healthGateKind } from "../../../../providers/resources/health-gate";

/** A new version that is not healthy makes way for the one before. */

let host: FakeEngine;

const GOOD = "docker.io/n8nio/n8n:2.7.3";
const BAD = "docker.io/n8nio/n8n:2.7.4";
const CONTENT = `n8nio/n8n@sha256:${"2".repeat(64)}`;
const FOLDER = "/opt/vpai/last-healthy/n8n";
const CONFIGS = "/opt/vpai/configs/n8n";

const gate = (containerId: string, image: string, revision = "files 1"): HealthGateInputs => ({
  connection: { host: "192.0.2.1", port: 22, user: "root", hostKey: "ssh-ed25519 AAAA" },
  container: "vpai_n8n",
  containerId,
  image,
  revision,
  configs: CONFIGS,
  lastHealthy: FOLDER,
  tries: 20,
  interval: 10,
  settle: 15,
  condition: "healthy",
});

/** The good version was accepted; then the container was replaced by one of the bad version. */
beforeEach(async () => {
  host = await onlyHost();
  host.registry.set(CONTENT, "sha256:good");
  host.behaviours.set("sha256:good", { looks: [{ status: "running", health: "healthy" }] });
  host.put("vpai_n8n", "good1", "sha256:good", { "dev.vpai.service": "n8n" });
  await healthGateKind.ensure(gate("good1", GOOD));
  await host.output(["docker", "rm", "good1"]);
  host.put("vpai_n8n", "bad1", "sha256:bad", { "dev.vpai.service": "n8n" });
  host.changes.length = 0;
  pauses.mockClear();
});

afterEach(() => host.stop());

const messageOf = async (attempt: Promise<unknown>): Promise<string> =>
  attempt.then(
    () => "it passed",
    (error: Error) => error.message,
  );

test("an unhealthy version: the one before serves again, and the error says why", async () => {
  host.behaviours.set("sha256:bad", { looks: [{ status: "running", health: "unhealthy" }], log: "cannot migrate" });
  expect(await messageOf(healthGateKind.ensure(gate("bad1", BAD)))).toBe(
    `vpai_n8n on 192.0.2.1 (image ${BAD}) is not healthy: expected "healthy", found "unhealthy" after 20 looks, 10 s apart. ` +
      `The previous version (image ${GOOD}) serves again. The failed one is kept, stopped, as vpai_n8n.failed. ` +
      "Mend the new one and run `up` again, which tries it anew. Its last 30 log lines:\ncannot migrate",
  );
  expect(host.list()).toEqual(["vpai_n8n.failed sha256:bad stopped", "vpai_n8n sha256:good runs"]);
  // The name is free before it is taken, and the failed one has stopped before another writes its data.
  expect(host.changes).toEqual([
    ["docker", "stop", "bad1"],
    ["docker", "rename", "bad1", "vpai_n8n.failed"],
    ["create", "vpai_n8n", "made1"],
    ["docker", "start", "made1"],
  ]);
});

test("a version that Docker calls unhealthy while it is watched makes way at once", async () => {
  const looks = ["starting", "starting", "starting", "starting", "unhealthy"].map((health) => ({
    status: "running",
    health,
  }));
  host.behaviours.set("sha256:bad", { looks });
  expect(await messageOf(healthGateKind.ensure(gate("bad1", BAD)))).toContain(
    'expected "healthy", found that Docker calls it unhealthy: its start period is over',
  );
  expect(pauses.mock.calls).toEqual([[1000], [2000], [3000]]);
  expect(host.list()).toEqual(["vpai_n8n.failed sha256:bad stopped", "vpai_n8n sha256:good runs"]);
});

test("a version that only took on files is not judged by the checks of before", async () => {
  const looks = ["unhealthy", "unhealthy", "healthy"].map((health) => ({ status: "running", health }));
  host.behaviours.set("sha256:bad", { looks });
  await healthGateKind.ensure(gate("bad1", BAD));
  expect(host.list()).toEqual(["vpai_n8n sha256:bad runs"]);
});

test("what serves again is made as the healthy one was, and reads the files of that time", async () => {
  host.behaviours.set("sha256:bad", { looks: [{ status: "exited" }] });
  await messageOf(healthGateKind.ensure(gate("bad1", BAD)));
  expect(host.described("vpai_n8n")).toMatchObject({
    Image: "sha256:good",
    Config: { Env: ["N8N_PORT=5678"], Labels: { "dev.vpai.service": "n8n", "dev.vpai.previous": GOOD } },
    HostConfig: {
      NetworkMode: "backend",
      Memory: 1073741824,
      Mounts: [
        { Type: "bind", Source: `${FOLDER}/configs`, Target: "/etc/n8n" },
        { Type: "bind", Source: "/opt/vpai/data/n8n", Target: "/home/node/.n8n" },
      ],
    },
    NetworkSettings: { Networks: { backend: { Aliases: ["n8n"] }, egress: { Aliases: ["n8n"] } } },
  });
});

test("an earlier version is made beside the one in use, in place of what waited there, and not started", async () => {
  host.put("vpai_n8n.rollback", "left", "sha256:good");
  const version = JSON.parse(host.kept ?? "") as Version;
  await prepareVersion(host, gate("bad1", BAD), version);
  expect(host.list()).toEqual(["vpai_n8n sha256:bad runs", "vpai_n8n.rollback sha256:good stopped"]);
  expect(host.described("vpai_n8n.rollback")?.HostConfig.Mounts).toContainEqual({
    ...{ Type: "bind", Source: `${FOLDER}/configs`, Target: "/etc/n8n" },
  });
  host.behaviours.delete("sha256:good");
  await prepareVersion(host, gate("bad1", BAD), version);
  expect(host.changes).toContainEqual(["pull", CONTENT]);
});

test("a crash loop is recognised after five restarts", async () => {
  const looks = [0, 2, 4, 5].map((restarts) => ({ status: "restarting", health: "starting", restarts, exitCode: 7 }));
  host.behaviours.set("sha256:bad", { looks });
  expect(await messageOf(healthGateKind.ensure(gate("bad1", BAD)))).toMatch(
    /found a crash loop: its program ended 6 times, with exit code 7\. The previous version .* serves again\./,
  );
  expect(pauses.mock.calls.length).toBeLessThan(5);
});

test("a crash loop that is seen while the program runs again has no exit code to tell", async () => {
  host.behaviours.set("sha256:bad", { looks: [{ status: "running", health: "starting", restarts: 5 }] });
  expect(await messageOf(healthGateKind.ensure(gate("bad1", BAD)))).toContain(
    "found a crash loop: its program ended 5 times. The previous version",
  );
});

test.each([
  ["its health check fails three times", [0, 1, 0, 1, 1, 1], 0, "its health check failed 3 times in a row within 12 s"],
  ["its program ends", [0], 1, "its program ended within 4 s"],
])("one that was healthy and is not any more, because %s", async (_what, checks, restarts, found) => {
  const healthy = { status: "running", health: "healthy" };
  // Putting it in place, waiting for it, and settling look at it.
  host.behaviours.set("sha256:bad", { looks: [healthy, healthy, healthy, { ...healthy, restarts }], checks });
  const message = await messageOf(healthGateKind.ensure(gate("bad1", BAD)));
  expect(message).toContain(`found that it was healthy, and that ${found} of that. The previous version`);
  expect(host.list()).toContain("vpai_n8n sha256:good runs");
});

test("one that stays healthy for 15 seconds is kept, and nothing is left of the one before", async () => {
  host.behaviours.set("sha256:bad", { looks: [{ status: "running", health: "healthy" }] });
  host.put("vpai_n8n.failed", "bad0", "sha256:bad");
  await healthGateKind.ensure(gate("bad1", BAD));
  expect(pauses.mock.calls.map(([milliseconds]) => milliseconds)).toEqual(Array.from({ length: 8 }, () => 2000));
  expect(host.list()).toEqual(["vpai_n8n sha256:bad runs"]);
  expect(host.changes.at(-1)).toEqual(["keep", FOLDER, CONFIGS]);
  expect(JSON.parse(host.kept ?? "")).toMatchObject({ containerId: "bad1", image: BAD, revision: "files 1" });
});

describe("a version that has brought the data into another form", () => {
  const fails = (stderr: string) => ({ code: 1, stdout: "", stderr });
  const USED = "backup: expected data of version 17, found those of 18, which have been used";
  beforeEach(() => void host.behaviours.set("sha256:bad", { looks: [{ status: "running", health: "unhealthy" }] }));

  test("makes way for the one before once the data of before are back", async () => {
    const asked: string[] = [];
    host.fits = (image) => {
      asked.push(image, host.list().join());
      return { code: 0, stdout: "", stderr: "" };
    };
    expect(await messageOf(healthGateKind.ensure(gate("bad1", BAD)))).toContain(`image ${GOOD}) serves again.`);
    // Asked while the failed one still has its name: nobody else uses the data.
    expect(asked).toEqual(["sha256:good", "vpai_n8n sha256:bad runs"]);
  });

  test("stays where going back would lose what was written since, and nothing is started on data that it does not read", async () => {
    host.fits = () => fails(`${USED}\n`);
    expect(await messageOf(healthGateKind.ensure(gate("bad1", BAD)))).toContain(
      `The previous version (image ${GOOD}) was NOT started: ${USED.replace("backup: ", "")}.`,
    );
    expect(host.list()).toEqual(["vpai_n8n sha256:bad runs"]);
    expect(host.changes).toEqual([]);
  });

  test("is not given its place back while the data are those of before", async () => {
    await messageOf(healthGateKind.ensure(gate("bad1", BAD)));
    host.changes.length = 0;
    host.fits = () => fails("backup: expected data of version 18, found those of 17");
    expect(await messageOf(healthGateKind.ensure(gate("bad1", BAD)))).toBe(
      "expected data of version 18, found those of 17",
    );
    expect(host.list()).toEqual(["vpai_n8n.failed sha256:bad stopped", "vpai_n8n sha256:good runs"]);
    expect(host.changes).toEqual([]);
  });
});

describe("a failed version that is asked for again", () => {
  beforeEach(async () => {
    host.behaviours.set("sha256:bad", { looks: [{ status: "exited" }] });
    await messageOf(healthGateKind.ensure(gate("bad1", BAD)));
    host.changes.length = 0;
  });

  test("gets its name back, and passes once it is healthy", async () => {
    host.behaviours.set("sha256:bad", { looks: [{ status: "running", health: "healthy" }] });
    await healthGateKind.ensure(gate("bad1", BAD));
    expect(host.list()).toEqual(["vpai_n8n sha256:bad runs"]);
    expect(host.changes.slice(0, 4)).toEqual([
      ["docker", "stop", "made1"],
      ["docker", "rm", "--force", "--volumes", "made1"],
      ["docker", "rename", "bad1", "vpai_n8n"],
      ["docker", "start", "bad1"],
    ]);
  });

  test("fails again while it is as bad, however healthy the one that serves", async () => {
    expect(await messageOf(healthGateKind.ensure(gate("bad1", BAD)))).toContain("serves again");
    expect(host.list()).toEqual(["vpai_n8n.failed sha256:bad stopped", "vpai_n8n sha256:good runs"]);
  });

  test("fails when the engine cannot start it", async () => {
    host.behaviours.set("sha256:bad", { looks: [], refusal: "no such program" });
    expect(await messageOf(healthGateKind.ensure(gate("bad1", BAD)))).toContain(
      'expected "healthy", found that it does not start: no such program. The previous version',
    );
  });

  test("goes with its service, and so does the one that serves", async () => {
    await healthGateKind.remove(gate("bad1", BAD));
    expect(host.list()).toEqual([]);
    expect(host.kept).toBeUndefined();
  });

  test("is drift to a refresh", async () => {
    expect(await healthGateKind.observe(gate("bad1", BAD))).toMatchObject({
      containerId: "made1",
      condition: "healthy",
    });
  });
});

test("the version before does not serve either: both are said", async () => {
  host.behaviours.set("sha256:bad", { looks: [{ status: "exited" }] });
  host.behaviours.set("sha256:good", { looks: [{ status: "running", health: "unhealthy" }] });
  expect(await messageOf(healthGateKind.ensure(gate("bad1", BAD)))).toContain(
    `The previous version (image ${GOOD}) was started again and does NOT serve either: expected "healthy", found "unhealthy"`,
  );
});

describe("the image of the version before was removed from the host", () => {
  beforeEach(() => {
    host.behaviours.set("sha256:bad", { looks: [{ status: "exited" }] });
    host.behaviours.delete("sha256:good");
  });

  test("C7: it is pulled again by its content, which the kept version knows, and serves", async () => {
    expect(JSON.parse(host.kept ?? "")).toMatchObject({ content: CONTENT });
    expect(await messageOf(healthGateKind.ensure(gate("bad1", BAD)))).toContain(
      `The previous version (image ${GOOD}) serves again.`,
    );
    expect(host.changes.slice(3)).toEqual([
      ["pull", CONTENT],
      ["create", "vpai_n8n", "made1"],
      ["docker", "start", "made1"],
    ]);
  });

  test("C7: and nobody has it any more: the engine's reason and the registry's are shown", async () => {
    host.registry.clear();
    const message = await messageOf(healthGateKind.ensure(gate("bad1", BAD)));
    expect(message).toContain(
      "found root@host: the engine did not create vpai_n8n (404): No such image: sha256:good, and it cannot be pulled again: ",
    );
    expect(message).toContain(
      `expected to pull the image ${CONTENT}, found: docker.io has no such tag ("manifest unknown")`,
    );
  });
});

describe("T10: an engine that is restarted meanwhile, with all containers", () => {
  const healthy = { status: "running", health: "healthy" };

  test("is no fault of a version that has just become healthy", async () => {
    const restarted = { ...healthy, restarts: 1, engine: "engine 2" };
    host.behaviours.set("sha256:bad", { looks: [healthy, healthy, healthy, restarted] });
    await healthGateKind.ensure(gate("bad1", BAD));
    expect(host.list()).toEqual(["vpai_n8n sha256:bad runs"]);
    expect(host.changes).toEqual([["keep", FOLDER, CONFIGS]]);
  });

  test("lets one that is not healthy yet be watched anew", async () => {
    const starting = { status: "running", health: "starting" };
    const looks = Array.from({ length: 21 }, (_, look) => (look < 2 ? starting : { ...starting, engine: "engine 2" }));
    host.behaviours.set("sha256:bad", { looks: [...looks, healthy] });
    await healthGateKind.ensure(gate("bad1", BAD));
    expect(host.list()).toEqual(["vpai_n8n sha256:bad runs"]);
  });

  test("is no excuse for a program that ends under the same engine again", async () => {
    const restarted = { ...healthy, restarts: 1, engine: "engine 2" };
    const ended = { ...healthy, restarts: 2 };
    host.behaviours.set("sha256:bad", { looks: [healthy, healthy, healthy, restarted, restarted, ended] });
    expect(await messageOf(healthGateKind.ensure(gate("bad1", BAD)))).toContain(
      "found that it was healthy, and that its program ended within 2 s of that. The previous version",
    );
  });
});

test("changed files alone are a new version, too", async () => {
  await host.output(["docker", "rm", "bad1"]);
  host.behaviours.set("sha256:good", { looks: [{ status: "running", health: "unhealthy" }] });
  host.put("vpai_n8n", "good1", "sha256:good");
  expect(await messageOf(healthGateKind.ensure(gate("good1", GOOD, "files 2")))).toContain("The previous version");
  expect(host.described("vpai_n8n")?.Id).toBe("made1");
});

test("a version that was healthy once is not replaced by itself", async () => {
  await host.output(["docker", "rm", "bad1"]);
  host.behaviours.set("sha256:good", { looks: [{ status: "running", health: "unhealthy" }] });
  host.put("vpai_n8n", "good1", "sha256:good");
  host.changes.length = 0;
  expect(await messageOf(healthGateKind.ensure(gate("good1", GOOD)))).toContain(
    "It was restarted once, which did not help. Mend it and run `up` again.",
  );
  expect(host.changes).toEqual([["docker", "restart", "good1"]]);
});

describe("T14: one that was healthy, is not, and that nothing was changed about", () => {
  const said = jest.spyOn(console, "log").mockReturnValue();

  beforeEach(async () => {
    await host.output(["docker", "rm", "bad1"]);
    host.put("vpai_n8n", "good1", "sha256:good");
    host.changes.length = 0;
    said.mockClear();
  });

  test("is restarted once, and the run says so", async () => {
    const unhealthy = { status: "running", health: "unhealthy" };
    host.behaviours.set("sha256:good", { looks: [unhealthy, unhealthy, { status: "running", health: "healthy" }] });
    await healthGateKind.ensure({ ...gate("good1", GOOD), found: "unhealthy" });
    expect(host.changes.slice(0, -1)).toEqual([["docker", "restart", "good1"]]);
    expect(said.mock.calls).toEqual([
      ["vpai_n8n on root@host is unhealthy, though nothing about it changed: it is restarted once"],
    ]);
  });

  test("is left alone where it only starts", async () => {
    const starting = { status: "running", health: "starting" };
    host.behaviours.set("sha256:good", { looks: [starting, starting, { status: "running", health: "healthy" }] });
    await healthGateKind.ensure(gate("good1", GOOD));
    expect(host.changes.slice(0, -1)).toEqual([]);
  });

  test("is let go on where it was paused", async () => {
    const healthy = { status: "running", health: "healthy" };
    host.behaviours.set("sha256:good", { looks: [{ status: "paused", health: "healthy" }, healthy] });
    await healthGateKind.ensure(gate("good1", GOOD));
    expect(host.changes.slice(0, -1)).toEqual([["docker", "unpause", "good1"]]);
  });
});

describe("a container that could not be created", () => {
  const place = { container: "vpai_n8n", configs: CONFIGS, lastHealthy: FOLDER };

  test("but for its start is put aside for the version before", async () => {
    expect(await restoreAfterFailedCreation(host, place)).toMatch(/^The previous version .* serves again\./);
    expect(host.list()).toEqual(["vpai_n8n.failed sha256:bad stopped", "vpai_n8n sha256:good runs"]);
  });

  test("at all leaves the name to the version before", async () => {
    await host.output(["docker", "rm", "bad1"]);
    expect(await restoreAfterFailedCreation(host, place)).toBe(
      `The previous version (image ${GOOD}) was started again.`,
    );
    expect(host.list()).toEqual(["vpai_n8n sha256:good runs"]);
  });

  test("for the first time has no version before it", async () => {
    host.kept = undefined;
    expect(await restoreAfterFailedCreation(host, place)).toBeUndefined();
    expect(host.list()).toEqual(["vpai_n8n sha256:bad runs"]);
  });
});
