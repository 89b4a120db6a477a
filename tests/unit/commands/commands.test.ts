import "../providers/without-sdk";
import { fake } from "./fake-pulumi";
import { lab } from "./fake-lab";
import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import type { Answer } from "../../../providers/ssh/transport";
import { SshServer } from "../providers/ssh-server";
import { runCommand } from "./run-command";
import { inspected as inspectedContainer } from "../inspected";

let server: SshServer;

beforeAll(async () => {
  server = await SshServer.start();
});

beforeEach(() => {
  fake.reset();
  lab.leftovers = [];
  lab.reports = [];
  server.lines.length = 0;
});

afterAll(async () => {
  await server.stop();
  fake.remove();
});

const knownStack = (stack: string): void => writeFileSync(fake.backendFile("stacks", "vpai", `${stack}.json`), "{}");

/** The engine's call that a command is about; it looks at config and outputs before. */
const callOf = (verb: string): string => fake.calls.find((call) => call.startsWith(`${verb} `)) ?? "none";

describe("make up", () => {
  // A stack whose file says nothing: what is wrong with it, the program tells.
  beforeEach(() => fake.answer({ stdout: "{}" }));

  test("asks nothing of the lab", async () => {
    fake.exit("up", 3);
    knownStack("lab");
    expect(await runCommand("up", { STACK: "" })).toMatchObject({ code: 3 });
    expect(callOf("up")).toMatch(/^up --stack lab --continue-on-error --yes --skip-preview --suppress-outputs/);
  });

  test("lets a person confirm the preview of any other stack", async () => {
    knownStack("prod");
    expect(await runCommand("up", { STACK: "prod" })).toMatchObject({ code: 0 });
    expect(callOf("up")).toMatch(/^up --stack prod(?!.*--yes)/);
  });

  test("touches nothing on a machine that is not fit", async () => {
    lab.reports = [
      { status: "fatal", name: "Docker" },
      { status: "fine", name: "Node" },
    ];
    expect(await runCommand("up")).toEqual({ code: 1, out: "", err: "Docker is missing" });
    expect(fake.calls).toEqual([]);
  });
});

describe("make preview", () => {
  test.each([
    ["prod", "all", "expected SERVICES for the lab only, found it for prod: set vpai:services in Pulumi.prod.yaml"],
    ["lab", "core,all", "expected SERVICES to be all, or some of core,"],
  ])("of %s refuses SERVICES=%s, as up does", async (STACK, VPAI_SERVICES, found) => {
    expect(await runCommand("preview", { STACK, VPAI_SERVICES })).toMatchObject({
      code: 1,
      err: expect.stringContaining(found) as string,
    });
    expect(fake.calls).toEqual([]);
  });
});

describe("make down", () => {
  const local = path.join(fake.state, "local", "lab");

  beforeEach(() => {
    mkdirSync(local, { recursive: true });
    writeFileSync(path.join(local, "key"), "");
  });

  test("takes the lab down unasked, then what the state did not know, then its files", async () => {
    knownStack("lab");
    lab.leftovers = ["container c0ffee"];
    const { code, err } = await runCommand("down", { STACK: "lab" });
    expect([code, err]).toEqual([0, "removed container c0ffee, which the state did not know"]);
    expect(fake.calls).toEqual(["destroy --stack lab --yes --skip-preview --suppress-outputs"]);
    expect(existsSync(local)).toBe(false);
  });

  test("removes what carries the lab's label when pulumi cannot, and says so", async () => {
    knownStack("lab");
    lab.leftovers = ["container c0ffee"];
    fake.answer({ code: 255 });
    const { code, err } = await runCommand("down", { STACK: "lab" });
    expect(code).toBe(0);
    expect(err).toContain("pulumi could not destroy the lab");
    expect(err).toContain("removed container c0ffee");
    expect(existsSync(local)).toBe(false);
  });

  test("goes on with what took the engine too long, once", async () => {
    knownStack("lab");
    fake.answer({ next: 255 });
    const { code, err } = await runCommand("down", { STACK: "lab" });
    expect([code, err]).toEqual([0, "Not all of the lab is gone yet: the rest is tried again."]);
    expect(fake.calls).toHaveLength(2);
  });

  test("lets a person confirm for any other stack, and removes no files", async () => {
    lab.leftovers = ["container c0ffee"];
    fake.answer({ stdout: "{}" });
    expect(await runCommand("down", { STACK: "preprod" })).toMatchObject({ code: 0, err: "" });
    expect(callOf("destroy")).toBe("destroy --stack preprod");
    expect(existsSync(local)).toBe(true);
  });
});

