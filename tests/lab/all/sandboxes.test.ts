import { eventually } from "../../eventually";
import { SESE_AI } from "../../facts/sese-ai";
import type { LabHost } from "../harness/host";
import { sharedLabOfAll } from "../harness/shared";

/**
 * The containers of OpenClaw's sub-agents, asked for as OpenClaw does: by Docker's client in OpenClaw's container. Whoever has
 * taken over OpenClaw, or runs in a sandbox, tries to get further from there.
 */

const IMAGE = "docker.io/library/node:22.23.5-bookworm";
const PREFIX = "openclaw-sbx-";

let host: LabHost;

beforeAll(async () => {
  host = await (await sharedLabOfAll()).host("sese-ai");
  await removeAll();
}, 2_700_000);

afterAll(() => removeAll());

interface Result {
  code: number;
  output: string;
}

/** Docker's client in OpenClaw's container. */
async function openclaw(...args: string[]): Promise<Result> {
  const { code, stdout, stderr } = await host.run(["docker", "exec", "vpai_openclaw", "docker", ...args]);
  return { code, output: `${stdout}${stderr}` };
}

const names = async (): Promise<string[]> =>
  (await host.docker("ps", "--all", "--filter", "label=dev.vpai.sandbox", "--format", "{{.Names}}"))
    .split("\n")
    .filter((name) => name !== "")
    .sort();

async function removeAll(): Promise<void> {
  for (const name of await names()) await host.docker("rm", "--force", name);
  await host.docker("restart", "vpai_sandboxes");
  await eventually(async () => expect((await openclaw("ps")).code).toBe(0), 60);
}

/** Options of OpenClaw 2026.2.22 for a sandbox, with others behind them. */
const create = (name: string, ...more: string[]): Promise<Result> =>
  openclaw(
    ...["create", "--name", `${PREFIX}${name}`, "--label", "openclaw.sandbox=1", "--read-only"],
    ...["--tmpfs", "/tmp", "--tmpfs", "/var/tmp", "--tmpfs", "/run", "--user", "1000:1000"],
    ...["--cap-drop", "ALL", "--security-opt", "no-new-privileges", "--pids-limit", "256"],
    ...["--memory", "512m", "--memory-swap", "512m", "--cpus", "0.5", "--workdir", "/workspace"],
    // The client itself refuses some networks together.
    ...(more.includes("--network") ? [] : ["--network", "sandbox"]),
    ...["-v", `/home/node/.openclaw/sandboxes/${name}:/workspace`, ...more, IMAGE, "sleep", "infinity"],
  );

const inside = (name: string, script: string): Promise<Result> =>
  openclaw("exec", "-i", `${PREFIX}${name}`, "bash", "-c", script);

async function started(name: string): Promise<void> {
  expect(await create(name)).toMatchObject({ code: 0 });
  expect(await openclaw("start", `${PREFIX}${name}`)).toMatchObject({ code: 0 });
}

test("a sub-agent's commands run in a container on the sandbox network, as nobody special", async () => {
  await started("one");
  expect(await inside("one", "id -u; echo made > /workspace/file; cat /workspace/file; exit 7")).toEqual({
    code: 7,
    output: "1000\nmade\n",
  });
  const { HostConfig, NetworkSettings } = await host.container(`${PREFIX}one`);
  expect(Object.keys(NetworkSettings.Networks)).toEqual(["sandbox"]);
  expect(HostConfig).toMatchObject({ Memory: 512 * 1024 * 1024, ReadonlyRootfs: true, Binds: null, Privileged: false });
  expect((await openclaw("inspect", "-f", "{{.State.Running}}", `${PREFIX}one`)).output).toBe("true\n");
});

