import { CONTAINER, coreStacks, type Registered, resource, TOKEN } from "./graph";

const REMOTE_FILE = "pulumi-nodejs:dynamic/vpai/host:RemoteFile";
const REMOTE_DIRECTORY = "pulumi-nodejs:dynamic/vpai/host:RemoteDirectory";
const SSH_KEY = "pulumi-nodejs:dynamic/vpai/host:SshKey";
const DATABASE = "pulumi-nodejs:dynamic/vpai/postgresql:Database";
const HEALTH_GATE = "pulumi-nodejs:dynamic/vpai/docker:HealthGate";
const DOCKER_HOST = "pulumi-nodejs:dynamic/vpai/host:DockerHost";
const FIREWALL = "pulumi-nodejs:dynamic/vpai/host:HostFirewall";
const LOGIN_BANS = "pulumi-nodejs:dynamic/vpai/host:LoginBans";
const CROWDSEC = "pulumi-nodejs:dynamic/vpai/host:CrowdSec";
const NETWORK = "docker:index/network:Network";
const ENGINE = "pulumi:providers:docker";
const COMMAND = "command:local:Command";

const HOSTS = ["sese-ai", "seko-vpn", "workstation"];
type StackName = "lab" | "prod" | "preprod";
let stacks: Record<StackName, Registered[]>;

beforeAll(async () => {
  stacks = await coreStacks();
}, 30_000);

/** The resources of one host, or of none (`""`), counted by type. */
function countsOf(graph: readonly Registered[], host: string): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { name, type } of graph) {
    const owner = HOSTS.find((candidate) => name === candidate || name.startsWith(`${candidate}/`)) ?? "";
    if (owner === host) counts[type] = (counts[type] ?? 0) + 1;
  }
  return counts;
}

/** Every host has these. */
const HOST = {
  "vpai:hosts:Host": 1,
  "pulumi-nodejs:dynamic/vpai/host:Sysctl": 1,
  "pulumi-nodejs:dynamic/vpai/host:SshdConfig": 1,
  "pulumi-nodejs:dynamic/vpai/host:Packages": 1,
  "pulumi-nodejs:dynamic/vpai/host:Operator": 1,
  "pulumi-nodejs:dynamic/vpai/host:System": 1,
  "pulumi-nodejs:dynamic/vpai/docker:EngineSettings": 1,
  [DOCKER_HOST]: 1,
  [FIREWALL]: 1,
  [LOGIN_BANS]: 1,
  "vpai:docker:Networks": 1,
};

/** PostgreSQL, Redis, Caddy and n8n; `secretFiles` differ by stack. */
const core = (secretFiles: number): Record<string, number> => ({
  ...HOST,
  [ENGINE]: 1,
  [NETWORK]: 5,
  "vpai:docker:Service": 4,
  // the fifth is what the backup's own containers are of
  "pulumi-nodejs:dynamic/vpai/docker:HostImage": 5,
  // the host's backup and audit, and the image-pruning
  "pulumi-nodejs:dynamic/vpai/host:SystemdJob": 3,
  [CONTAINER]: 4,
  [HEALTH_GATE]: 4,
  [REMOTE_DIRECTORY]: 6,
  // Caddyfile, redis.conf, postgresql.conf, pg_hba.conf
  // of the image-pruning: its script
  // of the backup: its plan, twelve files of its program, one of each of four methods and SQLite's, a secret
  // of PostgreSQL's migration: three files of its program, what finds the version, and what has to be the same
  // of the audit: its script, and what it expects
  // of every job: what runs it, and what notes how it went
  [REMOTE_FILE]: 4 + 1 + 19 + 5 + 2 + 2 + secretFiles,
  [DATABASE]: 1,
  "pulumi-nodejs:dynamic/vpai/n8n:Owner": 1,
  "pulumi-nodejs:dynamic/vpai/n8n:Workflow": 1,
  // PostgreSQL, Redis and n8n keep data
  "pulumi-nodejs:dynamic/vpai/host:ReleaseSnapshot": 3,
  // PostgreSQL's data are of one major version
  "pulumi-nodejs:dynamic/vpai/host:DataMigration": 1,
  "pulumi-nodejs:dynamic/vpai/host:Readiness": 1,
  "pulumi-nodejs:dynamic/vpai/host:SmokeChecks": 1,
});

const LAB_MACHINE = { "vpai:lab:Machine": 1, [SSH_KEY]: 1, "docker:index/volume:Volume": 2 };
const RANDOM = {
  "vpai:platform:SecretStore": 1,
  "random:index/randomPassword:RandomPassword": 6,
  "pulumi-nodejs:dynamic/vpai/host:KeptSecret": 6,
};