/** The stack's outputs: one host that answers. */
function deployed(): void {
  knownStack("lab");
  const service = (name: string, urls: string[]): object => ({ container: `vpai_${name}`, image: IMAGES[name], urls });
  const services = { n8n: service("n8n", ["https://mayi.vpai.test/"]), redis: service("redis", []) };
  const hosts = { "sese-ai": { connection: server.connection, publicAddress: "10.64.0.11", services } };
  fake.answer({ stdout: JSON.stringify({ hosts }) });
}

const IMAGES: Record<string, string> = { n8n: "docker.io/n8nio/n8n:2.7.3", redis: "docker.io/library/redis:8.0.2" };

describe("make ssh", () => {
  test("logs in with OpenSSH, to the pinned host key, and gives the command's exit code", async () => {
    deployed();
    server.respond = () => ({ code: 7, stdout: "", stderr: "" });
    expect(await runCommand("ssh", { STACK: "lab", HOST: "sese-ai", CMD: "docker ps | wc -l" })).toMatchObject({
      code: 7,
    });
    expect(server.lines).toEqual(["docker ps | wc -l"]);
  });

  test("an unknown host: what was expected, what was found", async () => {
    deployed();
    expect(await runCommand("ssh", { HOST: "sese" })).toEqual({
      code: 1,
      out: "",
      err: expect.stringMatching(/HOST\n.*a host of the stack: sese-ai\n.*found: +"sese"/) as string,
    });
  });
});

describe("make logs, exec, restart and run", () => {
  test("logs asks the host of the service", async () => {
    deployed();
    server.respond = () => ({ code: 0, stdout: "a line\n", stderr: "" });
    expect(await runCommand("logs", { SERVICE: "redis", LINES: "3" })).toMatchObject({ code: 0 });
    expect(server.commands.at(-1)).toEqual(["docker", "logs", "--timestamps", "--tail", "3", "--", "vpai_redis"]);
  });

  test("exec hands arguments over as they are, and gives the command's exit code", async () => {
    deployed();
    server.respond = () => ({ code: 7, stdout: "", stderr: "" });
    const CMD = `sh -c 'echo "$1"' sh "a b"`;
    expect(await runCommand("exec", { SERVICE: "n8n", CMD })).toMatchObject({ code: 7 });
    const command = ["docker", "exec", "--interactive", "vpai_n8n", "sh", "-c", 'echo "$1"', "sh", "a b"];
    expect(server.commands.at(-1)).toEqual(command);
  });

  test("restart fails where the service is not there", async () => {
    deployed();
    server.respond = (argv) =>
      argv.includes("inspect")
        ? { code: 1, stdout: "[]", stderr: "Error: No such container: vpai_redis" }
        : { code: 0, stdout: "", stderr: "" };
    const { code, err } = await runCommand("restart", { SERVICE: "redis" });
    expect([code, err]).toEqual([1, expect.stringContaining("expected a container vpai_redis, found none")]);
  });

  /** Answers for a unit that runs from its restart on. @param answers how often its probe fails first */
  function unitThatRuns(answers: number): void {
    knownStack("lab");
    const mcp = { unit: "mcp.service", program: "n8n-mcp 1", health: { test: ["mcp-answers"] } };
    const old = { unit: "old.service", program: "old 1" };
    const pi = { connection: server.connection, publicAddress: "", services: { mcp, old } };
    fake.answer({ stdout: JSON.stringify({ hosts: { pi } }) });
    let failures = answers;
    server.respond = (argv) => {
      if (!argv.includes("mcp-answers"))
        return { code: 0, stdout: "LoadState=loaded\nActiveState=active\n", stderr: "" };
      failures -= 1;
      return { code: failures < 0 ? 0 : 1, stdout: "", stderr: "not yet" };
    };
  }

  test("restart of a unit waits until its probe passes, not only until it runs", async () => {
    unitThatRuns(2);
    const before = server.commands.length;
    const { code, out } = await runCommand("restart", { SERVICE: "mcp" });
    expect([code, out]).toEqual([0, expect.stringMatching(/^mcp on pi is healthy again; it was down for \d+\.\d s$/)]);
    const since = server.commands.slice(before);
    expect(since).toContainEqual(["systemctl", "restart", "--", "mcp.service"]);
    expect(since.filter((argv) => argv.includes("mcp-answers"))).toHaveLength(3);
  }, 30_000);

  test("restart of a unit whose outputs do not say how it is seen to work asks for an up", async () => {
    unitThatRuns(0);
    const { code, err } = await runCommand("restart", { SERVICE: "old" });
    expect([code, err]).toEqual([1, expect.stringContaining("found none; run `make up`")]);
    expect(server.commands).not.toContainEqual(["systemctl", "restart", "--", "old.service"]);
  });

  test("run ends with the job's exit code", async () => {
    knownStack("lab");
    const host = {
      connection: server.connection,
      publicAddress: "",
      services: {},
      jobs: { dump: { unit: "d.service" } },
    };
    fake.answer({ stdout: JSON.stringify({ hosts: { hub: host } }) });
    server.respond = () => ({ code: 3, stdout: "", stderr: "" });
    expect(await runCommand("run", { JOB: "dump" })).toMatchObject({ code: 3 });
    expect(server.commands.at(-1)?.at(-1)).toBe("d.service");
  });

  test.each([
    ["logs", { SERVICE: "rediss" }, "rename it to redis"],
    ["exec", { SERVICE: "n9n", CMD: "id" }, "rename it to n8n"],
    ["restart", {}, "say SERVICE=…"],
    ["run", { JOB: "dump" }, "none is known here"],
  ])("%s says what there is", async (command, given, hint) => {
    deployed();
    const { code, err } = await runCommand(command, given);
    expect([code, err]).toEqual([1, expect.stringContaining(hint)]);
  });
});

