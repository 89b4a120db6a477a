import "../without-sdk";
import { pauses } from "../pauses";
import { implement } from "../../../../providers/implementation";
import { type HealthGateInputs, healthGateKind } from "../../../../providers/resources/health-gate";
import type { Answer } from "../../../../providers/ssh/transport";
import { SshServer } from "../ssh-server";
import { inspected } from "../../inspected";

let server: SshServer;
let inputs: HealthGateInputs;

beforeAll(async () => {
  server = await SshServer.start();
  inputs = {
    connection: server.connection,
    container: "vpai_n8n",
    revision: "1",
    containerId: "c0ffee",
    image: "docker.io/n8nio/n8n:2.7.3",
    configs: "/opt/vpai/configs/n8n",
    lastHealthy: "/opt/vpai/last-healthy/n8n",
    tries: 20,
    interval: 5,
    settle: 15,
    condition: "healthy",
  };
});

afterAll(() => server.stop());

beforeEach(() => {
  server.commands.length = 0;
  pauses.mockClear();
});

const MISSING: Answer = { code: 1, stdout: "[]\n", stderr: "Error: No such container: vpai_n8n\n" };

const state = (Status: string, health?: string): Answer => ({
  code: 0,
  stdout: JSON.stringify([
    inspected({
      State: {
        Status,
        StartedAt: "2026-02-26T12:00:00Z",
        ...(health === undefined ? {} : { Health: { Status: health } }),
      },
      HostConfig: { NetworkMode: "backend" },
      networks: { backend: { Aliases: ["n8n"] } },
    }),
  ]),
  stderr: "",
});

/** The container as each look finds it, the last one for ever; and the lines that it logged. */
function looks(answers: readonly Answer[], log = ""): void {
  let look = 0;
  server.respond = (argv) => {
    if (argv[2] !== "inspect") return answerTo(argv, log);
    look += 1;
    return answers[Math.min(look, answers.length) - 1];
  };
}

/** No version was healthy before, and what is done to the container works. */
function answerTo(argv: string[], log: string): Answer {
  if (argv[0] === "sh" && argv.at(-1) === "/opt/vpai/last-healthy/n8n") return { code: 44, stdout: "", stderr: "" };
  return { code: 0, stdout: argv[0] === "sh" ? log : "", stderr: "" };
}

/** Whether a command keeps a version. */
const kept = (argv: string[]): boolean => argv[0] === "sh" && argv.includes("/opt/vpai/configs/n8n");

const inspections = (): number => server.commands.filter(([, , verb]) => verb === "inspect").length;

test("a healthy container opens the gate at the first look", async () => {
  looks([state("running", "healthy")]);
  expect(await healthGateKind.ensure(inputs)).toEqual(inputs);
  expect(server.commands).toContainEqual(["docker", "container", "inspect", "--", "c0ffee"]);
  expect(server.commands.filter(kept).length).toBe(1);
  expect(pauses).not.toHaveBeenCalled();
});

test("one that starts is waited for: first often, then every 5 seconds", async () => {
  looks([...Array.from({ length: 9 }, () => state("running", "starting")), state("running", "healthy")]);
  expect(await healthGateKind.ensure(inputs)).toEqual(inputs);
  expect(pauses.mock.calls.map(([milliseconds]) => milliseconds)).toEqual([
    1000, 2000, 3000, 4000, 5000, 5000, 5000, 5000,
  ]);
});

test.each([
  ["unhealthy", state("running", "unhealthy")],
  ["starting", state("running", "starting")],
  ["restarting", state("restarting", "starting")],
  ["exited", state("exited", "unhealthy")],
  ["created", state("created")],
  ["running", state("running")],
])(
  "one that stays %s fails after 20 looks, with its condition and its last 30 log lines",
  async (condition, answer) => {
    const lines = Array.from({ length: 30 }, (_, index) => `line ${index + 71}: it's \`broken\` $HOME`).join("\n");
    looks([answer], `${lines}\n`);
    const failure: unknown = await healthGateKind.ensure(inputs).catch((error: unknown) => error);
    expect((failure as Error).message).toBe(
      'vpai_n8n on 127.0.0.1 (image docker.io/n8nio/n8n:2.7.3) is not healthy: expected "healthy", found ' +
        `"${condition}" after 20 looks, 5 s apart. Mend it and run \`up\` again. Its last 30 log lines:\n${lines}`,
    );
    expect(pauses).toHaveBeenCalledTimes(19);
    expect(server.commands.filter(kept)).toEqual([]);
    // The two outputs of the container, in the order in which it wrote them.
    expect(server.commands).toContainEqual([
      "sh",
      "-c",
      'docker logs --tail "$1" -- "$2" 2>&1',
      "vpai",
      "30",
      "c0ffee",
    ]);
  },
);

test("an engine that answers with an error of its own is asked once", async () => {
  looks([{ code: 1, stdout: "", stderr: "Error response from daemon: database is locked" }]);
  await expect(healthGateKind.ensure(inputs)).rejects.toThrow(
    "root@127.0.0.1: docker inspect of c0ffee failed: Error response from daemon: database is locked",
  );
  expect(inspections()).toBe(1);
});

test("a container that is gone is an error that says what to do", async () => {
  looks([MISSING]);
  await expect(healthGateKind.ensure(inputs)).rejects.toThrow(
    "root@127.0.0.1 has no container c0ffee, which was vpai_n8n: run `refresh`, so that the next `up` creates it anew",
  );
});

