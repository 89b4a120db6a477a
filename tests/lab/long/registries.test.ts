import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import type { LabHost } from "../harness/host";
import { Lab } from "../harness/lab";
import { type Needle, needle, traces } from "../harness/needle";
import { run } from "../harness/run";

/**
 * A registry that wants a login: Caddy's image comes from ghcr.io, where it is private in production. The lab's ghcr.io
 * becomes a server that wants a login by the same config that production has.
 */

const IMAGE = "ghcr.io/mobutoo/vpai-caddy:2.10.2";
const WRONG = "wrongcanary0123456789";
const LOGIN = "  vpai:registries:\n    ghcr.io: { user: mobutoo, secret: ghcrToken }\n";

let lab: Lab;
let host: LabHost;
/** What the first `up` printed, and the process lists of the host meanwhile. */
let printed: string;
let needles: Needle[];
beforeAll(async () => {
  lab = await Lab.prepare("registries");
  lab.edit("Pulumi.lab.yaml", (text) => withOneHost(text).replace("encryptionsalt:", `${LOGIN}encryptionsalt:`));
  printed = (await lab.makeSucceed("up")).all;
  host = await lab.host("sese-ai");
  const password = (await lab.generatedSecrets())["lab/registry/ghcr.io/password"] ?? "";
  needles = [needle("the lab's password", [password]), needle("the wrong password", [WRONG])];
}, 1_500_000);
afterAll(() => lab.remove(), 300_000);

/** The stack without the two hosts that this is not about. */
const withOneHost = (text: string): string => text.replace(/^ {4}seko-vpn:[^]*?(?=^encryptionsalt:)/m, "");

/** Takes the image off the host, with the container that holds it. */
async function forgetImage(): Promise<void> {
  const { Image } = await host.container("vpai_caddy");
  await host.docker("rm", "--force", "vpai_caddy");
  await host.docker("rmi", "--force", Image);
  await lab.refresh();
}

/** An `up`, and the process lists of the host meanwhile. */
async function watchedUp(): Promise<{ code: number; all: string; processes: string }> {
  const script = "rm -f /tmp/over; while [ ! -e /tmp/over ]; do ps auxwwe; sleep 0.05; done";
  const lists = host.run(["sh", "-c", script], { timeout: 600 });
  const { code, all } = await lab.make("up");
  await host.output(["touch", "/tmp/over"]);
  return { code, all, processes: (await lists).stdout };
}

/** Files of the host that hold one of the passwords. */
async function filesOfHost(): Promise<string> {
  const patterns = needles.flatMap(({ traces: forms }) => forms.map((form) => form.toString())).join("\n");
  const folders = ["/etc", "/home", "/opt", "/root", "/run", "/tmp", "/var/tmp", "/var/log", "/var/lib/docker/image"];
  const found = await host.run(["grep", "-rlaF", "--devices=skip", "--file=-", ...folders], { stdin: `${patterns}\n` });
  return found.stdout.trim();
}

const setPassword = (stdin: string) => lab.pulumiSucceed(["config", "set", "--secret", "secrets:ghcrToken"], { stdin });

test("C8: the registry gives the image to nobody who has not logged in", async () => {
  const answer = await host.run(["docker", "pull", "--quiet", IMAGE]);
  expect(answer.code).not.toBe(0);
  expect(answer.stderr).toContain("no basic auth credentials");
  const { address } = lab.identity;
  const { stdout } = await run(["curl", "-s", "-o", "/dev/null", "-w", "%{http_code}", `http://${address(6)}/v2/`]);
  expect(stdout).toBe("401");
});

test("C8: the first up pulled it with the login, and the host keeps none", async () => {
  expect((await host.container("vpai_caddy")).State.Health?.Status).toBe("healthy");
  expect(await host.run(["test", "-e", "/root/.docker/config.json"])).toMatchObject({ code: 1 });
  expect(await lab.preview()).toEqual({});
});

test("C8: a pull shows the password in no process list, file or output", async () => {
  await forgetImage();
  const { code, all, processes } = await watchedUp();
  expect(code).toBe(0);
  expect(processes).toContain("docker system dial-stdio");
  expect([traces(processes, needles), traces(all, needles), traces(printed, needles)]).toEqual([[], [], []]);
  expect(await filesOfHost()).toBe("");
  expect((await host.container("vpai_caddy")).State.Status).toBe("running");
}, 300_000);

test("C8: another password alone changes nothing", async () => {
  const before = await host.starts();
  await setPassword(WRONG);
  expect(await lab.preview()).toEqual({});
  await lab.makeSucceed("up");
  expect(await host.starts()).toEqual(before);
}, 300_000);

test("C8: a wrong password is one sentence: host, registry, its answer, what to do", async () => {
  await forgetImage();
  const { code, all, processes } = await watchedUp();
  expect(code).not.toBe(0);
  const sentences = all.match(/expected to pull the image .*/g) ?? [];
  expect(new Set(sentences.map((sentence) => sentence.replace(/@sha256:[0-9a-f]{64}/, "")))).toEqual(
    new Set([
      `expected to pull the image ${IMAGE}, found: ghcr.io refuses the login of mobutoo ("login attempt to ` +
        'http://ghcr.io/v2/ failed with status: 401 Unauthorized"): correct vpai:registries or secrets:ghcrToken.',
    ]),
  );
  expect([traces(processes, needles), traces(all, needles), await filesOfHost()]).toEqual([[], [], ""]);
}, 300_000);

test("C8: a registry that is stopped is told apart from a refused login", async () => {
  const server = `${lab.identity.prefix}-registry-ghcr.io`;
  await run(["docker", "stop", server]);
  const { code, all } = await lab.make("up");
  await run(["docker", "start", server]);
  expect(code).not.toBe(0);
  expect(all).toMatch(
    /found: the host does not reach ghcr\.io \(".*"\): see to the host's network and its name resolution/,
  );
}, 300_000);

test("C8: with the right one again the next up converges", async () => {
  await lab.pulumiSucceed(["config", "rm", "secrets:ghcrToken"]);
  await lab.makeSucceed("up");
  expect(await lab.preview()).toEqual({});
  await host.becomesHealthy(120);
}, 300_000);

test("C8: no password is in the state, its history or the stack's file", () => {
  const folder = path.join(lab.directory, ".vpai", "lab");
  const files = readdirSync(folder, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile())
    .map((entry) => path.join(entry.parentPath, entry.name));
  const state = files.filter((file) => file.endsWith("/stacks/vpai/lab.json"));
  expect(state).toHaveLength(1);
  expect(state.map((file) => readFileSync(file, "utf8")).join()).toContain("docker:HostImage");
  const all = [...files, path.join(lab.directory, "Pulumi.lab.yaml")];
  expect(all.flatMap((file) => traces(readFileSync(file), needles).map((trace) => `${file}: ${trace}`))).toEqual([]);
});
