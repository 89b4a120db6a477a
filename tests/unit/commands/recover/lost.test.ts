import { knowsComputer, machineParts, withoutHost } from "../../../../commands/recover/lost";
import type { ResourceState } from "../../../../commands/preview-comment/preview";

/** A state of two hosts, as an export has it: machines of a lab, what is on them, and what the stack alone has. */

const HOSTS = ["sese-ai", "seko-vpn"];

const urn = (type: string, name: string): string => `urn:pulumi:lab::vpai::${type}::${name}`;
const dynamic = (kind: string): string => `pulumi-nodejs:dynamic/vpai/${kind}`;

const STACK = urn("pulumi:pulumi:Stack", "vpai-lab");
const machine = (host: string): string => urn("vpai:lab:Machine", `${host}/machine`);
const computer = (host: string): string => urn("docker:index/container:Container", `${host}/machine/container`);
const login = (host: string): string => urn(dynamic("host:DockerHost"), `${host}/docker`);
const engine = (host: string): string => urn("pulumi:providers:docker", `${host}/engine`);

const one = (type: string, name: string, more: Partial<ResourceState> = {}): ResourceState => ({
  ...{ urn: urn(type, name), type, provider: "urn:pulumi:lab::vpai::pulumi:providers:x::default::id" },
  ...more,
});

const onHost = (kind: string, name: string, host: string, more: Partial<ResourceState> = {}): ResourceState =>
  one(dynamic(kind), name, {
    inputs: { connection: { host: "10.0.0.1" } },
    dependencies: [login(host)],
    propertyDependencies: { connection: [login(host)], content: [urn("random:x", "pw")] },
    deletedWith: computer(host),
    ...more,
  });

const ofHost = (host: string): ResourceState[] => [
  { urn: machine(host), type: "vpai:lab:Machine", parent: STACK },
  one(dynamic("host:SshKey"), `${host}/host-key`, { parent: machine(host), inputs: { comment: "x" } }),
  one("docker:index/container:Container", `${host}/machine/container`, { parent: machine(host) }),
  onHost("host:DockerHost", `${host}/docker`, host, { dependencies: [], propertyDependencies: {} }),
  { urn: engine(host), type: "pulumi:providers:docker", dependencies: [login(host)] },
  one("docker:index/network:Network", `${host}/network/backend`, { provider: `${engine(host)}::id` }),
  onHost("host:RemoteFile", `${host}/n8n/config/a`, host, { dependencies: [urn("docker:x", "other"), login(host)] }),
  one(dynamic("host:SshKey"), `${host}/job/offsite/key`, { inputs: { comment: "offsite" } }),
];

const STATE = {
  version: 3,
  deployment: {
    manifest: { time: "2026-11-29T12:00:00Z" },
    resources: [
      {
        ...{ urn: STACK, type: "pulumi:pulumi:Stack" },
        outputs: { hosts: { "sese-ai": { connection: 1 }, "seko-vpn": { connection: 2 } } },
      },
      ...ofHost("sese-ai"),
      ...ofHost("seko-vpn"),
      one("random:index/randomPassword:RandomPassword", "n8nEncryptionKey", {
        outputs: { result: { ciphertext: "v1:a" } },
      }),
      onHost("host:KeptSecret", "n8nEncryptionKey/copy", "sese-ai", {
        outputs: { value: { ciphertext: "v1:b" }, kept: true, made: { ciphertext: "v1:a" } },
      }),
      // A node of the VPN is made on its own host, and in the server of another one.
      onHost("headscale:Node", "sese-ai/vpn", "sese-ai"),
      onHost("headscale:PreAuthKey", "sese-ai/vpn-key", "seko-vpn", {
        dependencies: [login("sese-ai"), login("seko-vpn")],
      }),
      one(dynamic("s3:Bucket"), "bucket/vpai-backups", { inputs: { bucket: "vpai-backups" } }),
    ],
  },
};

const names = (state: typeof STATE | undefined): string[] =>
  (state?.deployment.resources ?? []).map(({ urn: found }) => found.split("::").slice(3).join("::"));

const forget = (isMade: boolean) =>
  withoutHost(STATE, { host: "sese-ai", hosts: HOSTS, isMade }) as typeof STATE | undefined;

const named = (state: typeof STATE | undefined, name: string): ResourceState | undefined =>
  state?.deployment.resources.find(({ urn: found }) => found.endsWith(`::${name}`));

test("what was on the lost computer is forgotten; keys, made secrets, other hosts and buckets are not", () => {
  const gone = names(STATE).filter((name) => !names(forget(false)).includes(name));
  expect(gone).toEqual(["sese-ai/docker", "sese-ai/network/backend", "sese-ai/n8n/config/a", "sese-ai/vpn"]);
});

test("a made secret keeps its value, and is written onto the new computer", () => {
  const kept = named(forget(false), "n8nEncryptionKey/copy");
  expect(kept?.outputs).toEqual({ value: { ciphertext: "v1:b" }, kept: false, made: { ciphertext: "v1:a" } });
  expect(named(forget(false), "n8nEncryptionKey")?.outputs).toEqual({ result: { ciphertext: "v1:a" } });
});

test("nothing that stays names what is gone", () => {
  const left = forget(true);
  const there = new Set(left?.deployment.resources.map(({ urn: found }) => found));
  // What is no resource of this sample is none that was forgotten.
  const foreign = [urn("random:x", "pw"), urn("docker:x", "other")];
  for (const resource of left?.deployment.resources ?? []) {
    const { dependencies, propertyDependencies, parent, deletedWith } = resource;
    const all = [...(dependencies ?? []), ...Object.values(propertyDependencies ?? {}).flatMap((urns) => urns ?? [])];
    for (const needed of [...all, parent, deletedWith])
      if (needed !== undefined && !foreign.includes(needed)) expect(there).toContain(needed);
  }
  expect(named(left, "seko-vpn/n8n/config/a")?.dependencies).toEqual([urn("docker:x", "other"), login("seko-vpn")]);
  expect(named(left, "sese-ai/vpn-key")?.dependencies).toEqual([login("seko-vpn")]);
});

test("only of a computer that is yet to be made nobody knows how to log in", () => {
  const hosts = (isMade: boolean): string[] =>
    Object.keys(named(forget(isMade), "vpai-lab")?.outputs?.["hosts"] as object);
  expect(hosts(false)).toEqual(["sese-ai", "seko-vpn"]);
  expect(hosts(true)).toEqual(["seko-vpn"]);
});

test("a machine's parts are those that somebody makes, and its computer is known among them", () => {
  expect(machineParts(STATE, "sese-ai")).toEqual([
    urn(dynamic("host:SshKey"), "sese-ai/host-key"),
    computer("sese-ai"),
  ]);
  expect(knowsComputer(STATE, "sese-ai")).toBe(true);
  const resources = STATE.deployment.resources.filter(({ urn: found }) => found !== computer("sese-ai"));
  expect(knowsComputer({ deployment: { resources } }, "sese-ai")).toBe(false);
  expect(machineParts(STATE, "workstation")).toEqual([]);
});

test("a state without anything stays as it is", () => {
  expect(withoutHost({}, { host: "sese-ai", hosts: HOSTS, isMade: true })).toBeUndefined();
});
