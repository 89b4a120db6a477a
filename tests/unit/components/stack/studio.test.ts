import { deploy } from "../../../../components/stack";
import { loadStackConfig } from "../../../../config";
import { namesOf } from "../../../../platforms";
import vpai from "../../../../platforms/vpai/platform";
import { CANARIES, container, graphOf, type Registered, resource, settingsOf } from "./graph";

/** The workstation in a stack of all groups, on the hosts of prod. */

const HUB = "100.64.0.9";

const graphWith = (services: readonly string[]): Promise<Registered[]> => {
  const hosts = JSON.parse(settingsOf("prod")["vpai:hosts"] ?? "{}") as Record<string, object>;
  const withHub = { ...hosts, "seko-vpn": { ...hosts["seko-vpn"], vpnAddress: HUB } };
  const config = { "vpai:services": JSON.stringify(services), "vpai:hosts": JSON.stringify(withHub) };
  return graphOf("prod", { ...settingsOf("prod"), ...config, ...CANARIES }, () => ({
    hosts: (outputs = deploy(vpai, loadStackConfig([namesOf(vpai)]), {})),
  }));
};

/** Of the last graph. */
let outputs: ReturnType<typeof deploy>;
let graph: Registered[];
beforeAll(async () => {
  graph = await graphWith(vpai.groups);
}, 60_000);

/** What the stack's file has for a secret. */
const given = (name: string): string => CANARIES[`secrets:${name}`] ?? "none";

const names = (all: readonly Registered[]): string[] => all.map(({ name }) => name);

test("the stack tells of a unit how it is seen to work, and which image its program is out of", () => {
  const { services = {} } = outputs["workstation"] ?? {};
  expect(services["opencode"]).toEqual({
    unit: "opencode.service",
    program: "opencode 1.18.18",
    health: { http: { port: 3456, path: "/", status: 401 }, timeout: 10 },
    urls: ["https://oc.ewutelo.cloud/"],
  });
  expect(services["caddy-workstation"]).toMatchObject({
    unit: "caddy-workstation.service",
    takenFrom: "ghcr.io/mobutoo/vpai-caddy:2.10.2",
  });
});

describe("OpenCode", () => {
  test("has a key at LiteLLM on another host, without a budget of its own, before it starts", () => {
    const { inputs, parent, secrets } = resource(graph, "sese-ai/virtual-key/opencode");
    expect(inputs).toMatchObject({
      alias: "opencode",
      maxBudget: 0,
      budgetDuration: "1d",
      models: [],
      key: `sk-${given("opencodeLlmKey")}`,
      server: { container: "vpai_litellm", port: 4000 },
    });
    expect([parent, secrets]).toEqual(["sese-ai/litellm", expect.arrayContaining(["key"])]);
    expect(resource(graph, "workstation/opencode/unit").dependsOn).toContain("sese-ai/virtual-key/opencode");
  });

  test("has the same key as a file that it alone can read, and its password as another", () => {
    const file = (name: string): object => {
      const { inputs, secrets } = resource(graph, `workstation/opencode/secret/${name}`);
      return { ...inputs, secrets };
    };
    const common = { mode: "0400", owner: "2312:2312", secrets: ["content"] };
    expect(file("llm_key")).toMatchObject({ ...common, content: `sk-${given("opencodeLlmKey")}` });
    expect(file("server_password")).toMatchObject({ ...common, content: given("opencodePassword") });
    const { inputs } = resource(graph, "workstation/opencode/unit");
    for (const secret of [given("opencodeLlmKey"), given("opencodePassword")])
      expect(JSON.stringify(inputs)).not.toContain(secret);
  });

  test("is put in use by its unit, and is a command", () => {
    expect(resource(graph, "workstation/opencode/program").inputs).toMatchObject({
      folder: "/opt/workstation/programs/opencode",
      release: "1.18.18",
      use: "unit",
      commands: { opencode: "bin/opencode" },
    });
  });

  test("runs without LiteLLM, and then nobody makes it a key", async () => {
    const found = names(await graphWith(["core", "studio"]));
    expect(found).toContain("workstation/opencode/unit");
    expect(found).not.toContain("sese-ai/virtual-key/opencode");
  });
});

