import { fake } from "../fake-pulumi";
import { spawnSync } from "node:child_process";
import { existsSync, writeFileSync } from "node:fs";
import os from "node:os";
import { chosenStack, main, prepareStack, pulumi, pulumiOutput } from "../../../../commands/stack/pulumi";
import { deployedHosts } from "../../../../commands/stack/hosts";

beforeEach(() => fake.reset());
afterAll(() => fake.remove());

/** Process id of a process that has ended. */
const deadProcess = (): number => spawnSync("true").pid;

const knownStack = (stack: string): void => writeFileSync(fake.backendFile("stacks", "vpai", `${stack}.json`), "{}");

const lock = (stack: string, content: object): void =>
  writeFileSync(fake.backendFile("locks", "organization", "vpai", stack, "lock.json"), JSON.stringify(content));

describe("chosenStack", () => {
  const before = process.env["STACK"];
  afterEach(() => {
    if (before === undefined) delete process.env["STACK"];
    else process.env["STACK"] = before;
  });

  test.each([
    ["prod", "prod"],
    ["", "lab"],
    [undefined, "lab"],
  ])("STACK=%s is %s", (given, stack) => {
    if (given === undefined) delete process.env["STACK"];
    else process.env["STACK"] = given;
    expect(chosenStack()).toBe(stack);
  });
});

describe("running pulumi", () => {
  test("hands arguments over and its exit code back", async () => {
    fake.answer({ code: 42 });
    expect(await pulumi("lab", "up", "--stack", "lab")).toBe(42);
    expect(fake.calls).toEqual(["up --stack lab"]);
  });

  test("a run that was ended by a signal fails as a shell would say it", async () => {
    fake.answer({ signal: "KILL" });
    expect(await pulumi("lab", "up")).toBe(128 + os.constants.signals.SIGKILL);
  });

  test("its output is its standard output alone", async () => {
    fake.answer({ stdout: '{"a": 1}\n', stderr: "a warning\n" });
    expect(await pulumiOutput("lab", "stack", "output", "--json")).toBe('{"a": 1}\n');
  });

  test("a failure tells what it printed", async () => {
    fake.answer({ code: 255, stderr: "error: no such stack\n", stdout: "some output\n" });
    await expect(pulumiOutput("lab", "stack", "output")).rejects.toThrow(
      "pulumi stack failed: error: no such stack\nsome output",
    );
  });
});

