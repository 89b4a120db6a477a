import {
  commandFrom,
  sandboxFrom,
} from "../../../../../../../platforms/vpai/services/sandboxes/broker/container-request";
import type { Settings } from "../../../../../../../platforms/vpai/services/sandboxes/broker/settings";

const SETTINGS: Settings = {
  listen: "/run/sandboxes/docker.sock",
  engine: "/var/run/docker.sock",
  owner: "a.test",
  image: "registry.test/node:22",
  network: "sandbox",
  count: 2,
  memoryMiB: 512,
  cpus: 0.5,
  pids: 256,
  lifetime: 3600,
  idle: 600,
  workspaces: "/home/node/.openclaw/sandboxes",
};

type Wish = Record<string, unknown>;

/** What Docker's client 26 sends for OpenClaw's `docker create`, as recorded. */
const request = (more: Wish = {}, host: Wish = {}): Wish => ({
  Hostname: "",
  User: "1000:1000",
  AttachStdin: false,
  AttachStdout: true,
  AttachStderr: true,
  Tty: false,
  Env: ["LANG=C.UTF-8"],
  Cmd: ["sleep", "infinity"],
  Image: SETTINGS.image,
  Volumes: {},
  WorkingDir: "/workspace",
  Entrypoint: null,
  Labels: { "openclaw.sandbox": "1", "openclaw.sessionKey": "agent:main:x" },
  HostConfig: {
    Binds: ["/home/node/.openclaw/sandboxes/agent-x:/workspace"],
    ContainerIDFile: "",
    LogConfig: { Type: "", Config: {} },
    NetworkMode: "sandbox",
    PortBindings: {},
    RestartPolicy: { Name: "no", MaximumRetryCount: 0 },
    CapAdd: null,
    CapDrop: ["ALL"],
    Privileged: false,
    ReadonlyRootfs: true,
    SecurityOpt: ["no-new-privileges"],
    Tmpfs: { "/tmp": "", "/var/tmp": "", "/run": "" },
    ConsoleSize: [0, 0],
    Memory: 536870912,
    MemorySwap: 536870912,
    MemorySwappiness: -1,
    NanoCpus: 500000000,
    PidsLimit: 256,
    Devices: [],
    MaskedPaths: null,
    ...host,
  },
  NetworkingConfig: { EndpointsConfig: { sandbox: { IPAMConfig: null, Aliases: null, NetworkID: "" } } },
  ...more,
});

const made = (more: Wish = {}, host: Wish = {}): unknown => sandboxFrom(request(more, host), "sha256:own", SETTINGS);

test("a sandbox is made from the settings, with the client's environment and labels alone", () => {
  expect(made()).toEqual({
    Image: "sha256:own",
    Cmd: ["sleep", "infinity"],
    User: "1000:1000",
    WorkingDir: "/workspace",
    Env: ["LANG=C.UTF-8"],
    Labels: { "openclaw.sandbox": "1", "openclaw.sessionKey": "agent:main:x", "dev.vpai.sandbox": "a.test" },
    Healthcheck: { Test: ["NONE"] },
    HostConfig: {
      NetworkMode: "sandbox",
      Memory: 536870912,
      MemorySwap: 536870912,
      NanoCpus: 500000000,
      PidsLimit: 256,
      CapDrop: ["ALL"],
      SecurityOpt: ["no-new-privileges"],
      ReadonlyRootfs: true,
      Tmpfs: {
        "/tmp": "mode=1777",
        "/var/tmp": "mode=1777",
        "/run": "mode=1777",
        "/workspace": "mode=0700,uid=1000,gid=1000",
      },
      OomScoreAdj: 500,
      LogConfig: { Type: "json-file", Config: { "max-size": "1m", "max-file": "1" } },
      RestartPolicy: { Name: "no" },
    },
  });
});