describe("each host has exactly the resources that its services need", () => {
  test("lab", () => {
    expect(countsOf(stacks.lab, "sese-ai")).toEqual({ ...core(5), ...LAB_MACHINE, [CONTAINER]: 5 });
    expect(countsOf(stacks.lab, "seko-vpn")).toEqual({ ...HOST, ...LAB_MACHINE, [CONTAINER]: 1 });
    expect(countsOf(stacks.lab, "workstation")).toEqual({ ...HOST, ...LAB_MACHINE, [CONTAINER]: 1 });
    expect(countsOf(stacks.lab, "")).toEqual({
      ...RANDOM,
      "vpai:lab:Ground": 1,
      "vpai:lab:Registry": 1,
      [ENGINE]: 1,
      [NETWORK]: 1,
      [SSH_KEY]: 1,
      [CONTAINER]: 1,
      // two images that only the lab needs, four pushes of services' images, one of the backup's
      [COMMAND]: 7,
    });
  });

  test("prod", () => {
    // E5: the ninth is the kernel's setting for a VPN address that comes after the engine.
    expect(countsOf(stacks.prod, "sese-ai")).toEqual({ ...core(9), [CROWDSEC]: 1 });
    expect(countsOf(stacks.prod, "seko-vpn")).toEqual(HOST);
    expect(countsOf(stacks.prod, "workstation")).toEqual(HOST);
    expect(countsOf(stacks.prod, "")).toEqual({ "vpai:platform:SecretStore": 1 });
  });

  test("preprod", () => {
    expect(countsOf(stacks.preprod, "sese-ai")).toEqual({
      ...core(8),
      "vpai:hetzner:Server": 1,
      [SSH_KEY]: 2,
      "pulumi:providers:hcloud": 1,
      "hcloud:index/sshKey:SshKey": 1,
      "hcloud:index/firewall:Firewall": 1,
      "hcloud:index/server:Server": 1,
    });
    expect(countsOf(stacks.preprod, "seko-vpn")).toEqual({});
    expect(countsOf(stacks.preprod, "workstation")).toEqual({});
    expect(countsOf(stacks.preprod, "")).toEqual(RANDOM);
  });
});

describe.each(["lab", "prod", "preprod"] as const)("%s", (stack) => {
  const graph = (): Registered[] => stacks[stack];

  test("names are unique for their type, and begin with their host", () => {
    const names = graph().map(({ type, name }) => `${type} ${name}`);
    expect(new Set(names).size).toBe(names.length);
    const elsewhere = graph().filter(({ name, parent }) => {
      const host = HOSTS.find((candidate) => parent === candidate || parent.startsWith(`${candidate}/`));
      return host !== undefined && !name.startsWith(`${host}/`);
    });
    expect(elsewhere.map(({ name }) => name)).toEqual([]);
  });

  test("everything has its place: components below the stack, the rest below a component", () => {
    const top = graph().filter(({ parent }) => parent === "");
    const others = top.filter(({ type }) => !/^(vpai|pulumi:providers):/.test(type));
    expect(others.map(({ name }) => name)).toEqual([]);
    const components = new Set(
      graph()
        .filter(({ type }) => type.startsWith("vpai:"))
        .map(({ name }) => name),
    );
    expect(graph().filter(({ parent }) => parent !== "" && !components.has(parent))).toEqual([]);
  });

  test("tokens of our own components read vpai:<area>:<Type>", () => {
    const own = graph()
      .map(({ type }) => type)
      .filter((type) => type.startsWith("vpai:"));
    for (const type of own) expect(type).toMatch(/^vpai:[a-z]+:[A-Z][A-Za-z]+$/);
  });

  test("Docker objects of a host belong to that host's engine, which is reached over SSH", () => {
    const remote = graph().filter(
      ({ type, parent }) => type.startsWith("docker:") && /^[a-z-]+\/(networks|[a-z0-9]+)$/.test(parent),
    );
    const own = remote.filter(({ parent }) => !parent.endsWith("/machine") && parent !== "lab/registry");
    expect(own.length).toBe(5 + 4);
    expect(own.filter(({ provider }) => provider !== "sese-ai/engine")).toEqual([]);
    const engine = resource(graph(), "sese-ai/engine");
    expect(engine.inputs["host"]).toBe("ssh://sese-ai/docker");
    expect(engine.dependsOn).toContain("sese-ai/docker");
  });

  test("the five networks of Sese-AI have the names, subnets and ways out of docs/requirements.md#networks", () => {
    const networks = graph().filter(({ type, name }) => type === NETWORK && name.startsWith("sese-ai/"));
    const facts = networks.map(({ name, inputs }) => [
      name,
      inputs["name"],
      (inputs["ipamConfigs"] as { subnet: string; gateway: string }[]).map(({ subnet, gateway }) => [subnet, gateway]),
      inputs["internal"],
      inputs["driver"],
    ]);
    expect(facts).toEqual([
      ["sese-ai/network/frontend", "frontend", [["172.20.1.0/24", "172.20.1.1"]], false, "bridge"],
      ["sese-ai/network/backend", "backend", [["172.20.2.0/24", "172.20.2.1"]], true, "bridge"],
      ["sese-ai/network/monitoring", "monitoring", [["172.20.3.0/24", "172.20.3.1"]], true, "bridge"],
      ["sese-ai/network/egress", "egress", [["172.20.4.0/24", "172.20.4.1"]], false, "bridge"],
      ["sese-ai/network/sandbox", "sandbox", [["172.20.5.0/24", "172.20.5.1"]], true, "bridge"],
    ]);
  });

  test("whatever Docker knows by a fixed name is swept before it is created and deleted before it is replaced", () => {
    const named = graph().filter(({ type }) => type === NETWORK || type === CONTAINER);
    expect(named.filter(({ beforeCreate }) => beforeCreate.length !== 1).map(({ name }) => name)).toEqual([]);
    expect(named.filter(({ deleteBeforeReplace }) => !deleteBeforeReplace).map(({ name }) => name)).toEqual([]);
    const hooks = named.flatMap(({ beforeCreate }) => beforeCreate);
    expect(new Set(hooks).size).toBe(hooks.length);
    expect(named.filter(({ onError }) => onError.length !== 1).map(({ name }) => name)).toEqual([]);
  });
});

