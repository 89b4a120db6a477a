import { spawn } from "node:child_process";
import { eventually } from "../../eventually";
import { DEFERRED, knownOfWorkstation } from "../harness/away";
import { localDocker } from "../harness/docker";
import type { LabHost } from "../harness/host";
import type { Lab } from "../harness/lab";
import { cleanEnvironment } from "../harness/run";
import { sharedLab } from "../harness/shared";

/** A host that is switched off: the others go on without it, and it catches up. And services, reached by name. */

let lab: Lab;
let sese: LabHost;
/** The container that is the workstation. */
let workstation: string;
beforeAll(async () => {
  lab = await sharedLab();
  sese = await lab.host("sese-ai");
  workstation = `${lab.identity.prefix}-workstation`;
}, 1_500_000);
afterAll(async () => {
  await localDocker("start", workstation);
  lab.restoreFiles();
  await lab.makeSucceed("up");
}, 600_000);

const expectTrue = (condition: boolean): Promise<void> =>
  condition ? Promise.resolve() : Promise.reject(new Error("not yet"));

/** Seconds for one `make` with a host that has to be waited for. */
const options = { timeout: 400 };

const memoryOf = async (container: string): Promise<number> =>
  (await sese.container(container)).HostConfig.Memory / 2 ** 20;

const limitRedis = (memoryMiB: number): Promise<unknown> =>
  lab.pulumiSucceed(["config", "set", "--path", "vpai:overrides.redis.memoryMiB", String(memoryMiB)]);

describe("with the workstation switched off", () => {
  let before: string[];
  beforeAll(async () => {
    before = await knownOfWorkstation(lab);
    await localDocker("stop", workstation);
    // A change of the host itself: without services, it has no networks.
    lab.replace("platforms/vpai/hosts.ts", "oftenOffline: true,", 'oftenOffline: true, timeZone: "Etc/UTC",');
  }, 120_000);

  test(
    "up deploys the others, says what is deferred, and succeeds",
    async () => {
      await limitRedis(200);
      const { all } = await lab.makeSucceed("up", options);
      expect(all).toMatch(DEFERRED);
      expect(all).toMatch(/workstation: .*; 1 change waits\n/);
      expect(await memoryOf("vpai_redis")).toBe(200);
      expect(await knownOfWorkstation(lab)).toEqual(before);
    },
    options.timeout * 1000,
  );

  test(
    "up fails where the stack's file says so, and deploys the others all the same",
    async () => {
      await lab.pulumiSucceed(["config", "set", "--path", "vpai:hosts.workstation.unreachable", "fail"]);
      await limitRedis(210);
      const { code, all } = await lab.make("up", options);
      await lab.pulumiSucceed(["config", "rm", "--path", "vpai:hosts.workstation.unreachable"]);
      expect(code).not.toBe(0);
      expect(all).toMatch(DEFERRED);
      expect(all).toContain("this fails the run, as vpai:hosts.workstation.unreachable says");
      expect(await memoryOf("vpai_redis")).toBe(210);
      expect(await knownOfWorkstation(lab)).toEqual(before);
    },
    options.timeout * 1000,
  );

  test("refresh looks at the others, and forgets nothing", async () => {
    const { all } = await lab.makeSucceed("refresh", options);
    expect(all).toMatch(DEFERRED);
    expect(await knownOfWorkstation(lab)).toEqual(before);
  });

  test("up of that host alone has nothing to do, and says why", async () => {
    const { all } = await lab.makeSucceed("up HOST=workstation", options);
    expect(all).toMatch(DEFERRED);
    expect(all).not.toContain("Resources:");
  });

  test("status has one line for it, and nothing to complain of", async () => {
    const { stdout } = await lab.makeSucceed("status");
    const lines = stdout.split("\n").filter((line) => line.startsWith("workstation"));
    expect(lines.map((line) => line.trim().split(/ {2,}/).at(-1))).toEqual(["offline"]);
  });

  test(
    "switched on again, the next up catches up, and the one after is empty",
    async () => {
      await localDocker("start", workstation);
      const { all } = await lab.makeSucceed("up", options);
      expect(all).not.toContain("Deferred");
      const host = await lab.host("workstation");
      expect(await host.output(["readlink", "/etc/localtime"])).toMatch(/\/Etc\/UTC$/);
      expect(await lab.up()).toEqual({});
    },
    options.timeout * 2000,
  );
});

