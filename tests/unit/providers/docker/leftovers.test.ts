import { type Leftover, removeLeftover } from "../../../../providers/docker/leftovers";
import type { Answer, CommandRunner } from "../../../../providers/ssh/transport";

const LABELS = { "dev.vpai.host": "sese-ai", "dev.vpai.stack": "prod" };
const CONTAINER: Leftover = { kind: "container", name: "vpai_n8n", labels: LABELS, adopt: false };
const NETWORK: Leftover = { kind: "network", name: "backend", labels: LABELS, adopt: false };

/** A Docker engine with at most one object, and what was asked of it. */
function engine(found: object | string): CommandRunner & { commands: string[][] } {
  const commands: string[][] = [];
  const answer = (argv: readonly string[]): Answer => {
    commands.push([...argv]);
    if (!argv.includes("inspect")) return { code: 0, stdout: "", stderr: "" };
    if (typeof found === "string") return { code: 1, stdout: "[]", stderr: found };
    return { code: 0, stdout: JSON.stringify([found]), stderr: "" };
  };
  const run = (argv: readonly string[]): Promise<Answer> => Promise.resolve(answer(argv));
  return { name: "root@host", commands, run, output: async (argv) => (await run(argv)).stdout };
}

const container = (labels: Record<string, string> | null, Status = "created"): object => ({
  Id: "c0ffee",
  State: { Status },
  Config: { Labels: labels },
});

test.each([
  ["container", CONTAINER, "Error response from daemon: No such container: vpai_n8n"],
  ["network", NETWORK, "Error response from daemon: network backend not found"],
  ["network", NETWORK, "Error: No such network: backend"],
])("a free name of a %s stays untouched", async (kind, leftover, message) => {
  const host = engine(message);
  expect(await removeLeftover(host, leftover)).toBeUndefined();
  expect(host.commands).toEqual([["docker", kind, "inspect", leftover.name]]);
});

test("our own container is a leftover of an interrupted run, and goes with its anonymous volumes", async () => {
  const host = engine(container({ ...LABELS, "com.example.more": "x" }));
  expect(await removeLeftover(host, CONTAINER)).toBe("left by an interrupted run, created");
  expect(host.commands[1]).toEqual(["docker", "rm", "--force", "--volumes", "c0ffee"]);
});

test("one that runs gets its stop timeout first", async () => {
  const host = engine(container(LABELS, "running"));
  expect(await removeLeftover(host, CONTAINER)).toBe(
    "unknown to the state (which was lost or set back, or whose run was interrupted; its data stays), running",
  );
  expect(host.commands.slice(1)).toEqual([
    ["docker", "stop", "c0ffee"],
    ["docker", "rm", "--force", "--volumes", "c0ffee"],
  ]);
});

test("the previous version, which serves because a new one failed, makes way for the next", async () => {
  const host = engine(container({ ...LABELS, "dev.vpai.previous": "docker.io/n8nio/n8n:2.7.3" }, "running"));
  expect(await removeLeftover(host, CONTAINER)).toBe(
    "the previous version, which served since a new one failed, running",
  );
});

test("our own network goes too", async () => {
  const host = engine({ Id: "beef", Labels: LABELS });
  expect(await removeLeftover(host, NETWORK)).toBe("left by an interrupted run");
  expect(host.commands[1]).toEqual(["docker", "network", "rm", "beef"]);
});

test.each([
  ["no labels", null],
  ["somebody's labels", { owner: "somebody" }],
  ["another stack's labels", { ...LABELS, "dev.vpai.stack": "lab" }],
  ["only some of ours", { "dev.vpai.host": "sese-ai" }],
])("one with %s is refused, and the error names the switch", async (_what, labels) => {
  const host = engine(container(labels, "running"));
  await expect(removeLeftover(host, CONTAINER)).rejects.toThrow(
    /^a container named vpai_n8n exists on root@host and is not this stack's \(expected the labels .*dev\.vpai\.stack=prod.*vpai:adopt/,
  );
  expect(host.commands.length).toBe(1);
});

test("a foreign network is refused as well", async () => {
  const host = engine({ Id: "beef", Labels: {} });
  await expect(removeLeftover(host, NETWORK)).rejects.toThrow(
    /a network named backend exists .*dev\.vpai\.host=sese-ai/,
  );
  expect(host.commands.length).toBe(1);
});

test("with adopt, a foreign one is replaced, and that is said", async () => {
  const host = engine(container(null, "running"));
  expect(await removeLeftover(host, { ...CONTAINER, adopt: true })).toBe("adopted, running");
  expect(host.commands[2]).toEqual(["docker", "rm", "--force", "--volumes", "c0ffee"]);
});

test("an engine that does not answer is no free name", async () => {
  const host = engine("Cannot connect to the Docker daemon");
  await expect(removeLeftover(host, CONTAINER)).rejects.toThrow(
    "root@host: docker container inspect vpai_n8n failed: Cannot connect to the Docker daemon",
  );
});

test("T3: a network in use is never swept; whoever uses it is named", async () => {
  const inUse: CommandRunner = {
    ...engine({ Id: "beef", Labels: LABELS }),
    run: (argv) =>
      Promise.resolve(
        argv.includes("rm")
          ? { code: 1, stdout: "", stderr: "error while removing network: network backend has active endpoints" }
          : { code: 0, stdout: JSON.stringify([{ Id: "beef", Labels: LABELS }]), stderr: "" },
      ),
    output: () => Promise.resolve("vpai_n8n vpai_redis \n"),
  };
  await expect(removeLeftover(inUse, NETWORK)).rejects.toThrow(
    "root@host: expected the network backend as it is described, or unused, found another one under its name, " +
      "used by vpai_n8n vpai_redis. The state does not know it: bring the newest state back (make state-restore), " +
      "or stop these containers and run up again.",
  );
});
