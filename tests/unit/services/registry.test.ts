import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { deploy } from "../../../components/stack";
import { loadStackConfig } from "../../../config";
import { declaredSecrets, type Platform } from "../../../platforms";
import vpai from "../../../platforms/vpai/platform";
import { allServices } from "../../../platforms";
import { servicesIn } from "../../../platforms/services-in";
import type { Service } from "../../../model/service";
import { CANARIES, container, graphOf, type Registered, resource, settingsOf } from "../stack/graph";
import { CHECKS, type Deployed } from "./declared";

/** A service that uses every option there is, as somebody would add it: one more file. */
const ONE_MORE_FILE = `
const random = (name) => ({ name, description: name, origin: "random", length: 20 });
const supplied = (name, needed) => ({ name, description: name, origin: "supplied", needed: () => needed });
export default {
  name: "everything",
  group: "apps",
  image: "registry.example.org/team/everything:1.2.3",
  user: { uid: 1234, gid: 1235 },
  networks: ["frontend", "monitoring"],
  port: 9000,
  expose: [
    { subdomain: "any", port: 9000, access: "public" },
    { subdomain: "inner", port: 9001, access: "vpn" },
    { subdomain: "inner", port: 9002, access: "public", path: "/open" },
    { subdomain: "", port: 9000, access: "public", path: "/everything/*", stripPath: true },
  ],
  publish: [
    { port: 53, hostPort: 5353, protocol: "udp", access: "vpn" },
    { port: 9000, hostPort: 9443, protocol: "tcp", access: "public" },
  ],
  architectures: ["amd64"],
  entrypoint: ["/bin/everything"],
  command: ["serve", "--title", "a b'c"],
  hostMounts: [{ source: "/sys", target: "/host/sys" }],
  metrics: { port: 9001, path: "/stats" },
  environment: ({ domain }) => ({ DOMAIN: domain, EMPTY: "" }),
  files: ({ domain }) => [
    { path: "/etc/everything/main.conf", content: "domain " + domain },
    { path: "/etc/everything/parts/more.conf", content: "x", validate: ["check", "{}"] },
  ],
  secrets: {
    token: { secret: supplied("everythingToken", true), variable: "TOKEN_FILE" },
    absent: { secret: supplied("everythingAbsent", false), variable: "ABSENT_FILE" },
    key: { secret: random("everythingKey"), exported: "KEY", render: (value) => "key=" + value + "\\n" },
  },
  data: [{ path: "/data" }, { path: "/cache", directory: "everything-cache", mode: "0750" }],
  scratch: ["/tmp", "/run"],
  limits: { memoryMiB: 77, cpus: 0.25 },
  capabilities: ["CHOWN", "SETUID"],
  health: { test: ["probe", "--quick"], interval: 5, timeout: 90, startPeriod: 3, retries: 7 },
  needs: ["redis", "caddy"],
  database: { name: "things", role: "keeper", password: random("thingsPassword") },
  collections: [{ name: "pictures", size: 3, distance: "Dot" }],
  virtualKeys: [{ alias: "everything", maxBudget: 0.5, budgetDuration: "1d", models: ["small"], key: random("llm") }],
  workflows: __dirname + "/everything",
  smoke: [{ subdomain: "any", access: "public", path: "/alive?deep", status: 204 }],
  version: { test: ["everything", "version"], pattern: "everything (.*)" },
  onChange: { reload: ["kill", "-HUP", "1"] },
  stopTimeout: 45,
  backup: { kind: "files", paths: ["/data"] },
};
`;

/** What it has things made in. */
const SERVERS = `
const key = { name: "serversKey", description: "key", origin: "random" };
export default {
  name: "servers",
  group: "apps",
  image: "registry.example.org/team/servers:1.2.3",
  user: { uid: 1, gid: 1 },
  networks: ["backend"],
  port: 7000,
  limits: { memoryMiB: 1, cpus: 0.1 },
  health: { test: ["true"] },
  vectorServer: { apiKey: key },
  llmProxy: { masterKey: key },
  backup: { kind: "none", reason: "a test" },
};
`;

