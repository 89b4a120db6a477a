import "./without-sdk";
import { pauses } from "./pauses";
import { type HealthGateInputs, healthGateKind } from "../../../providers/resources/health-gate";
import type { Answer } from "../../../providers/ssh/transport";
import { SshServer } from "./ssh-server";

let server: SshServer;
let inputs: HealthGateInputs;

beforeAll(async () => {
  server = await SshServer.start();
  inputs = {
    connection: server.connection,
    container: "vpai_n8n",
    revision: "1",
    containerId: "c0ffee",
    tries: 20,
    interval: 5,
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
    { Id: "c0ffee", State: { Status, ...(health === undefined ? {} : { Health: { Status: health } }) } },
  ]),
  stderr: "",
});

/** The container as each look finds it, the last one for ever; and the lines that it logged. */
function looks(answers: readonly Answer[], log = ""): void {
  let look = 0;
  server.respond = (argv) => {
    if (argv[0] === "sh") return { code: 0, stdout: log, stderr: "" };
    look += 1;
    return answers[Math.min(look, answers.length) - 1];
  };
}

const inspections = (): number => server.commands.filter(([, , verb]) => verb === "inspect").length;

test("a healthy container opens the gate at the first look", async () => {
  looks([state("running", "healthy")]);
  expect(await healthGateKind.ensure(inputs)).toEqual(inputs);
  expect(server.commands).toEqual([["docker", "container", "inspect", "--", "vpai_n8n"]]);
  expect(pauses).not.toHaveBeenCalled();
});

test("one that starts is waited for: first often, then every 5 seconds", async () => {
  looks([MISSING, ...Array.from({ length: 7 }, () => state("running", "starting")), state("running", "healthy")]);
  expect(await healthGateKind.ensure(inputs)).toEqual(inputs);
  expect(inspections()).toBe(9);
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
  ["missing", MISSING],
  ["running", state("running")],
])(
  "one that stays %s fails after 20 looks, with its condition and its last 30 log lines",
  async (condition, answer) => {
    const lines = Array.from({ length: 30 }, (_, index) => `line ${index + 71}: it's \`broken\` $HOME`).join("\n");
    looks([answer], `${lines}\n`);
    const failure: unknown = await healthGateKind.ensure(inputs).catch((error: unknown) => error);
    expect((failure as Error).message).toBe(
      `vpai_n8n on 127.0.0.1 is not healthy: expected "healthy", found "${condition}" after 20 looks, 5 s apart. ` +
        `Its last 30 log lines:\n${lines}`,
    );
    expect(inspections()).toBe(20);
    expect(pauses).toHaveBeenCalledTimes(19);
    // The two outputs of the container, in the order in which it wrote them.
    expect(server.commands.at(-1)).toEqual([
      "sh",
      "-c",
      'docker logs --tail "$1" -- "$2" 2>&1',
      "vpai",
      "30",
      "vpai_n8n",
    ]);
  },
);

test("an engine that does not answer is an error of its own, at once", async () => {
  looks([{ code: 1, stdout: "", stderr: "Cannot connect to the Docker daemon" }]);
  await expect(healthGateKind.ensure(inputs)).rejects.toThrow(
    "root@127.0.0.1: docker inspect of vpai_n8n failed: Cannot connect to the Docker daemon",
  );
  expect(inspections()).toBe(1);
});

test("what it sees later is drift: another condition, another container, none", async () => {
  looks([state("exited")]);
  expect(await healthGateKind.observe(inputs)).toEqual({ ...inputs, condition: "exited" });
  looks([state("running", "healthy")]);
  expect(await healthGateKind.observe({ ...inputs, containerId: "other" })).toEqual(inputs);
  looks([MISSING]);
  expect(await healthGateKind.observe(inputs)).toBeUndefined();
});

test("deleting the gate touches nothing", async () => {
  await healthGateKind.remove(inputs);
  expect(server.commands).toEqual([]);
});
