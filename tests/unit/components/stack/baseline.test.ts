import { coreStacks, type Registered } from "./graph";

let stacks: Awaited<ReturnType<typeof coreStacks>>;
beforeAll(async () => {
  stacks = await coreStacks();
}, 30_000);

const PACKAGES = "pulumi-nodejs:dynamic/vpai/host:Packages";
const OPERATOR = "pulumi-nodejs:dynamic/vpai/host:Operator";
const SYSTEM = "pulumi-nodejs:dynamic/vpai/host:System";
const ENGINE = "pulumi-nodejs:dynamic/vpai/docker:EngineSettings";

const inputsOf = (graph: readonly Registered[], type: string, name: string): Record<string, unknown> => {
  const found = graph.find((one) => one.type === type && one.name === name);
  if (found === undefined) throw new Error(`no ${type} ${name}`);
  return found.inputs;
};

test("a host of one's own has all of its system", () => {
  expect(inputsOf(stacks.prod, SYSTEM, "workstation/system")).toMatchObject({
    hostname: "workstation",
    timeZone: "Europe/Paris",
    journalMiB: 512,
    swapMiB: 1024,
    upgrades: "security",
    kernelOptions: ["cgroup_enable=memory", "cgroup_memory=1"],
  });
});

test("a lab machine has name, swap, upgrades and kernel from outside", () => {
  const { connection, __provider, ...system } = inputsOf(stacks.lab, SYSTEM, "sese-ai/system");
  expect(connection).toMatchObject({ port: 22, user: "root" });
  expect(__provider).toMatch(/hostSystem/);
  expect(system).toEqual({ timeZone: "Europe/Paris", journalMiB: 512 });
});

test("the packages that every host has", () => {
  expect(inputsOf(stacks.prod, PACKAGES, "seko-vpn/packages")["packages"]).toEqual([
    { names: ["ca-certificates"] },
    { names: ["curl"] },
    { names: ["iproute2"] },
    { names: ["sudo"] },
    { names: ["unattended-upgrades"] },
    { names: ["ufw"] },
    { names: ["nftables"] },
    { names: ["iptables"] },
    { names: ["fail2ban"] },
    { names: ["python3-systemd"] },
    { names: ["docker.io", "docker-ce"] },
    { names: ["docker-cli", "docker-ce-cli"], on: "debian" },
  ]);
});

test("the operator's account has the lab's own key and no other; prod's owner declares keys", () => {
  const lab = inputsOf(stacks.lab, OPERATOR, "sese-ai/operator");
  expect(lab).toMatchObject({
    user: "mobuone",
    home: "/home/mobuone",
    groups: ["sudo", "docker"],
    keys: [`ssh-ed25519 ${Buffer.from("lab/login-key").toString("base64")}`],
    otherKeys: "remove",
    sudoers: "/etc/sudoers.d/60-vpai-operator",
  });
  expect(inputsOf(stacks.prod, OPERATOR, "sese-ai/operator")).toMatchObject({ keys: [], otherKeys: "keep" });
});

/** Names of all that a resource waits for, also by way of others. */
function allBelow(graph: readonly Registered[], name: string): string[] {
  const seen = new Set<string>();
  const look = (one: string): void => {
    for (const { dependsOn } of graph.filter((found) => found.name === one))
      for (const below of dependsOn.filter((found) => !seen.has(found))) {
        seen.add(below);
        look(below);
      }
  };
  look(name);
  return [...seen];
}

test.each(["lab", "prod", "preprod"] as const)("%s: the engine is asked for after all of it", (stack) => {
  expect(allBelow(stacks[stack], "sese-ai/docker")).toEqual(
    expect.arrayContaining(["sese-ai/system", "sese-ai/engine-settings", "sese-ai/operator"]),
  );
  for (const type of [SYSTEM, OPERATOR, ENGINE]) {
    const one = stacks[stack].find((found) => found.type === type && found.name.startsWith("sese-ai/"));
    expect(one?.dependsOn).toContain("sese-ai/packages");
  }
});