describe("prepareStack", () => {
  test("makes a stack that the backend does not know", async () => {
    await prepareStack("lab");
    expect(fake.calls).toEqual(["stack select --create lab"]);
  });

  test("asks for nothing when the stack is there and free", async () => {
    knownStack("lab");
    await prepareStack("lab");
    expect(fake.calls).toEqual([]);
  });

  describe("after a run that was killed", () => {
    let said: jest.SpyInstance;
    beforeEach(() => {
      knownStack("lab");
      lock("lab", { pid: deadProcess(), username: "me", hostname: os.hostname(), timestamp: "2026-02-26T00:00:00Z" });
      said = jest.spyOn(console, "error").mockImplementation(() => undefined);
    });
    afterEach(() => said.mockRestore());

    test("releases its lock, and says so", async () => {
      fake.export({ version: 3, deployment: { resources: [] } });
      await prepareStack("lab");
      expect(fake.calls).toEqual(["cancel --yes --stack lab", "stack export --stack lab"]);
      expect(said).toHaveBeenCalledWith(
        expect.stringMatching(/^Releasing the lock of a run that was interrupted \(process \d+\)\.$/),
      );
    });

    test("forgets what it was about to create, and nothing else of the state", async () => {
      const deployment = { manifest: {}, resources: [{ urn: "urn:x", type: "x:y:Z" }] };
      const [creating, deleting] = [
        { type: "creating", resource: { urn: "urn:a" } },
        { type: "deleting", resource: { urn: "urn:b" } },
      ];
      fake.export({ version: 3, deployment: { ...deployment, pending_operations: [creating, deleting, creating] } });
      await prepareStack("lab");
      expect(fake.imported).toEqual({ version: 3, deployment: { ...deployment, pending_operations: [deleting] } });
      // The copy of the state is gone again.
      const file = fake.calls.at(-1)?.split(" ").at(-1) ?? "";
      expect([file.endsWith("state.json"), existsSync(file)]).toEqual([true, false]);
    });

    test("writes no state when there is nothing to forget", async () => {
      fake.export({ version: 3, deployment: { pending_operations: [{ type: "deleting", resource: {} }] } });
      await prepareStack("lab");
      expect(fake.imported).toBeUndefined();
    });
  });

  test.each([
    ["0 bytes", ""],
    ["half of a lock", '{"pid": 12, "host'],
    ["zeros", "\0\0\0\0"],
  ])("E2: releases a lock of %s, and names its file", async (_what, content) => {
    knownStack("lab");
    const file = fake.backendFile("locks", "organization", "vpai", "lab", "cut.json");
    writeFileSync(file, content);
    fake.export({ version: 3, deployment: { resources: [] } });
    const said = jest.spyOn(console, "error").mockImplementation(() => undefined);
    await prepareStack("lab");
    expect(fake.calls).toEqual(["cancel --yes --stack lab", "stack export --stack lab"]);
    expect(said.mock.calls).toEqual([[`Releasing the lock of a run that was interrupted (${file} is cut short).`]]);
    said.mockRestore();
  });

  test("E2: leaves a damaged lock alone beside one of a live run", async () => {
    knownStack("lab");
    writeFileSync(fake.backendFile("locks", "organization", "vpai", "lab", "cut.json"), "");
    lock("lab", { pid: process.pid, hostname: os.hostname() });
    await expect(prepareStack("lab")).rejects.toThrow(`another run (process ${process.pid} on`);
    expect(fake.calls).toEqual([]);
  });

  test.each([[{}], [{ pid: "12", hostname: "x" }], [{ pid: 0, hostname: "x" }]])(
    "E2: refuses a whole lock of another form by its file: %j",
    async (content) => {
      knownStack("lab");
      lock("lab", content);
      await expect(prepareStack("lab")).rejects.toThrow(
        /^expected a lock with pid and hostname in \/.*lock\.json, found/,
      );
      expect(fake.calls).toEqual([]);
    },
  );

  test.each([
    ["a live process of this machine", process.pid, os.hostname()],
    ["another machine", deadProcess(), "another-machine"],
  ])("leaves the lock of %s alone, and says whose it is", async (_what, pid, hostname) => {
    knownStack("lab");
    lock("lab", { pid, hostname });
    await expect(prepareStack("lab")).rejects.toThrow(
      `another run (process ${pid} on ${hostname}) works on stack lab; wait for it. If it is gone:`,
    );
    expect(fake.calls).toEqual([]);
  });
});

describe("deployedHosts", () => {
  const connection = { host: "203.0.113.1", port: 22, user: "root", hostKey: "ssh-ed25519 AAAA" };
  const hosts = { "sese-ai": { connection, publicAddress: "203.0.113.1", services: { n8n: { image: "n8n:1" } } } };

  test("are the stack's outputs", async () => {
    knownStack("lab");
    fake.answer({ stdout: JSON.stringify({ hosts }) });
    expect(await deployedHosts("lab")).toEqual(hosts);
    expect(fake.calls).toEqual(["stack output --json --stack lab"]);
  });

  test.each([
    ["lab", /stack lab has no hosts yet: run `make up` first/],
    ["prod", /stack prod has no hosts yet: run `make up STACK=prod` first/],
  ])("%s: none yet", async (stack, message) => {
    knownStack(stack);
    fake.answer({ stdout: "{}" });
    await expect(deployedHosts(stack)).rejects.toThrow(message);
  });

  test("of another form their place is told, and nothing of them", async () => {
    knownStack("lab");
    const host = { connection: { ...connection, port: "s3cret" }, publicAddress: "203.0.113.1", services: {} };
    fake.answer({ stdout: JSON.stringify({ hosts: { "sese-ai": host } }) });
    await expect(deployedHosts("lab")).rejects.toThrow(
      "expected the output of `pulumi stack output --json` with a number in hosts.sese-ai.connection.port, found a text there: ",
    );
  });
});

describe("main", () => {
  const finished = async (command: () => Promise<number>): Promise<unknown> => {
    const before = process.exitCode;
    main(command);
    await new Promise((resolve) => setImmediate(resolve));
    const code = process.exitCode;
    process.exitCode = before;
    return code;
  };

  test("a command's result is the exit code", async () => {
    expect(await finished(() => Promise.resolve(3))).toBe(3);
  });

  test("an error is one message and exit code 1", async () => {
    const said = jest.spyOn(console, "error").mockImplementation(() => undefined);
    expect(await finished(() => Promise.reject(new Error("no Docker")))).toBe(1);
    expect(said.mock.calls).toEqual([["no Docker"]]);
    said.mockRestore();
  });
});