describe("make opencut", () => {
  const containers = ["ws_store", "ws_cutter"];
  const run: Record<string, string> = {};

  beforeEach(() => {
    knownStack("lab");
    for (const name of containers) run[name] = "exited";
    const services = {
      opencut: { container: "ws_cutter", image: "one:1", onDemand: containers },
      comfyui: { container: "ws_comfyui", image: "two:1" },
    };
    const pi = { connection: server.connection, publicAddress: "", services };
    fake.answer({ stdout: JSON.stringify({ hosts: { pi } }) });
    server.respond = (argv) => {
      const name = argv.at(-1) ?? "";
      if (argv[1] === "start") run[name] = "running";
      if (argv[1] === "stop") run[name] = "exited";
      const Status = run[name] ?? "exited";
      const State = { Status, Health: { Status: Status === "running" ? "healthy" : "none" } };
      return { code: 0, stdout: JSON.stringify([inspectedContainer({ Id: name, State })]), stderr: "" };
    };
  });

  const orders = (): string[] =>
    server.commands.filter((argv) => ["start", "stop"].includes(argv[1] ?? "")).map((argv) => argv.slice(1).join(" "));

  test("starts a service after what it needs, and waits until all are healthy", async () => {
    const { code, out } = await runCommand("on-demand", { SERVICE: "opencut", ACTION: "start" });
    expect([code, out]).toEqual([0, "opencut on pi runs, and is healthy"]);
    expect(orders().slice(-2)).toEqual(["start ws_store", "start ws_cutter"]);
  });

  test("stops it before what it needed", async () => {
    const { code, out } = await runCommand("on-demand", { SERVICE: "opencut", ACTION: "stop" });
    expect([code, out]).toEqual([0, "opencut on pi is stopped"]);
    expect(orders().slice(-2)).toEqual(["stop ws_cutter", "stop ws_store"]);
  });

  test.each([
    [{ SERVICE: "opencut" }, "expected ACTION=start or ACTION=stop, found none"],
    [{ SERVICE: "opencut", ACTION: "restart" }, 'expected ACTION=start or ACTION=stop, found "restart"'],
    [{ SERVICE: "comfyui", ACTION: "start" }, "expected a service that runs on demand, found comfyui"],
  ])("%j is refused", async (given, hint) => {
    const { code, err } = await runCommand("on-demand", given);
    expect([code, err]).toEqual([1, expect.stringContaining(hint)]);
  });

  test("make status tells that it is off, and finds nothing wrong with that", async () => {
    run["ws_comfyui"] = "running";
    const { code, out } = await runCommand("status", { STACK: "lab" });
    expect(code).toBe(0);
    expect(out).toMatch(/^pi +opencut +one:1 +unknown +off$/m);
    run["ws_comfyui"] = "exited";
    expect((await runCommand("status", { STACK: "lab" })).code).toBe(1);
  });
});