test.each<[string, Wish, Wish]>([
  ["the host's root", {}, { Binds: ["/:/host"] }],
  ["a host folder at the workspace", {}, { Binds: ["/etc:/workspace"] }],
  ["a way up from the workspaces", {}, { Binds: ["/home/node/.openclaw/sandboxes/../../..:/workspace"] }],
  ["the engine's socket", {}, { Binds: ["/var/run/docker.sock:/var/run/docker.sock"] }],
  ["a mount beside the right one", {}, { Binds: ["/home/node/.openclaw/sandboxes/a:/workspace", "/root:/root"] }],
  ["a mount in the newer form", {}, { Mounts: [{ Type: "bind", Source: "/", Target: "/host" }] }],
  ["a volume", { Volumes: { "/data": {} } }, {}],
  ["an open port", { ExposedPorts: { "80/tcp": {} } }, {}],
  ["another's volumes", {}, { VolumesFrom: ["vpai_openclaw"] }],
  ["all rights", {}, { Privileged: true }],
  ["a capability", {}, { CapAdd: ["SYS_ADMIN"] }],
  ["capabilities that stay", {}, { CapDrop: ["NET_RAW"] }],
  ["no seccomp", {}, { SecurityOpt: ["no-new-privileges", "seccomp=unconfined"] }],
  ["no AppArmor", {}, { SecurityOpt: ["apparmor=unconfined"] }],
  ["unmasked paths", {}, { MaskedPaths: ["/nothing"] }],
  ["a device", {}, { Devices: [{ PathOnHost: "/dev/sda" }] }],
  ["device rules", {}, { DeviceCgroupRules: ["a *:* rwm"] }],
  ["the host's network", {}, { NetworkMode: "host" }],
  ["another network", {}, { NetworkMode: "backend" }],
  ["no network of its own", {}, { NetworkMode: "container:vpai_n8n" }],
  ["the engine's default network", {}, { NetworkMode: "default" }],
  ["a second network by its name alone", { NetworkingConfig: { EndpointsConfig: { sandbox: {}, backend: {} } } }, {}],
  ["a second network", { NetworkingConfig: { EndpointsConfig: { backend: { Aliases: ["x"] } } } }, {}],
  [
    "an address of its choice",
    { NetworkingConfig: { EndpointsConfig: { sandbox: { IPAMConfig: { IPv4Address: "172.20.5.9" } } } } },
    {},
  ],
  ["the host's processes", {}, { PidMode: "host" }],
  ["the host's IPC", {}, { IpcMode: "host" }],
  ["the host's names", {}, { UTSMode: "host" }],
  ["the host's users", {}, { UsernsMode: "host" }],
  ["the host's control groups", {}, { CgroupnsMode: "host" }],
  ["a parent control group", {}, { CgroupParent: "/system.slice" }],
  ["more memory", {}, { Memory: 1073741824 }],
  ["swap without end", {}, { MemorySwap: -1 }],
  ["more processors", {}, { NanoCpus: 2000000000 }],
  ["more processes", {}, { PidsLimit: -1 }],
  ["a published port", {}, { PortBindings: { "80/tcp": [{ HostPort: "80" }] } }],
  ["a new start for ever", {}, { RestartPolicy: { Name: "always" } }],
  ["a file in memory elsewhere", {}, { Tmpfs: { "/etc": "" } }],
  ["kernel settings", {}, { Sysctls: { "net.ipv4.ip_forward": "1" } }],
  ["another runtime", {}, { Runtime: "runc-insecure" }],
  ["another image", { Image: "docker.io/library/postgres:18.1" }, {}],
  ["another user", { User: "0:0" }, {}],
  ["another program", { Cmd: ["sh"] }, {}],
  ["another entrypoint", { Entrypoint: ["/bin/sh"] }, {}],
  ["the platform's label", { Labels: { "dev.vpai.service": "postgresql" } }, {}],
  ["a label that is no text", { Labels: { "openclaw.sandbox": { x: 1 } } }, {}],
  ["an environment that is no list", { Env: { PATH: "/" } }, {}],
  ["networks that are a text", { NetworkingConfig: "host" }, {}],
  ["rights that are a text", { HostConfig: "all" }, {}],
  ["nothing of its own", { HostConfig: null }, {}],
  ["a key that nobody knows", { Surprise: "x" }, {}],
  ["a key of JavaScript's own", JSON.parse('{"__proto__":{"x":1}}') as Wish, {}],
])("no sandbox has %s", (_what, more, host) => {
  expect(() => made(more, host)).toThrow(/^sandbox refused: expected /);
});

test("a command runs as the sandbox's user, and with no more rights", () => {
  const command = { AttachStdin: true, AttachStdout: true, AttachStderr: true, Cmd: ["sh", "-c", "id"], Detach: false };
  expect(commandFrom({ ...command, User: "", Privileged: false, WorkingDir: "/workspace" })).toEqual({
    AttachStdin: true,
    AttachStdout: true,
    AttachStderr: true,
    Cmd: ["sh", "-c", "id"],
    WorkingDir: "/workspace",
    User: "1000:1000",
  });
  expect(() => commandFrom({ ...command, Privileged: true })).toThrow("expected exec.Privileged left out, found true");
  expect(() => commandFrom({ ...command, User: "root" })).toThrow("expected exec.User as sandboxes have it");
});

test.each([undefined, null, 7, "x", [], [{}]])("no sandbox and no command is %j", (found) => {
  const text = JSON.stringify(found) ?? "nothing";
  const refused = (what: string) => `sandbox refused: expected ${what} as a JSON object, found ${text}`;
  expect(() => sandboxFrom(found, "sha256:own", SETTINGS)).toThrow(refused("container"));
  expect(() => commandFrom(found)).toThrow(refused("exec"));
});

test.each([null, "", 0, false, [], [null], { A: 0 }])("what is empty is left out, whatever its form: %j", (empty) => {
  expect(made({ NetworkingConfig: null, Env: empty, Labels: empty })).toMatchObject({
    Env: [],
    Labels: { "dev.vpai.sandbox": "a.test" },
  });
  expect(commandFrom({ Cmd: ["id"], Env: empty, Tty: false, WorkingDir: empty })).toMatchObject({ Cmd: ["id"] });
  expect(commandFrom({ Cmd: ["id"], Env: empty })["Env"] ?? []).toEqual([]);
});

test.each(["Tty", "AttachStdin", "AttachStdout", "AttachStderr"])("a command's %s is true or false", (name) => {
  expect(() => commandFrom({ Cmd: ["id"], [name]: { valueOf: 1 } })).toThrow(
    `sandbox refused: expected exec.${name} as sandboxes have it, found {"valueOf":1}`,
  );
});

test("of what was sent a refusal shows the beginning", () => {
  expect(() => made({ Cmd: ["x".repeat(60_000)] })).toThrow(
    new Error(`sandbox refused: expected container.Cmd as sandboxes have it, found ["${"x".repeat(198)}…`),
  );
});