describe("from OpenClaw", () => {
  test.each([
    ["the host's files", ["-v", "/:/host"]],
    ["the engine's socket", ["-v", "/var/run/docker.sock:/var/run/docker.sock"]],
    ["another's data", ["--mount", "type=bind,source=/opt/vpai/data/postgresql,target=/data"]],
    ["another's volumes", ["--volumes-from", "vpai_postgresql"]],
    ["all rights", ["--privileged"]],
    ["a capability", ["--cap-add", "SYS_ADMIN"]],
    ["no seccomp", ["--security-opt", "seccomp=unconfined"]],
    ["a device", ["--device", "/dev/kmsg"]],
    ["the host's network", ["--network", "host"]],
    ["another network", ["--network", "backend"]],
    ["a second network", ["--network", "sandbox", "--network", "backend"]],
    ["another's network", ["--network", "container:vpai_postgresql"]],
    ["the host's processes", ["--pid", "host"]],
    ["more memory", ["--memory", "2g", "--memory-swap", "2g"]],
    ["root", ["--user", "0:0"]],
    ["a port of the host", ["--publish", "9999:9999"]],
  ])("no sandbox gets %s", async (_what, more) => {
    const { code, output } = await create("greedy", ...more);
    expect(code).not.toBe(0);
    expect(output).toContain("sandbox refused: expected");
    expect(await names()).not.toContain(`${PREFIX}greedy`);
  });

  test.each([
    ["a command in another container", ["exec", "vpai_postgresql", "id"]],
    ["what another container is told", ["inspect", "vpai_n8n"]],
    ["another's end", ["rm", "--force", "vpai_caddy"]],
    ["another's log", ["logs", "vpai_litellm"]],
    ["a file of another", ["cp", "vpai_postgresql:/etc/passwd", "-"]],
    ["another image", ["pull", "docker.io/library/redis:8.0.2"]],
    ["an image of its own", ["import", "-"]],
    ["a sandbox on another network", ["network", "connect", "backend", `${PREFIX}one`]],
    ["more for a sandbox", ["update", "--memory", "4g", "--memory-swap", "4g", `${PREFIX}one`]],
    ["rights for a command", ["exec", "--privileged", `${PREFIX}one`, "id"]],
    ["root in a sandbox", ["exec", "--user", "0", `${PREFIX}one`, "id"]],
    ["the engine's secrets", ["info"]],
  ])("the broker does not do %s", async (_what, command) => {
    // `rm --force` succeeds where nothing is.
    expect((await openclaw(...command)).output).toMatch(/refused|No such|not found/i);
  });

  test("the containers that are there are its own alone", async () => {
    const { output } = await openclaw("ps", "--all", "--format", "{{.Names}}");
    expect(output.trim().split("\n")).toEqual([`${PREFIX}one`]);
  });

  test("the host's own socket is nowhere", async () => {
    const found = await host.run(["docker", "exec", "vpai_openclaw", "ls", "/var/run/docker.sock"]);
    expect(found.code).not.toBe(0);
  });
});