describe("what outlives what", () => {
  const names = (graph: readonly Registered[], choose: (one: Registered) => boolean): string[] =>
    graph
      .filter(choose)
      .map(({ name }) => name)
      .sort();
  const isProtected = ({ protect }: Registered): boolean => protect;

  test("data on real machines is protected, nothing else is", () => {
    expect(names(stacks.prod, isProtected)).toEqual([
      "sese-ai/caddy/data/caddy",
      "sese-ai/database/n8n",
      "sese-ai/job/audit-sese-ai/data/metrics",
      "sese-ai/job/image-pruning/data/upkeep",
      "sese-ai/n8n/data/n8n",
      "sese-ai/postgresql/data/postgresql",
      "sese-ai/redis/data/redis",
    ]);
    expect(names(stacks.lab, isProtected)).toEqual([]);
    expect(names(stacks.preprod, isProtected)).toEqual([]);
  });

  test("nothing of prod vanishes with a machine", () => {
    expect(names(stacks.prod, ({ deletedWith }) => deletedWith !== "")).toEqual([]);
  });

  test.each([
    ["lab", "sese-ai", "sese-ai/machine/container", 96],
    ["lab", "seko-vpn", "seko-vpn/machine/container", 11],
    ["lab", "workstation", "workstation/machine/container", 11],
    ["preprod", "sese-ai", "sese-ai/server", 99],
  ] as const)("%s: all of %s that is not its machine vanishes with %s", (stack, host, machine, count) => {
    const onHost = stacks[stack].filter(({ deletedWith }) => deletedWith === machine);
    expect(onHost.length).toBe(count);
    const copies = onHost.filter(({ type }) => type.endsWith(":KeptSecret"));
    expect(
      onHost.filter((one) => one.name !== host && !one.name.startsWith(`${host}/`) && !copies.includes(one)),
    ).toEqual([]);
    const others = stacks[stack].filter(
      ({ name, deletedWith }) => name.startsWith(`${host}/`) && deletedWith !== machine,
    );
    expect(others.filter(({ name, parent }) => name !== `${host}/machine` && parent !== `${host}/machine`)).toEqual([]);
  });

  test("nothing of a host is reached before its engine answers", () => {
    for (const graph of Object.values(stacks)) {
      const waiting = graph.filter(({ type }) => [REMOTE_FILE, REMOTE_DIRECTORY, DATABASE, HEALTH_GATE].includes(type));
      expect(waiting.length).toBeGreaterThan(12);
      expect(waiting.filter(({ dependsOn }) => !dependsOn.includes("sese-ai/docker")).map(({ name }) => name)).toEqual(
        [],
      );
    }
  });
});

