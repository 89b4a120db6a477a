import { declarationOf } from "../../../../../commands/audit/declared/declaration";
import type { Stack } from "../../../../../commands/audit/declared/states";
import type { Platform } from "../../../../../model/platform";
import { defineService } from "../../../../../model/service";

const URN = "urn:pulumi:prod::vpai::";

const state = (type: string, name: string, inputs: object, provider?: string) => ({
  urn: `${URN}${type}::${name}`,
  type,
  inputs: inputs as Record<string, unknown>,
  ...(provider === undefined ? {} : { provider: `${URN}pulumi:providers:docker::${provider}::some-id` }),
  propertyDependencies: {
    connection: [`${URN}pulumi-nodejs:dynamic/vpai/host:DockerHost::${name.split("/")[0] ?? ""}/docker`],
  },
});

const dynamic = (type: string, name: string, inputs: object) =>
  state(`pulumi-nodejs:dynamic/vpai/${type}`, name, inputs);

const LIMITS = { memoryMiB: 64, cpus: 1 };

const gateway = defineService({
  ...{ name: "caddy", group: "core", user: { uid: 0, gid: 0 }, limits: LIMITS, health: { test: ["true"] } },
  run: { image: "caddy:2", networks: ["frontend"] },
  gateway: { authority: "/root.crt" },
});

const unit = defineService({
  ...{ name: "hello", group: "core", user: { uid: 2000, gid: 2000 }, limits: LIMITS },
  health: { http: { port: 3001, path: "/" } },
  run: {
    program: { name: "hello", version: "1", source: { kind: "apt", package: "hello" } },
    exec: ["/bin/hello"],
    publish: [
      { port: 3001, hostPort: 3001, protocol: "tcp", access: "host" },
      { port: 443, hostPort: 443, protocol: "tcp", access: "vpn" },
      { port: 25, hostPort: 25, protocol: "tcp", access: "public" },
    ],
  },
} as never);

const platform: Platform = {
  name: "vpai",
  groups: ["core"],
  hosts: {
    one: { purpose: "all", groups: ["core"], networks: {} },
    two: { purpose: "none", groups: [], networks: {} },
  },
  services: [gateway, unit],
  accepted: [{ check: "hardening", subject: "*/pids", reason: "the client cannot say it" }],
};

const connection = { host: "198.51.100.7", port: 804, user: "deploy", hostKey: "ssh-ed25519 AAAA" };

const stack: Stack = {
  ...{ name: "prod", platform, vpnEnforce: true },
  hosts: {
    one: { services: [gateway, unit], isLab: false, vpnAddress: "100.64.0.14" },
    two: { services: [], isLab: true, vpnAddress: undefined },
  },
  deployed: {
    one: { connection, publicAddress: "198.51.100.7", services: {} },
    two: { connection: { ...connection, host: "198.51.100.8" }, publicAddress: "198.51.100.8", services: {} },
  },
  keyOf: () => Promise.resolve("ssh-ed25519 AAAAkey"),
  states: [
    state(
      "docker:index/container:Container",
      "one/caddy",
      {
        ...{ name: "vpai_caddy", image: "sha256:aa", user: "0:0" },
        labels: [{ label: "dev.vpai.service", value: "caddy" }],
        capabilities: { adds: ["CAP_NET_BIND_SERVICE"], drops: ["ALL"] },
        mounts: [{ source: "/opt/vpai/configs/caddy", target: "/etc/caddy" }],
        networksAdvanced: [{ name: "frontend" }],
        ports: [
          { ip: "198.51.100.7", external: 443, internal: 443, protocol: "udp" },
          { ip: "127.0.0.1", external: 8188, internal: 8188, protocol: "tcp" },
        ],
      },
      "one/engine",
    ),
    state("docker:index/container:Container", "one/machine/container", { name: "lab-one" }, "lab/engine"),
    state("docker:index/network:Network", "one/network/backend", { name: "backend", internal: true }, "one/engine"),
    dynamic("host:RemoteFile", "one/caddy/secret/key", {
      path: "/opt/vpai/secrets/caddy/key",
      mode: "0400",
      owner: "0:0",
    }),
    dynamic("host:RemoteFile", "two/x/config/y", { path: "/elsewhere", mode: "0644", owner: "0:0" }),
    dynamic("host:KeptSecret", "one/copy", { path: "/opt/vpai/made-secrets/x" }),
    dynamic("host:Operator", "one/operator", {
      ...{ user: "mobuone", keys: ["ssh-ed25519 AAAAop"], sudoers: "/etc/sudoers.d/60-vpai-operator" },
    }),
    dynamic("host:AuthorizedKey", "one/visitor/copies", { user: "deploy", publicKey: "ssh-ed25519 AAAAvisitor" }),
    dynamic("host:AuthorizedKey", "two/visitor/copies", { user: "deploy", publicKey: "ssh-ed25519 AAAAelsewhere" }),
    {
      ...dynamic("host:SshdConfig", "one/sshd", { users: ["deploy"] }),
      id: "sshd",
      outputs: {
        __provider: 'exports.handler = () => require("@vpai/providers").implementations["sshdConfig"];',
        port: 804,
      },
    },
    dynamic("headscale:User", "one/vpn-user/hosts", {
      user: "hosts",
      server: { container: "vpai_headscale", port: 8080 },
    }),
    dynamic("headscale:Node", "two/vpn-node", { node: "two", user: "hosts" }),
    dynamic("headscale:PreAuthKey", "one/vpn-key/phone", { node: "phone", user: "people" }),
    dynamic("headscale:Device", "one/vpn-device/laptop", { node: "laptop", user: "operators" }),
    dynamic("host:SystemdUnit", "one/hello/unit", { unit: "hello.service" }),
    dynamic("host:SystemdJob", "one/job/nightly", { job: "nightly" }),
    dynamic("host:SmokeChecks", "one/smoke", { requests: [{ hostname: "a.example", address: "198.51.100.7" }] }),
  ],
};

