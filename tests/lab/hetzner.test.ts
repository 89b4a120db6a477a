import { spawn } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync } from "node:fs";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { HetznerApi } from "../hetzner-api/api";
import { createServer, type Server } from "../hetzner-api/servers";
import { Engine } from "./hetzner/engine";
import { killProcess, processesOf } from "./harness/processes";

// Where the provider was not built here, the first run compiles it, which takes minutes on two cores.
jest.setTimeout(15 * 60_000);

/** The name that everything of the stack has at Hetzner. */
const NAME = "vpai-test-sese-ai";
const HOST_KEY =
  "urn:pulumi:test::hetzner::vpai:hetzner:Server$pulumi-nodejs:dynamic/vpai/host:SshKey::sese-ai/host-key";

const api = new HetznerApi();
const { project } = api;
const engine = new Engine();

beforeAll(async () => {
  await engine.start(await api.start());
});

beforeEach(() => {
  project.actions.duration = 50;
  api.faults.clear();
  api.changes.length = 0;
});

afterAll(async () => {
  await api.stop();
  engine.remove();
});

/** The one server of the project. */
function server(): Server {
  const [found, ...others] = project.servers.all();
  if (found === undefined || others.length > 0) {
    throw new Error(`expected one server, found ${others.length + (found ? 1 : 0)}`);
  }
  return found;
}

const counts = () => ({
  servers: project.servers.all().length,
  firewalls: project.firewalls.all().length,
  sshKeys: project.sshKeys.all().length,
});

test("a preview asks nobody", async () => {
  const preview = await engine.succeed(["preview"]);
  expect(preview).toMatch(/hcloud:index:Server sese-ai\/server create/);
  expect(api.changes).toEqual([]);
});

test("a token that cannot be one is refused, and one that Hetzner does not know", async () => {
  const short = await engine.pulumi(["preview"], { TOKEN: "short" });
  expect(short.code).not.toBe(0);
  expect(short.stdout).toContain("must be exactly 64 characters long");
  expect(await engine.failingUp({ TOKEN: "x".repeat(64) })).toContain("with 401: unable to authenticate");
  expect(counts()).toEqual({ servers: 0, firewalls: 0, sshKeys: 0 });
});

test.each([[["firewalls", "ssh_keys"]], [["servers"]]])(
  "an answer about new %j that is lost leaves one behind, which the next run sweeps",
  async (collections) => {
    api.faults.plan(...collections.map((each) => ({ request: `POST /${each}`, status: 504, carriedOut: true })));
    // The provider tries again after a gateway's timeout, and then finds the name taken.
    expect(await engine.failingUp()).toContain("(uniqueness_error");
    for (const each of collections) {
      const answers = api.changes.filter((change) => change.startsWith(`POST /${each} `));
      expect(answers).toEqual([`POST /${each} 504`, `POST /${each} 409`]);
    }
  },
);

test("an engine that is killed while a server is made takes the provider along, and the next run converges", async () => {
  const before = server().id;
  project.actions.duration = 12_000;
  const child = spawn("pulumi", ["up", "--yes", "--skip-preview", "--non-interactive"], {
    cwd: engine.program,
    env: engine.environment(),
    stdio: "ignore",
  });
  const made = (): boolean => project.servers.all().some(({ id }) => id !== before);
  for (let waited = 0; !made(); waited += 100, await sleep(100)) expect(waited).toBeLessThan(60_000);
  const plugins = processesOf(engine.directory).filter(({ commandLine }) =>
    /(resource|provider)-hcloud/.test(commandLine),
  );
  expect(plugins).toHaveLength(2);
  killProcess(child.pid ?? 0);
  await sleep(2000);
  expect(plugins.filter(({ pid }) => isAlive(pid))).toEqual([]);

  const interrupted = server().id;
  project.actions.duration = 50;
  await engine.succeed(["cancel", "--yes"]);
  const output = await engine.up();
  expect(output).toContain(`removed servers/${interrupted} ${NAME}, left by an interrupted run`);
  expect(server().id).not.toBe(interrupted);
  expect(counts()).toEqual({ servers: 1, firewalls: 1, sshKeys: 1 });
});