describe("make status", () => {
  const inspected = (Status: string, health: string, Labels: Record<string, string> | null = null): Answer => ({
    code: 0,
    stdout: JSON.stringify([inspectedContainer({ State: { Status, Health: { Status: health } }, Config: { Labels } })]),
    stderr: "",
  });

  const found: Record<string, Answer> = {};

  beforeEach(() => {
    deployed();
    found["vpai_n8n"] = inspected("running", "healthy");
    found["vpai_redis"] = inspected("running", "healthy");
    server.respond = (argv) => (argv[0] === "docker" ? found[argv.at(-1) ?? ""] : { code: 0, stdout: "", stderr: "" });
  });

  test("tells of each service its image, program, health and URL, and how to reach a name of the lab", async () => {
    const { code, out } = await runCommand("status", { STACK: "lab" });
    expect(code).toBe(0);
    expect(out.split("\n").map((line) => line.split(/ {2,}/))).toEqual([
      ["host", "service", "image", "program", "health", "URL"],
      [expect.stringMatching(/^-+$/), ...Array.from({ length: 5 }, () => expect.stringMatching(/^-+$/) as string)],
      ["sese-ai", "(host)", "127.0.0.1", "reachable"],
      ["sese-ai", "n8n", "docker.io/n8nio/n8n:2.7.3", "real, 2.7.4", "healthy", "https://mayi.vpai.test/"],
      ["sese-ai", "redis", "docker.io/library/redis:8.0.2", "real, 8.0.2", "healthy"],
      [""],
      [expect.stringContaining("curl -k --resolve mayi.vpai.test:443:10.64.0.11 https://mayi.vpai.test/")],
    ]);
  });

  test.each([
    ["unhealthy", inspected("running", "unhealthy")],
    ["exited", inspected("exited", "unhealthy")],
    ["missing", { code: 1, stdout: "[]", stderr: "Error: No such container: vpai_redis" }],
  ])("a service that is %s is told, and fails the command", async (condition, answer) => {
    found["vpai_redis"] = answer;
    const { code, out } = await runCommand("status", { STACK: "lab" });
    expect(code).toBe(1);
    expect(out).toMatch(new RegExp(`redis .* ${condition}$`, "m"));
  });

  test("a previous version that serves is told with its image, and fails the command", async () => {
    found["vpai_n8n"] = inspected("running", "healthy", { "dev.vpai.previous": "docker.io/n8nio/n8n:2.6.0" });
    const { code, out } = await runCommand("status", { STACK: "lab" });
    expect(code).toBe(1);
    expect(out).toMatch(/n8n +docker\.io\/n8nio\/n8n:2\.6\.0 .* previous version, healthy /);
  });

  test("a host that may be away and is has one line, and fails nothing", async () => {
    const away = { ...server.connection, port: 1 };
    const pi = {
      connection: away,
      publicAddress: "10.64.0.13",
      unreachable: "defer",
      services: { x: { container: "x" } },
    };
    fake.answer({ stdout: JSON.stringify({ hosts: { pi } }) });
    const { code, out } = await runCommand("status", { STACK: "prod" });
    expect(code).toBe(0);
    expect(out.split("\n").slice(2)).toEqual([expect.stringMatching(/^pi +\(host\) +127\.0\.0\.1 +offline$/)]);
  }, 30_000);

  test("tells of units, and of each job when it ran, how that ended, and when it runs next", async () => {
    const hub = {
      ...{ connection: server.connection, publicAddress: "10.64.0.12" },
      services: {
        relay: { unit: "vpn-relay.service", program: "relay 1", health: { test: ["relay-answers"] } },
        mute: { unit: "vpn-mute.service", program: "mute 1", health: { test: ["mute-answers"] } },
        old: { unit: "vpn-old.service", program: "old 1" },
      },
      jobs: { dump: { unit: "vpn-dump.service" }, sync: { unit: "vpn-sync.service" } },
    };
    fake.answer({ stdout: JSON.stringify({ hosts: { hub } }) });
    const ran = "LoadState=loaded\nActiveState=inactive\nExecMainStartTimestamp=Sun 2026-11-29 02:00:03 UTC\n";
    const shown: Record<string, string> = {
      "vpn-relay.service": "LoadState=loaded\nActiveState=active\n",
      "vpn-mute.service": "LoadState=loaded\nActiveState=active\n",
      "vpn-old.service": "LoadState=loaded\nActiveState=active\n",
      "vpn-dump.service": `${ran}Result=success\nExecMainStatus=0\n`,
      "vpn-dump.timer": "ActiveState=active\nNextElapseUSecRealtime=Mon 2026-11-30 02:00:00 UTC\n",
      "vpn-sync.service": `${ran}Result=exit-code\nExecMainStatus=3\n`,
      "vpn-sync.timer": "ActiveState=inactive\nNextElapseUSecRealtime=\n",
    };
    server.respond = (argv) => ({
      code: argv.includes("mute-answers") ? 1 : 0,
      stdout: shown[argv.at(-1) ?? ""] ?? "",
      stderr: "",
    });
    const { code, out } = await runCommand("status", { STACK: "prod" });
    expect(code).toBe(1);
    expect(out).toMatch(/^hub +relay +relay 1 +real +healthy$/m);
    expect(out).toMatch(/^hub +mute +mute 1 +real +unhealthy$/m);
    // The outputs of older programs do not say how it is seen to work.
    expect(out).toMatch(/^hub +old +old 1 +real +active$/m);
    expect(out).toMatch(/^hub +dump +2026-11-29 02:00 UTC +success +2026-11-30 02:00 UTC$/m);
    expect(out).toMatch(/^hub +sync +2026-11-29 02:00 UTC +exit code 3 +not planned$/m);
  });

  test("tells of tools whether their commands lead to the version that the stack asks for", async () => {
    const folder = "/opt/workstation/programs";
    const pi = {
      ...{ connection: server.connection, publicAddress: "10.64.0.13", services: {} },
      tools: {
        codex: { folder: `${folder}/codex`, version: "0.171.0", commands: ["codex"] },
        two: { folder: `${folder}/two`, version: "2", commands: ["one", "other"] },
      },
    };
    fake.answer({ stdout: JSON.stringify({ hosts: { pi } }) });
    const lead = { codex: `${folder}/codex/0.171.0/node_modules/x\n`, two: `${folder}/two/2/one\n\n` };
    server.respond = (argv) => ({ code: 0, stdout: argv.includes("codex") ? lead.codex : lead.two, stderr: "" });
    const { code, out } = await runCommand("status", { STACK: "prod" });
    expect(code).toBe(1);
    expect(out).toMatch(/^pi +codex +0\.171\.0 +real +codex +installed$/m);
    expect(out).toMatch(/^pi +two +2 +real +one, other +not this version: other$/m);
  });

  test("says of units and tools of the lab which program is inside", async () => {
    const unit = (name: string, rest: object): object => ({ unit: `${name}.service`, ...rest });
    const tool = (name: string, version: string): object => ({ folder: "/opt", version, commands: [], name });
    const pi = {
      ...{ connection: server.connection, publicAddress: "10.64.0.13" },
      services: {
        opencode: unit("opencode", { program: "opencode 1.18.18" }),
        caddy: unit("caddy", { program: "caddy 2.10.2", takenFrom: "ghcr.io/mobutoo/vpai-caddy:2.10.2" }),
        other: unit("other", { program: "other 1" }),
      },
      tools: { "claude-code": tool("claude-code", "2.1.332"), codex: tool("codex", "0.171.0") },
    };
    fake.answer({ stdout: JSON.stringify({ hosts: { pi } }) });
    server.respond = () => ({ code: 0, stdout: "LoadState=loaded\nActiveState=active\n", stderr: "" });
    const { out } = await runCommand("status", { STACK: "lab" });
    expect(out).toMatch(/^pi +opencode +opencode 1\.18\.18 +real, 1\.18\.18 +active$/m);
    expect(out).toMatch(/^pi +caddy +caddy 2\.10\.2 +real, 2\.10\.2 +active$/m);
    expect(out).toMatch(/^pi +other +other 1 +real +active$/m);
    expect(out).toMatch(/^pi +claude-code +2\.1\.332 +stand-in, 2\.1\.332 +installed$/m);
    expect(out).toMatch(/^pi +codex +0\.171\.0 +real, 0\.171\.0 +installed$/m);
  });

  test("a host that refuses us is told, and fails the command", async () => {
    const connection = { ...server.connection, identityFile: "/nowhere/key" };
    fake.answer({
      stdout: JSON.stringify({ hosts: { "sese-ai": { connection, publicAddress: "10.64.0.11", services: {} } } }),
    });
    const { code, out } = await runCommand("status", { STACK: "lab" });
    expect(code).toBe(1);
    expect(out).toMatch(/sese-ai .* unreachable: the SSH key \/nowhere\/key cannot be read/);
  });
});