describe("the tools", () => {
  test.each([
    ["claude-code", "2.1.332", { claude: "claude" }],
    ["codex", "0.171.0", { codex: "bin/codex" }],
    ["gemini-cli", "0.61.0", { gemini: "bin/gemini" }],
  ])("%s is installed at %s, for this processor", (name, release, commands) => {
    const { inputs } = resource(graph, `workstation/program/${name}`);
    expect(inputs).toMatchObject({ folder: `/opt/workstation/programs/${name}`, release, commands, use: "tool" });
    const { source } = inputs as { source: { kind: string; url?: string } };
    if (source.kind === "download") expect(source.url).toMatch(/linux-arm64-2\.1\.332\.tgz$/);
  });

  test("Node is there once, before what npm installs, and is a command", () => {
    expect(resource(graph, "workstation/program/node").inputs).toMatchObject({
      use: "runtime",
      commands: { node: "bin/node" },
    });
    for (const name of ["codex", "gemini-cli"])
      expect(resource(graph, `workstation/program/${name}`).dependsOn).toContain("workstation/program/node");
  });

  test("a host that runs nothing has none", async () => {
    expect(names(await graphWith(["core"])).filter((name) => name.startsWith("workstation/program"))).toEqual([]);
  });
});

describe("the collectors", () => {
  test.each([
    ["workstation", "workstation-monitoring"],
    ["seko-vpn", "hub-monitoring"],
  ])("of %s finds the door at Sese-AI's VPN address, and has its password", (host, name) => {
    const { inputs } = container(graph, `${host}/${name}`);
    expect(inputs["hosts"]).toEqual([{ host: "ingest.ewutelo.cloud", ip: "100.64.0.14" }]);
    expect(resource(graph, `${host}/${name}/secret/ingest_password`).inputs).toMatchObject({
      content: given("monitoringWriteKey"),
      mode: "0400",
    });
  });

  test("run where the stores do", async () => {
    const found = names(await graphWith(["core", "studio"]));
    expect(found).toContain("workstation/comfyui");
    expect(found.filter((name) => /^workstation\/workstation-/.test(name))).toEqual([]);
  });
});

describe("what runs on demand", () => {
  const NAMES = ["opencut", "opencut-postgresql", "opencut-redis-http", "opencut-valkey"];

  test.each(NAMES)("%s is made, and left alone: not started, not watched, not started by the engine", (name) => {
    expect(container(graph, `workstation/${name}`).inputs).toMatchObject({
      start: false,
      mustRun: false,
      restart: "no",
    });
    expect(names(graph)).not.toContain(`workstation/${name}/health`);
  });

  test("no run asks it anything, and Uptime Kuma does not look at it", () => {
    const { inputs } = resource(graph, "workstation/smoke");
    expect(JSON.stringify(inputs["requests"])).not.toContain("opencut");
    const monitors = graph.find(({ type }) => type.endsWith(":Monitors"));
    expect(JSON.stringify(monitors?.inputs)).toContain("studio.ewutelo.cloud");
    expect(JSON.stringify(monitors?.inputs)).not.toContain("opencut");
  });

  test("its site is the gateway's all the same, at a port that is no other's", () => {
    const text = String(resource(graph, "workstation/caddy-workstation/config/Caddyfile").inputs["content"]);
    const upstreamOf = (name: string): string | undefined =>
      new RegExp(`^${name}\\.ewutelo\\.cloud \\{[^]*?reverse_proxy (\\S+)`, "m").exec(text)?.[1];
    expect([upstreamOf("opencut"), upstreamOf("oc")]).toEqual(["127.0.0.1:3100", "127.0.0.1:3456"]);
  });

  test("its secrets are in files, and in no description of a container", () => {
    for (const name of NAMES) {
      const text = JSON.stringify(container(graph, `workstation/${name}`).inputs);
      for (const secret of [
        "opencutDatabasePassword",
        "opencutValkeyPassword",
        "opencutRedisToken",
        "opencutAuthSecret",
      ])
        expect(text).not.toContain(given(secret));
    }
  });

  test("the starter knows it, and in which order it starts; n8n has its token", () => {
    const { inputs } = resource(graph, "workstation/starter/config/settings.json");
    expect(JSON.parse(String(inputs["content"]))).toEqual({
      port: 3210,
      engine: "/var/run/docker.sock",
      tokenFile: "/run/secrets/token",
      services: {
        opencut: ["opencut-postgresql", "opencut-valkey", "opencut-redis-http", "opencut"],
        "opencut-postgresql": ["opencut-postgresql"],
        "opencut-redis-http": ["opencut-valkey", "opencut-redis-http"],
        "opencut-valkey": ["opencut-valkey"],
      },
    });
    const credential = resource(graph, "sese-ai/credential/Workstation");
    expect(credential.inputs["data"]).toEqual({ name: "Authorization", value: `Bearer ${given("starterToken")}` });
  });
});