describe("machines", () => {
  test("prod logs in to the three servers of docs/requirements.md#hosts", () => {
    const connections = HOSTS.map((host) => resource(stacks.prod, `${host}/docker`).inputs["connection"]);
    const key = { user: "mobuone", identityFile: "~/.ssh/seko-vpn-deploy" };
    expect(connections).toEqual([
      expect.objectContaining({ host: "137.74.114.167", port: 804, ...key }),
      expect.objectContaining({ host: "87.106.30.160", port: 22, ...key }),
      expect.objectContaining({ host: "192.168.1.8", port: 22, ...key }),
    ]);
  });

  test("lab hosts are reached as root at addresses of their own, with the generated host key pinned", () => {
    const connections = HOSTS.map((host) => resource(stacks.lab, `${host}/docker`).inputs["connection"]) as {
      host: string;
      hostKey: string;
      user: string;
      port: number;
    }[];
    expect(connections.map(({ user, port }) => [user, port])).toEqual(HOSTS.map(() => ["root", 22]));
    expect(connections.map(({ hostKey }) => hostKey)).toEqual(
      HOSTS.map((host) => `ssh-ed25519 ${Buffer.from(`${host}/host-key`).toString("base64")}`),
    );
    const subnet = (resource(stacks.lab, "lab/network").inputs["ipamConfigs"] as { subnet: string }[])[0]?.subnet ?? "";
    const prefix = subnet.replace(/0\/24$/, "");
    expect(connections.map(({ host }) => host)).toEqual([`${prefix}11`, `${prefix}12`, `${prefix}13`]);
  });

  test("a lab host's private key travels as a secret and into no environment", () => {
    const machine = resource(stacks.lab, "sese-ai/machine/container");
    expect(machine.secrets).toEqual(["uploads.0.content"]);
    expect(machine.inputs["uploads"]).toContainEqual({
      file: "/etc/ssh/ssh_host_ed25519_key",
      content: "private-sese-ai/host-key",
      permissions: "0600",
    });
    expect(machine.inputs["envs"]).toEqual(["SYSTEMD_CGROUP_ENABLE_LEGACY_FORCE=1"]);
    expect(machine.inputs["privileged"]).toBeUndefined();
  });

  test("every generated private key is declared a secret output", () => {
    const keys = [...stacks.lab, ...stacks.preprod].filter(({ type }) => type === SSH_KEY);
    expect(keys.length).toBe(6);
    for (const { additionalSecretOutputs } of keys) expect(additionalSecretOutputs).toEqual(["privateKey"]);
  });

  test("a lab host pulls production's references from the lab registry", () => {
    const registry = resource(stacks.lab, "lab/registry/server");
    const networks = registry.inputs["networksAdvanced"] as { ipv4Address: string }[];
    const address = networks[0]?.ipv4Address ?? "";
    const uploads = resource(stacks.lab, "sese-ai/machine/container").inputs["uploads"] as {
      file: string;
      content: string;
    }[];
    const settings = uploads.find(({ file }) => file === "/etc/docker/daemon.json")?.content ?? "";
    expect(JSON.parse(settings)).toEqual({
      "log-driver": "json-file",
      "log-opts": { "max-size": "10m", "max-file": "3" },
      "registry-mirrors": [`http://${address}`],
      "insecure-registries": [address, "ghcr.io"],
    });
    expect(resource(stacks.lab, "sese-ai/machine/container").inputs["hosts"]).toEqual([
      { host: "ghcr.io", ip: address },
    ]);
    expect(registry.inputs["ports"]).toEqual([expect.objectContaining({ ip: "127.0.0.1", internal: 80 })]);
  });

  test("Hetzner is asked with the stack's own token, which is a secret", () => {
    const provider = stacks.preprod.filter(({ type }) => type === "pulumi:providers:hcloud");
    expect(provider.map(({ inputs, secrets }) => [inputs["token"], secrets])).toEqual([[TOKEN, ["token"]]]);
    const created = stacks.preprod.filter(({ type }) => type.startsWith("hcloud:"));
    expect(created.map((one) => one.provider)).toEqual(created.map(() => provider[0]?.name));
    expect(created.length).toBe(3);
  });

  test("preprod is one CX23 whose firewall lets in SSH, the web and pings", () => {
    const server = resource(stacks.preprod, "sese-ai/server");
    expect(server.inputs).toMatchObject({
      name: "vpai-preprod-sese-ai",
      serverType: "cx23",
      location: "nbg1",
      image: "debian-13",
    });
    expect(server.secrets).toEqual(["userData"]);
    expect(server.inputs["userData"]).toContain("private-sese-ai/host-key");
    const rules = resource(stacks.preprod, "sese-ai/firewall", "hcloud:index/firewall:Firewall").inputs["rules"] as {
      direction: string;
      protocol: string;
      port?: string;
      sourceIps: string[];
    }[];
    const everywhere = ["0.0.0.0/0", "::/0"];
    expect(rules.map(({ direction, protocol, port, sourceIps }) => [direction, protocol, port, sourceIps])).toEqual([
      ["in", "tcp", "22", everywhere],
      ["in", "tcp", "80", everywhere],
      ["in", "tcp", "443", everywhere],
      ["in", "udp", "443", everywhere],
      ["in", "icmp", undefined, everywhere],
    ]);
    expect(resource(stacks.preprod, "sese-ai/docker").inputs["connection"]).toMatchObject({
      host: "203.0.113.10",
      user: "root",
      port: 22,
    });
  });
});