test("the server is what was asked for, and known before it boots", async () => {
  expect(server()).toMatchObject({
    name: NAME,
    status: "running",
    labels: { platform: "vpai", stack: "test", "host-key": expect.stringMatching(/^[0-9a-f]{32}$/) as string },
    server_type: { name: "cx23" },
    image: { name: "debian-13", architecture: "x86" },
    location: { name: "nbg1" },
  });
  const [firewall] = project.firewalls.all();
  expect(firewall).toMatchObject({ name: NAME, applied_to: [{ server: { id: server().id } }] });
  expect(firewall?.rules.map(({ protocol, port }) => `${String(protocol)} ${String(port)}`).sort()).toEqual([
    "icmp null",
    "tcp 22",
    "tcp 443",
    "tcp 80",
    "udp 443",
  ]);
  const boot = project.bootData.get(server().id);
  expect(boot?.sshKeys).toEqual([project.sshKeys.all()[0]?.id]);
  expect(boot?.userData).toMatch(/^#cloud-config\n[^]*ed25519_private: [^]*BEGIN OPENSSH PRIVATE KEY/);
  const connection = JSON.parse(await engine.succeed(["stack", "output", "connection", "--json"])) as object;
  expect(connection).toMatchObject({ host: server().public_net.ipv4.ip, port: 22, user: "root" });
});

test("nothing is left to change, and the state keeps the token and the host's private key encrypted", async () => {
  await engine.up({}, "--expect-no-changes");
  await engine.succeed(["refresh", "--yes", "--skip-preview", "--expect-no-changes"]);
  await engine.succeed(["preview", "--expect-no-changes"]);
  const state = await engine.succeed(["stack", "export"]);
  expect(state).not.toContain("t".repeat(64));
  expect(state).not.toContain("BEGIN OPENSSH PRIVATE KEY");
});

test("another type resizes the server in place, and starts it again", async () => {
  const before = server().id;
  expect(await engine.up({ SERVER_TYPE: "cx33" })).toMatch(/1 updated/);
  expect(server()).toMatchObject({
    id: before,
    status: "running",
    server_type: { name: "cx33" },
    primary_disk_size: 80,
  });
  expect(api.changes).toEqual(["POST /servers/*/actions/poweroff 201", "POST /servers/*/actions/change_type 201"]);
});

test("a type whose disk is smaller is refused; the provider has stopped the server by then", async () => {
  const output = await engine.failingUp({ SERVER_TYPE: "cx23" });
  expect(output).toContain("its disk is smaller than the server's (invalid_server_type");
  expect(server()).toMatchObject({ status: "off", server_type: { name: "cx33" } });
  server().status = "running";
});

const OTHER = { SERVER_TYPE: "cx33", ALLOW_SSH_FROM: "198.51.100.0/24" };
const SET_RULES = "POST /firewalls/*/actions/set_rules";

test.each([
  [409, "conflict", "the resource has changed during the request"],
  [429, "rate_limit_exceeded", "limit of 3600 requests per hour reached"],
  [502, undefined, ""],
])("status %d %s is tried again by the provider", async (status, code, message) => {
  // The source network differs from run to run, so that each has something to change.
  const settings = { ...OTHER, ALLOW_SSH_FROM: `198.51.100.${status % 100}/32` };
  api.faults.plan({ request: SET_RULES, status, ...(code === undefined ? {} : { code, message }) });
  await engine.up(settings);
  expect(api.changes).toEqual([`${SET_RULES} ${status}`, `${SET_RULES} 201`]);
});

test.each([
  [409, "uniqueness_error", "firewall name is already used", {}],
  [422, "invalid_input", "invalid input in field 'rules'", { fields: [{ name: "rules", messages: ["too many"] }] }],
  [423, "locked", "firewall is locked", {}],
  [503, "unavailable", "service is temporarily unavailable", {}],
])("status %d %s ends the run with the API's own words", async (status, code, message, details) => {
  api.faults.plan({ request: SET_RULES, status, code, message, details });
  const output = await engine.failingUp(OTHER);
  expect(output).toContain(`${message} (${code}`);
  if (status === 422) expect(output).toContain("rules => [too many]");
  expect(api.changes).toEqual([`${SET_RULES} ${status}`]);
});

test("the run after the failed ones does what they did not", async () => {
  await engine.up(OTHER);
  const ssh = project.firewalls.all()[0]?.rules.find(({ port }) => port === "22");
  expect(ssh?.["source_ips"]).toEqual(["198.51.100.0/24"]);
});

test("a new host key replaces the server, the old one first, also when its first try failed", async () => {
  const before = server().id;
  project.actions.failNext("create_server", "server_error", "no capacity left");
  const failed = await engine.pulumi(["up", "--yes", "--skip-preview", "--replace", HOST_KEY], OTHER);
  expect(failed.code).not.toBe(0);
  expect(failed.stdout).toContain("no capacity left");
  expect(api.changes).toEqual(["DELETE /servers/* 200", "POST /servers 201"]);
  await engine.up(OTHER);
  expect(server().id).not.toBe(before);
  expect(server().status).toBe("running");
  const [key] = (await engine.state()).filter(({ urn }) => urn === HOST_KEY);
  expect(project.bootData.get(server().id)?.userData).toContain(String(key?.outputs?.["publicKey"]));
});

test("T3: a server that a lost state made stops the run, and stays with its key and firewall", async () => {
  const made = server().id;
  const [state, aside] = ["state", "aside"].map((name) => path.join(engine.directory, name)) as [string, string];
  renameSync(state, aside);
  mkdirSync(state);
  await engine.succeed(["stack", "init", "test"]);
  api.changes.length = 0;
  expect(await engine.failingUp(OTHER)).toContain(
    `expected no server named ${NAME} at Hetzner, or one that this state made; found number ${made}, made from a state that was lost or set back`,
  );
  expect(server().id).toBe(made);
  expect(api.changes).toEqual([]);
  rmSync(state, { recursive: true });
  renameSync(aside, state);
});

test("a server of somebody else with the same name stops the run, and stays", async () => {
  project.servers.remove(server().id);
  project.firewalls.all().forEach((firewall) => (firewall.applied_to = []));
  await engine.succeed(["refresh", "--yes", "--skip-preview"], OTHER);
  const { server: foreign } = createServer(project, {
    name: NAME,
    server_type: "cx23",
    image: "debian-13",
    location: "nbg1",
    labels: { platform: "vpai", stack: "prod" },
  });
  expect(await engine.failingUp(OTHER)).toContain(`found number ${foreign.id}, which is not`);
  expect(server().id).toBe(foreign.id);
  project.servers.remove(foreign.id);
});

test("a server that is gone is made again, and one in a network is left alone by the next run", async () => {
  const settings = { ...OTHER, NETWORK: "1" };
  await engine.up(settings);
  expect(counts()).toEqual({ servers: 2, firewalls: 1, sshKeys: 1 });
  await engine.succeed(["preview", "--expect-no-changes"], settings);
});

test("destroy leaves nothing", async () => {
  await engine.succeed(["destroy", "--yes", "--skip-preview"], { ...OTHER, NETWORK: "1" });
  expect(counts()).toEqual({ servers: 0, firewalls: 0, sshKeys: 0 });
  expect(project.networks.all()).toEqual([]);
  expect(existsSync(engine.identityFile)).toBe(false);
});

/** A zombie that nobody has reaped yet does not count. */
const isAlive = (pid: number): boolean =>
  existsSync(`/proc/${pid}`) && !/\) Z /.test(readFileSync(`/proc/${pid}/stat`, "utf8"));