test("what a stack's state and its platform declare of a host", async () => {
  const declared = await declarationOf("one", stack);
  expect(declared).toMatchObject({
    ...{ host: "one", stack: "prod", ownsKernel: true, folder: "/opt/vpai", vpnAddress: "100.64.0.14" },
    gateway: { container: "vpai_caddy" },
    networks: [{ name: "backend", internal: true }],
    sites: [{ hostname: "a.example" }],
  });
  expect(declared.containers).toEqual([
    {
      ...{ name: "vpai_caddy", service: "caddy", image: "sha256:aa", user: "0:0", readOnly: false, isOnDemand: false },
      ...{ capabilities: ["CAP_NET_BIND_SERVICE"], mounts: ["/opt/vpai/configs/caddy"], networks: ["frontend"] },
      ports: [
        { address: "198.51.100.7", hostPort: 443, protocol: "udp" },
        { address: "127.0.0.1", hostPort: 8188, protocol: "tcp" },
      ],
    },
  ]);
  expect(declared.files).toEqual([
    { path: "/opt/vpai/secrets/caddy/key", mode: "0400", owner: "0:0" },
    { path: "/opt/vpai/made-secrets/x", mode: "0600", owner: "0:0" },
  ]);
  expect([...declared.units]).toEqual(["hello.service", "nightly.service", "nightly.timer"]);
  expect([...declared.owners]).toEqual(["caddy", "hello", "nightly"]);
  expect([...declared.users]).toEqual([
    ["deploy", ["ssh-ed25519 AAAAkey", "ssh-ed25519 AAAAvisitor"]],
    ["mobuone", ["ssh-ed25519 AAAAop"]],
  ]);
  expect([...declared.placed]).toEqual([
    "/etc/sudoers.d/60-vpai-operator",
    "/etc/systemd/system/ssh.socket.d/vpai.conf",
  ]);
  expect(declared.layers).toMatchObject([
    { name: "operator", implementation: "" },
    { name: "sshd", implementation: "sshdConfig", id: "sshd", state: { port: 804 } },
  ]);
  expect(declared.coordinator).toEqual({
    server: { container: "vpai_headscale", port: 8080 },
    nodes: new Map([
      ["two", "hosts"],
      ["phone", "people"],
      ["laptop", "operators"],
    ]),
  });
  expect(declared.exceptions.map(({ subject }) => subject)).toEqual(["*/pids"]);
});

test("ports: sshd's, each container's on its address, a unit's by who may come in", async () => {
  const ports = (await declarationOf("one", stack)).ports.map(({ protocol, port, on, by }) => [protocol, port, on, by]);
  expect(ports).toEqual([
    ["tcp", 804, "anywhere", "sshd"],
    ["udp", 443, { address: "198.51.100.7" }, "caddy"],
    ["tcp", 8188, "host", "caddy"],
    ["tcp", 3001, "host", "hello"],
    ["tcp", 443, { address: "100.64.0.14" }, "hello"],
    ["tcp", 25, "anywhere", "hello"],
  ]);
});

test("where the VPN is not enforced, a unit's VPN port listens anywhere", async () => {
  const { ports } = await declarationOf("one", { ...stack, vpnEnforce: false });
  expect(ports.find(({ port, by }) => port === 443 && by === "hello")?.on).toBe("anywhere");
});

test("a lab machine shares its kernel, which is no finding", async () => {
  const { exceptions, ownsKernel } = await declarationOf("two", stack);
  expect(ownsKernel).toBe(false);
  expect(exceptions).toContainEqual({
    check: "sysctl",
    subject: "kernel/*",
    reason: "it shares the kernel of the machine that it runs on",
  });
});

test("so does a container of somebody else, of whose kernel the stack sets nothing", async () => {
  const of = async (values: object) => {
    const states = [...stack.states, dynamic("host:Sysctl", "one/sysctl", { values })];
    return declarationOf("one", { ...stack, states });
  };
  expect(await of({ "net.ipv4.tcp_syncookies": "1" })).toMatchObject({ ownsKernel: false });
  expect(await of({ "kernel.sysrq": "0" })).toMatchObject({ ownsKernel: true, sysctl: { "kernel.sysrq": "0" } });
});

test("a host that the stack has not brought up", async () => {
  await expect(declarationOf("three", stack)).rejects.toThrow(
    "expected a host of platform vpai that the stack has brought up",
  );
});