describe("services by name", () => {
  test("logs shows the last lines of a service", async () => {
    const { stdout } = await lab.makeSucceed("-s logs SERVICE=redis LINES=2");
    const lines = stdout.trimEnd().split("\n");
    expect(lines).toHaveLength(2);
    for (const line of lines) expect(line).toMatch(/^\d{4}-\d\d-\d\dT\S+Z .+/);
  });

  test("logs follows what comes, and nothing of it stays behind on the host", async () => {
    const child = spawn("make", ["-s", "logs", "SERVICE=redis", "FOLLOW=1", "LINES=1"], {
      ...{ cwd: lab.directory, env: cleanEnvironment(), detached: true },
      stdio: ["ignore", "pipe", "ignore"],
    });
    let printed = "";
    child.stdout.on("data", (chunk: Buffer) => (printed += chunk.toString("utf8")));
    const write = ["exec", "vpai_redis", "sh", "-c", "echo marker-of-ours >/proc/1/fd/1"];
    await eventually(() => expectTrue(printed !== ""), 60);
    await sese.docker(...write);
    await eventually(() => expectTrue(printed.includes("marker-of-ours")), 20);
    if (child.pid !== undefined) process.kill(-child.pid, "SIGINT");
    await eventually(async () => {
      const { stdout } = await sese.run(["pgrep", "--full", "docker logs"]);
      await expectTrue(stdout.trim() === "");
    }, 20);
  });

  test("exec passes input, arguments and the exit code on", async () => {
    const command = [`exec`, `SERVICE=redis`, `CMD=sh -c 'cat; printf "[%s]" "$@"; exit 7' sh "a b" '$HOME'`];
    const { stdout, stderr } = await lab.makeArguments(["-s", ...command], { stdin: "hello" });
    expect(stdout).toBe("hello[a b][$HOME]");
    // make has an exit code of its own, and names that of the command.
    expect(stderr).toMatch(/Error 7$/m);
  });

  test("restart waits until the service is healthy, and says how long it was down", async () => {
    const before = await sese.container("vpai_redis");
    const { stdout } = await lab.makeSucceed("-s restart SERVICE=redis");
    const after = await sese.container("vpai_redis");
    expect(stdout).toMatch(/^redis on sese-ai is healthy again; it was down for \d+\.\d s$/m);
    expect(after.Id).toBe(before.Id);
    expect(after.State.StartedAt).not.toBe(before.State.StartedAt);
    expect(after.State.Health?.Status).toBe("healthy");
  });

  test("a wrong name is told with the known ones", async () => {
    const { code, all } = await lab.make("restart SERVICE=rediss");
    expect(code).not.toBe(0);
    expect(all).toContain("rename it to redis");
    expect(all).not.toMatch(/^\s+at .*:\d+:\d+/m);
  });
});

test("up of one service leaves the others, which would change, too", async () => {
  await lab.pulumiSucceed(["config", "set", "--path", "vpai:overrides.n8n.memoryMiB", "900"]);
  await limitRedis(220);
  const before = await memoryOf("vpai_n8n");
  await lab.makeSucceed("up SERVICE=redis", options);
  expect([await memoryOf("vpai_redis"), await memoryOf("vpai_n8n")]).toEqual([220, before]);
  const { all } = await lab.makeSucceed("preview");
  expect(all).toMatch(/By host:\n(.*\n)* {2}sese-ai: \d+ to change \(.*n8n.*\)/);
}, 600_000);