const WORKFLOW = { name: "A flow", nodes: [{ name: "Start" }], connections: {}, settings: {}, active: false };

const TOKEN = "canary-of-everythingToken";
const HOST = "sese-ai";
let folder: string;
let added: Service[];
let graph: Registered[];

const core = allServices.filter(({ group }) => group === "core");

/** Prod with `services`, and no others, on its hosts. */
function prodWith(services: readonly Service[]): Promise<Registered[]> {
  const platform: Platform = { ...vpai, services };
  const names = {
    name: "vpai",
    hosts: Object.keys(platform.hosts),
    services: services.map(({ name }) => name),
    secrets: declaredSecrets(platform),
  };
  const token = services.some(({ name }) => name === "everything") ? { "secrets:everythingToken": TOKEN } : {};
  const declared = new Set(names.secrets.map(({ name }) => `secrets:${name}`));
  const secrets = Object.fromEntries(Object.entries(CANARIES).filter(([name]) => declared.has(name)));
  const config = { ...settingsOf("prod"), ...secrets, ...token };
  return graphOf("prod", config, () => ({ hosts: deploy(platform, loadStackConfig([names]), {}) }));
}

const deployed = (service: Service): Deployed => ({
  service,
  graph,
  host: HOST,
  context: {
    host: HOST,
    domain: "ewutelo.cloud",
    tls: "acme-ovh",
    vpnEnforce: true,
    services: [...allServices, ...added],
  },
  addresses: { public: "137.74.114.167", vpn: "100.64.0.14" },
});

beforeAll(async () => {
  folder = mkdtempSync(path.join(os.tmpdir(), "services-"));
  writeFileSync(path.join(folder, "everything.ts"), ONE_MORE_FILE);
  writeFileSync(path.join(folder, "servers.ts"), SERVERS);
  mkdirSync(path.join(folder, "everything"));
  writeFileSync(path.join(folder, "everything/flow.json"), JSON.stringify(WORKFLOW));
  writeFileSync(path.join(folder, "notes.md"), "not a service");
  added = servicesIn(folder);
  graph = await prodWith([...allServices, ...added]);
}, 30_000);

afterAll(() => rmSync(folder, { recursive: true, force: true }));

test("every file of the folder is a service, what lies in folders beside them is not", () => {
  expect(added.map(({ name }) => name)).toEqual(["everything", "servers"]);
  const names = allServices.map(({ name }) => name);
  expect(names).toEqual(expect.arrayContaining(["caddy", "n8n", "postgresql", "redis"]));
  const files = readdirSync(path.join(__dirname, "../../../platforms/vpai/services")).filter((file) =>
    file.endsWith(".ts"),
  );
  expect(names.map((name) => `${name}.ts`)).toEqual(files.sort());
});

const OPTIONS = Object.keys(CHECKS) as (keyof Service)[];

describe.each(allServices.map((service) => [service.name, service] as const))("%s", (_name, service) => {
  test.each(OPTIONS.filter((option) => service[option] !== undefined))("%s reaches the host", (option) => {
    CHECKS[option](deployed(service));
  });
});