describe("from a sandbox", () => {
  /** Prints each of its arguments, "name address port", that accepts a connection. */
  const KNOCK = `for target in "$@"; do set -- $target
    timeout 3 bash -c "exec 3<>/dev/tcp/$2/$3" 2>/dev/null && echo "$1"; done; true`;

  const answering = async (targets: readonly string[]): Promise<string> =>
    (await openclaw("exec", "-i", `${PREFIX}one`, "bash", "-c", KNOCK, "knock", ...targets)).output;

  test("no service of the platform answers, by its name or at an address", async () => {
    const listening = Object.entries(SESE_AI).flatMap(([name, { port }]) =>
      port === undefined ? [] : [{ name, port }],
    );
    const format = "{{.Name}}{{range .NetworkSettings.Networks}} {{.IPAddress}}{{end}}";
    // In one call: so many logins at once would be refused.
    const found = await host.docker("inspect", "--format", format, ...listening.map(({ name }) => `vpai_${name}`));
    const targets = found.split("\n").flatMap((line) => {
      const [name = "", ...addresses] = line.replace("/vpai_", "").split(" ");
      return [name, ...addresses].map((address) => `${name} ${address} ${SESE_AI[name]?.port ?? 0}`);
    });
    expect(targets.length).toBeGreaterThan(30);
    expect(await answering(targets)).toBe("");
  }, 600_000);

  test("the Internet does not answer", async () => {
    expect(await answering(["dns 1.1.1.1 53", "web 93.184.216.34 443"])).toBe("");
  });

  test("there is no socket, no device and no way to more rights", async () => {
    const look =
      "ls -d /var/run/docker.sock /run/sandboxes /dev/sda /dev/kmsg 2>/dev/null; grep CapEff /proc/self/status";
    expect((await inside("one", look)).output).toBe("CapEff:\t0000000000000000\n");
    const tries = ["mount -t proc p /mnt", "unshare -m true", "touch /etc/x", "chroot / true", "mknod /tmp/d b 8 0"];
    for (const attempt of tries) expect([attempt, (await inside("one", attempt)).code]).not.toEqual([attempt, 0]);
  });

  test("what takes more than 512 MiB is killed, and nothing else with it", async () => {
    const { code } = await inside("one", "python3 -c 'x = bytearray(700 * 1024 * 1024)'");
    expect(code).toBe(137);
    expect((await host.container("vpai_openclaw")).State.Status).toBe("running");
  });

  test("what makes more than 256 processes fails", async () => {
    const { output } = await inside("one", "for i in $(seq 400); do sleep 5 & done 2>&1; wait");
    expect(output).toMatch(/fork|Resource temporarily unavailable/);
  });
});

test("there are two at a time: a third is refused while both are in use", async () => {
  await started("two");
  const { code, output } = await create("three");
  expect(code).not.toBe(0);
  expect(output).toContain("expected at most 2 sandboxes at a time");
  expect(await names()).toEqual([`${PREFIX}one`, `${PREFIX}two`]);
});

test("when the broker ends, all sandboxes end with it", async () => {
  await host.docker("restart", "vpai_sandboxes");
  expect(await names()).toEqual([]);
});

test("a sandbox whose time is over is killed and removed, whatever runs in it", async () => {
  const { Config, Image } = await host.container("vpai_sandboxes");
  const short = Config.Env.filter((one) => !/^SANDBOX_(LIFETIME|OWNER|LISTEN)=/.test(one)).flatMap((one) => [
    "--env",
    one,
  ]);
  const own = ["SANDBOX_LIFETIME=8", "SANDBOX_OWNER=short", "SANDBOX_LISTEN=/run/sandboxes/short.sock"];
  const mounts = ["/opt/vpai/configs/sandboxes:/etc/sandboxes:ro", "/opt/vpai/data/sandboxes:/run/sandboxes"];
  await host.docker(
    ...["run", "--detach", "--name", "short-lived", "--network", "none", "--cap-drop", "ALL", "--user", "0:0"],
    ...[...short, ...own.flatMap((one) => ["--env", one])],
    ...[...mounts, "/var/run/docker.sock:/var/run/docker.sock"].flatMap((one) => ["--volume", one]),
    ...["--entrypoint", "node", Image, ...Config.Cmd.slice(-4)],
  );
  try {
    const at = ["-H", "unix:///run/sandboxes/short.sock"];
    await eventually(async () => expect((await openclaw(...at, "ps")).code).toBe(0), 60);
    const made = ["create", "--name", `${PREFIX}short`, "--network", "sandbox", IMAGE, "sleep", "infinity"];
    expect(await openclaw(...at, ...made)).toMatchObject({ code: 0 });
    expect(await openclaw(...at, "start", `${PREFIX}short`)).toMatchObject({ code: 0 });
    const began = Date.now();
    await openclaw(...at, "exec", `${PREFIX}short`, "sleep", "600");
    expect(Date.now() - began).toBeLessThan(60_000);
    await eventually(async () => expect(await names()).toEqual([]), 30);
  } finally {
    await host.docker("rm", "--force", "short-lived");
  }
}, 300_000);