describe("changed files", () => {
  const restarts = (): string[][] => server.commands.filter(([, verb]) => verb === "restart");
  const restart = { revision: "2", folders: ["/opt/vpai/configs/n8n"], timeout: 30 };
  const gate = (): HealthGateInputs => ({ ...inputs, revision: "2", restart });

  /** A healthy container, and what the host says of its files. */
  const filesAre = (answer: Answer): void => {
    looks([state("running", "healthy")]);
    const { respond } = server;
    server.respond = (argv) =>
      argv[4] === "/opt/vpai/last-healthy/n8n.read" && argv[7] === "0" ? answer : respond(argv);
  };

  test("are taken on before the container is watched", async () => {
    filesAre({ code: 0, stdout: "unread\n", stderr: "" });
    await healthGateKind.ensure(gate());
    expect(restarts()).toEqual([["docker", "restart", "--time", "30", "c0ffee"]]);
    expect(server.commands.at(-1)?.[0]).toBe("sh");
    expect(server.commands.findIndex(([, verb]) => verb === "restart")).toBeLessThan(
      server.commands.findLastIndex(kept),
    );
  });

  test("that were read are not read again", async () => {
    filesAre({ code: 0, stdout: "read\n", stderr: "" });
    await healthGateKind.ensure(gate());
    expect(restarts()).toEqual([]);
  });

  test("T21: a container whose files are not what it was given is not healthy", async () => {
    filesAre({ code: 45, stdout: "/opt/vpai/configs/n8n/x\n", stderr: "" });
    await expect(healthGateKind.ensure(gate())).rejects.toThrow(
      'vpai_n8n on 127.0.0.1 (image docker.io/n8nio/n8n:2.7.3) is not healthy: expected "healthy", found files that are not ' +
        "what it was given (/opt/vpai/configs/n8n/x): run `refresh`, then `up`. Mend it and run `up` again.",
    );
    expect(restarts()).toEqual([]);
  });

  test("are no reason by themselves in states that do not know of them", async () => {
    const { diff } = implement(healthGateKind);
    const old = { ...inputs, version: 2 };
    expect(await diff("id", old, { ...inputs, restart, given: "x" })).toMatchObject({ changes: false });
    expect(await diff("id", old, gate())).toMatchObject({ changes: true, replaces: [] });
  });
});

test("what it sees later is drift: another condition, another container, none", async () => {
  looks([state("exited")]);
  expect(await healthGateKind.observe(inputs)).toEqual({ ...inputs, condition: "exited" });
  looks([state("running", "healthy")]);
  expect(await healthGateKind.observe({ ...inputs, containerId: "other" })).toEqual(inputs);
  looks([MISSING]);
  expect(await healthGateKind.observe(inputs)).toBeUndefined();
});

test("T13: networks that it is attached to are drift where the state knows which it belongs to", async () => {
  looks([state("running", "healthy")]);
  const networks = { backend: ["n8n"], egress: ["n8n"] };
  expect(await healthGateKind.observe({ ...inputs, networks })).toEqual({ ...inputs, networks: { backend: ["n8n"] } });
});

describe("T13: networks that it belongs to", () => {
  const networks = { backend: ["n8n"], egress: ["n8n"] };
  const said = jest.spyOn(console, "log").mockReturnValue();

  test("are attached anew, and its program is started again for that", async () => {
    looks([state("running", "healthy")]);
    await healthGateKind.ensure({ ...inputs, networks });
    expect(server.commands.filter(([, verb]) => verb === "network" || verb === "restart")).toEqual([
      ["docker", "network", "connect", "--alias", "n8n", "egress", "c0ffee"],
      ["docker", "restart", "c0ffee"],
    ]);
    expect(said).toHaveBeenCalledWith(
      expect.stringMatching(/^vpai_n8n on .* no longer attached to egress .* restarted once$/),
    );
  });

  test("are no reason by themselves in states that do not know of them", async () => {
    const { diff } = implement(healthGateKind);
    const old = { ...inputs, version: 2 };
    expect(await diff("id", old, { ...inputs, networks })).toMatchObject({ changes: false });
    expect(await diff("id", { ...old, networks: { backend: ["n8n"] } }, { ...inputs, networks })).toMatchObject({
      changes: true,
      replaces: [],
    });
  });
});

test("T14: what a run found wrong is reason enough once: a refresh sees no difference in it, and found again it is another one", async () => {
  looks([state("running", "healthy")]);
  const { diff } = implement(healthGateKind);
  const found = { ...inputs, found: "unhealthy, seen 2026-02-26T12:00:00.000Z" };
  expect(await diff("id", { ...inputs, version: 2 }, found)).toMatchObject({ changes: true, replaces: [] });
  const kept = { ...(await healthGateKind.ensure(found)), version: 2 };
  expect(await diff("id", kept, found)).toMatchObject({ changes: false });
  expect(await diff("id", kept, inputs)).toMatchObject({ changes: false });
  const again = { ...inputs, found: "unhealthy, seen 2026-02-26T13:00:00.000Z" };
  expect(await diff("id", kept, again)).toMatchObject({ changes: true, replaces: [] });
});

test("deleting the gate leaves the container to its own resource, and forgets the healthy version", async () => {
  looks([state("running", "healthy"), MISSING]);
  server.commands.length = 0;
  await healthGateKind.remove(inputs);
  expect(server.commands.filter(([, , verb]) => verb !== "inspect")).toEqual([
    [
      "rm",
      "-rf",
      "--",
      "/opt/vpai/last-healthy/n8n",
      "/opt/vpai/last-healthy/n8n.new",
      "/opt/vpai/last-healthy/n8n.read",
      "/opt/vpai/last-healthy/n8n.fits",
    ],
  ]);
});