describe("a service added as one more file", () => {
  const everything = (): Service => added[0] as Service;

  test("uses every option but those of servers that others need", () => {
    const unused = OPTIONS.filter((option) => everything()[option] === undefined);
    expect(unused).toEqual(["databaseServer", "vectorServer", "llmProxy", "gateway"]);
  });

  test.each(OPTIONS)("%s reaches the host", (option) => CHECKS[option](deployed(everything())));

  test("gets container, files, secrets, data, database, gate, routes and ports from that file alone", () => {
    const inputs = container(graph, `${HOST}/everything`).inputs;
    expect(inputs).toMatchObject({
      entrypoints: ["/bin/sh", "-euc", 'KEY="$(cat /run/secrets/key)"; export KEY; exec "$@"', "everything"],
      command: ["/bin/everything", "serve", "--title", "a b'c"],
      envs: ["DOMAIN=ewutelo.cloud", "EMPTY=", "TOKEN_FILE=/run/secrets/token"],
      memory: 77,
      cpus: "0.25",
      user: "1234:1235",
      tmpfs: { "/tmp": "mode=1777", "/run": "mode=1777" },
      healthcheck: {
        tests: ["CMD", "probe", "--quick"],
        interval: "5s",
        timeout: "1m30s",
        startPeriod: "3s",
        retries: 7,
      },
      stopTimeout: 45,
      ports: [
        { internal: 53, external: 5353, protocol: "udp", ip: "100.64.0.14" },
        { internal: 9000, external: 9443, protocol: "tcp", ip: "137.74.114.167" },
      ],
      mounts: [
        { type: "bind", source: "/opt/vpai/configs/everything", target: "/etc/everything", readOnly: true },
        { type: "bind", source: "/opt/vpai/secrets/everything", target: "/run/secrets", readOnly: true },
        { type: "bind", source: "/opt/vpai/data/everything", target: "/data", readOnly: false },
        { type: "bind", source: "/opt/vpai/data/everything-cache", target: "/cache", readOnly: false },
        { type: "bind", source: "/sys", target: "/host/sys", readOnly: true },
      ],
    });
    expect(resource(graph, `${HOST}/everything/config/parts/more.conf`).inputs["path"]).toBe(
      "/opt/vpai/configs/everything/parts/more.conf",
    );
    expect(resource(graph, `${HOST}/everything/secret/key`).inputs["content"]).toBe("key=random-everythingKey\n");
    expect(resource(graph, `${HOST}/everything/secret/token`).inputs["content"]).toBe(TOKEN);
    expect(resource(graph, `${HOST}/everything/data/everything-cache`)).toMatchObject({
      inputs: { mode: "0750", owner: "1234:1235" },
      protect: true,
    });
    expect(container(graph, `${HOST}/everything`).dependsOn).toEqual(
      expect.arrayContaining([`${HOST}/redis/health`, `${HOST}/caddy/health`, `${HOST}/database/things`]),
    );
    const caddyfile = String(resource(graph, `${HOST}/caddy/config/Caddyfile`).inputs["content"]);
    expect(caddyfile).toMatch(/^any\.ewutelo\.cloud \{[^]*?reverse_proxy everything:9000\n\}/m);
    expect(caddyfile).toMatch(
      /^https:\/\/inner\.ewutelo\.cloud:8443 \{[^]*?\thandle \{\n\t\treverse_proxy everything:9001\n\t\}\n\}/m,
    );
    expect(caddyfile).toMatch(/^inner\.ewutelo\.cloud \{[^]*?\thandle \/open \{\n[^]*?\thandle \{\n\t\trespond 404\n/m);
  });

  test("a supplied secret that the stack does not need leaves no variable and no file", () => {
    expect(JSON.stringify(graph)).not.toContain("ABSENT_FILE");
    expect(graph.filter(({ name }) => name.endsWith("/secret/absent"))).toEqual([]);
  });

  test("changes no other service but Caddy, whose routes follow from it, and what is checked", async () => {
    const without = await prodWith(core);
    const text = new Map(
      (await prodWith([...core, ...added])).map((one) => [`${one.type} ${one.name}`, JSON.stringify(one)]),
    );
    const changed = without.filter((one) => text.get(`${one.type} ${one.name}`) !== JSON.stringify(one));
    expect(changed.map(({ name }) => name)).toEqual([
      ...["config/Caddyfile", "health"].map((part) => `${HOST}/caddy/${part}`),
      `${HOST}/smoke`,
    ]);
  });
});

test("a service that needs one that is not there is an error that names both", async () => {
  const lost = { ...(core.find(({ name }) => name === "n8n") as Service), needs: ["nowhere"] };
  const others = core.filter(({ name }) => name !== "n8n");
  await expect(prodWith([...others, lost])).rejects.toThrow(/needs nowhere[^]*which runs caddy,.* n8n/);
});
