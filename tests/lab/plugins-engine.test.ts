import { spawn } from "node:child_process";
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { projectRoot, pulumiEnvironment } from "../../toolchain/environment";
import { buildArguments } from "../../toolchain/go-build";
import { run } from "../../toolchain/run";
import { sdkVersion } from "../unit/toolchain/plugins/sdk-declarations";

// The first run compiles the provider framework, which takes minutes on two cores.
jest.setTimeout(15 * 60_000);

/** A real engine with the plugins of this checkout, whatever other plugins the machine has. */
const trial = mkdtempSync(path.join(tmpdir(), "vpai-plugins-"));
const program = path.join(trial, "program");
const log = path.join(trial, "log");

const environment = (settings: Record<string, string>): NodeJS.ProcessEnv => ({
  ...pulumiEnvironment("plugins-test"),
  PULUMI_HOME: path.join(trial, "home"),
  PULUMI_BACKEND_URL: `file://${path.join(trial, "state")}`,
  PULUMI_CONFIG_PASSPHRASE: "test",
  PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION: "true",
  PULUMI_SKIP_UPDATE_CHECK: "true",
  PLUGINS_LOG: log,
  ...settings,
});

const pulumi = (args: string[], settings: Record<string, string> = {}) =>
  run("pulumi", [...args, "--non-interactive"], { cwd: program, env: environment(settings) });

const succeed = async (args: string[], settings: Record<string, string> = {}) => {
  const { code, stdout, stderr } = await pulumi(args, settings);
  expect({ code, output: code === 0 ? "" : stdout + stderr }).toEqual({ code: 0, output: "" });
  return stdout;
};

const up = ["up", "--yes", "--skip-preview"];

async function output(name: string): Promise<string> {
  return (await succeed(["stack", "output", name, "--show-secrets"])).trim();
}

async function build(name: string): Promise<void> {
  const file = `pulumi-resource-${name}`;
  const version = sdkVersion(path.join(projectRoot, "node_modules", "@pulumi", name));
  const directory = path.join(trial, "home", "plugins", `resource-${name}-v${version}`);
  const args = buildArguments({
    file: path.join(directory, file),
    goPackage: `./cmd/${file}`,
    variables: { "main.version": version },
  });
  const built = await run("go", args, { cwd: path.join(projectRoot, "toolchain", "plugins") });
  expect({ code: built.code, stderr: built.stderr }).toEqual({ code: 0, stderr: "" });
}

beforeAll(async () => {
  cpSync(path.join(__dirname, "plugins-program"), program, { recursive: true });
  symlinkSync(path.join(projectRoot, "node_modules"), path.join(program, "node_modules"));
  mkdirSync(path.join(trial, "state"));
  // The program's packages ask for docker and hcloud as well: what no resource needs may be missing.
  for (const name of ["random", "command"]) await build(name);
  await succeed(["stack", "init", "test"]);
});

afterAll(() => rmSync(trial, { recursive: true, force: true }));

test("up creates, and neither a second up nor a refresh changes anything", async () => {
  await succeed(up);
  const password = await output("result");
  expect(password).toMatch(/^[A-Za-z0-9_-]{24}$/);
  expect(await output("echoed")).toBe(password);
  expect(await output("made")).toMatch(/^created\n\d+$/);
  await succeed([...up, "--expect-no-changes"]);
  await succeed(["refresh", "--yes", "--skip-preview", "--expect-no-changes"]);
  await succeed(["preview", "--expect-no-changes"]);
});

test("secrets are encrypted in the state, also in the output of a command that read them", async () => {
  const password = await output("result");
  const state = await succeed(["stack", "export"]);
  expect(state).toContain("random:index/randomPassword:RandomPassword");
  expect(state).not.toContain(password);
});

test("a changed trigger replaces the command and touches nothing else", async () => {
  const before = { made: await output("made"), password: await output("result") };
  const summary = await succeed(up, { PLUGINS_TRIGGER: "second" });
  expect(summary).toMatch(/1 replaced/);
  expect(summary).not.toMatch(/updated/);
  expect(await output("made")).not.toBe(before.made);
  expect(await output("result")).toBe(before.password);
  expect(readFileSync(log, "utf8")).toBe("deleted\n");
});

test.each([
  [
    "RESOURCE",
    'resource type "random:index/randomString:RandomString" is not implemented by this build of the random provider, ' +
      "which serves random:index/randomPassword:RandomPassword",
  ],
  ["PROPERTY", 'command:local:Command: property "assetPaths" is not implemented by this build of the provider'],
])("what is not implemented is refused by name: a %s", async (what, refusal) => {
  const { code, stdout } = await pulumi(["preview"], { PLUGINS_TRIGGER: "second", [`PLUGINS_REFUSED_${what}`]: "1" });
  expect(code).not.toBe(0);
  expect(stdout.replaceAll(/\s+/g, " ")).toContain(refusal);
});

test("a failed command shows its exit code and its errors, with secrets masked", async () => {
  const password = await output("result");
  const { code, stdout, stderr } = await pulumi(up, { PLUGINS_TRIGGER: "second", PLUGINS_FAILING: "1" });
  expect(code).not.toBe(0);
  expect(stdout).toContain("command failed with exit code 5; the end of its stderr:");
  expect(stdout).toContain("refused: [secret]");
  expect(stdout + stderr).not.toContain(password);
});

test("a killed engine takes plugins and their commands along within two seconds", async () => {
  const started = path.join(trial, "started");
  const engine = spawn("pulumi", [...up, "--non-interactive"], {
    cwd: program,
    env: environment({ PLUGINS_TRIGGER: "second", PLUGINS_ENDLESS: started }),
    stdio: "ignore",
  });
  for (let waited = 0; !(existsSync(started) && readFileSync(started, "utf8")); waited += 100) {
    expect(waited).toBeLessThan(60_000);
    await pause(100);
  }
  const shell = Number(readFileSync(started, "utf8"));
  const plugin = parentOf(shell);
  expect(readFileSync(`/proc/${plugin}/cmdline`, "utf8")).toContain("pulumi-resource-command");
  engine.kill("SIGKILL");
  await pause(2_000);
  expect({ plugin: isAlive(plugin), command: isAlive(shell) }).toEqual({ plugin: false, command: false });
  await succeed(["cancel", "--yes"]);
});

test("destroy deletes everything", async () => {
  await succeed(["destroy", "--yes", "--skip-preview"]);
  expect(readFileSync(log, "utf8")).toBe("deleted\ndeleted\n");
});

/** The fields of a process's `/proc/<pid>/stat` after its name: state, parent, ... */
function stat(pid: number): string[] {
  const text = readFileSync(`/proc/${pid}/stat`, "utf8");
  return text.slice(text.lastIndexOf(")") + 2).split(" ");
}

function parentOf(pid: number): number {
  return Number(stat(pid)[1]);
}

/** A zombie that nobody has reaped yet does not count. */
function isAlive(pid: number): boolean {
  return existsSync(`/proc/${pid}`) && stat(pid)[0] !== "Z";
}
