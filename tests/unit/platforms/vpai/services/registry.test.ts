import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { deploy } from "../../../../../components/stack";
import { loadStackConfig } from "../../../../../config";
import type { Platform } from "../../../../../model/platform";
import { namesOf } from "../../../../../platforms";
import vpai from "../../../../../platforms/vpai/platform";
import { servicesIn } from "../../../../../platforms/services-in";
import { type ContainerService, isContainerService, type Service } from "../../../../../model/service";
import { STACK } from "../../../../context";
import { contextOf, hostViews } from "../../../../../platforms/contexts";
import { projectRoot } from "../../../../../toolchain/environment";
import { CANARIES, container, graphOf, type Registered, resource, settingsOf } from "../../../components/stack/graph";
import { containerServices } from "./container-services";
import { CHECKS, type Deployed, JUDGED, type Option, valueOf } from "./declared";

/** A capability that the core has never heard of, and who offers everything that can be offered. */
const SERVERS = `
import { z } from "${projectRoot}/node_modules/zod";
import { RemoteFile } from "${projectRoot}/providers";
import { litellmKey } from "${projectRoot}/capabilities/litellm-key";
import { qdrantCollection } from "${projectRoot}/capabilities/qdrant-collection";
import { defineCapability } from "${projectRoot}/model/capability";
const key = { name: "serversKey", description: "key", origin: "random" };
export const greeting = defineCapability({
  name: "greeting",
  when: "before",
  claims: ({ of }) => ["greeting of " + of],
  make: ({ of }, { offer, host, connection, ready, scope }, at) =>
    new RemoteFile(
      host + "/greeting/" + of,
      { connection, path: "/srv/" + of, content: offer.word + " " + at.setting("serversTone"), mode: "0600" },
      { parent: scope, dependsOn: [ready] },
    ),
});
export default {
  name: "servers",
  group: "apps",
  run: { image: "registry.example.org/team/servers:1.2.3", networks: ["backend"] },
  user: { uid: 1, gid: 1 },
  port: 7000,
  limits: { memoryMiB: 1, cpus: 0.1 },
  health: { test: ["true"] },
  data: [{ path: "/kept", backup: { kind: "none", reason: "each collection is snapshotted" } }],
  settings: { serversTone: z.enum(["loud", "calm"]).default("calm") },
  offers: [
    qdrantCollection.offer({ apiKey: key }),
    litellmKey.offer({ masterKey: key }),
    greeting.offer({ word: "hello" }),
  ],
};
`;

/** A service that uses every option there is, as somebody would add it: one more file. */
const EVERYTHING = `
import { z } from "${projectRoot}/node_modules/zod";
import { litellmKey } from "${projectRoot}/capabilities/litellm-key";
import { n8nWorkflow } from "${projectRoot}/capabilities/n8n-workflow";
import { postgresqlDatabase } from "${projectRoot}/capabilities/postgresql-database";
import { qdrantCollection } from "${projectRoot}/capabilities/qdrant-collection";
import { redisDatabase } from "${projectRoot}/capabilities/redis-database";
import { redisPassword } from "${projectRoot}/programs/redis";
import { greeting } from "./servers";
const random = (name) => ({ name, description: name, origin: "random", length: 20 });
const supplied = (name, needed) => ({ name, description: name, origin: "supplied", needed: () => needed });
export default {
  name: "everything",
  group: "apps",
  run: {
    image: "registry.example.org/team/everything:1.2.3",
    networks: ["frontend", "monitoring"],
    publish: [
      { port: 53, hostPort: 5353, protocol: "udp", access: "vpn" },
      { port: 9000, hostPort: 9443, protocol: "tcp", access: "public" },
    ],
    architectures: ["amd64"],
    publisher: "its owner",
    entrypoint: ["/bin/everything"],
    command: ["serve", "--title", "a b'c"],
    hostMounts: [{ source: "/sys", target: "/host/sys" }],
    scratch: ["/tmp", "/run"],
    writableRoot: "it unpacks itself",
    bash: true,
    capabilities: ["CHOWN", "SETUID"],
  },
  user: { uid: 1234, gid: 1235 },
  port: 9000,
  expose: [
    { subdomain: "any", port: 9000, access: "public" },
    { subdomain: "inner", port: 9001, access: "vpn" },
    { subdomain: "inner", port: 9002, access: "public", path: "/open" },
    { subdomain: "", port: 9000, access: "public", path: "/everything/*", stripPath: true },
  ],
  metrics: { port: 9001, path: "/stats" },
  alerts: (host) => [
    {
      name: "NotEverything",
      expr: 'absent(up{host="' + host + '"})',
      after: "3m",
      severity: "warning",
      summary: "less",
      runbook: "an-alert",
    },
  ],
  dashboards: [{ uid: "vpai-everything", title: "All of it", panels: [{ title: "One", queries: [{ expr: "up" }] }] }],
  environment: ({ domain }) => ({ DOMAIN: domain, EMPTY: "" }),
  asks: () => [{ subdomain: "studio" }],
  extraHosts: ({ domain }) => ({ ["far." + domain]: "192.0.2.7" }),
  reaches: () => ["studio"],
  runsOn: ({ vpnAddress }) => vpnAddress !== undefined,
  partOfSystem: false,
  files: ({ domain }) => [
    { path: "/etc/everything/main.conf", content: "domain " + domain },
    { path: "/etc/everything/parts/more.conf", content: "x", validate: ["check", "{}"] },
  ],
  secrets: {
    token: { secret: supplied("everythingToken", true), variable: "TOKEN_FILE" },
    absent: { secret: supplied("everythingAbsent", false), variable: "ABSENT_FILE" },
    key: { secret: random("everythingKey"), exported: "KEY", render: (value) => "key=" + value + "\\n" },
  },
  proofs: () => [{ secret: random("everythingKey"), as: "everybody", command: ["try"] }],
  data: [
    { path: "/data", backup: { kind: "files" } },
    { path: "/cache", directory: "everything-cache", mode: "0750", backup: { kind: "none", reason: "a cache" } },
  ],
  dataVersions: {
    program: "Everything", of: () => 1, place: () => ".", find: "", method: { name: "everything-major", script: "exit 0" },
  },
  limits: { memoryMiB: 77, cpus: 0.25 },
  guests: { count: 2, memoryMiB: 1 },
  health: { test: ["probe", "--quick"], interval: 5, timeout: 90, startPeriod: 3, retries: 7 },
  beside: ["redis"],
  needs: ["redis", "n8n"],
  firstUser: { closed: ["/first*"], owner: supplied("everythingToken", true) },
  uses: [
    postgresqlDatabase.request({ name: "things", role: "keeper", password: random("thingsPassword") }),
    qdrantCollection.request({ name: "pictures", size: 3, distance: "Dot" }, { from: "servers" }),
    litellmKey.request(
      { alias: "everything", maxBudget: 0.5, budgetDuration: "1d", models: ["small"], key: random("llm") },
      { from: "servers" },
    ),
    redisDatabase.request({ number: 7, password: redisPassword() }),
    ...n8nWorkflow.requestFolder({ folder: __dirname + "/everything" }, "n8n"),
    greeting.request({ of: "everything" }),
  ],
  usesBy: ({ everythingMode }) => (everythingMode === "b" ? [greeting.request({ of: "b" })] : []),
  settings: { everythingMode: z.enum(["a", "b"]).default("a") },
  smoke: [{ subdomain: "any", access: "public", path: "/alive?deep", status: 204 }],
  version: { test: ["everything", "version"], pattern: "everything (.*)" },
  onChange: { reload: ["kill", "-HUP", "1"] },
  jobs: [{
    name: "everything-tidy", in: "container", purpose: "Tidies up", schedule: "*-*-* 04:00:00", argv: ["/bin/tidy", "--all"],
    overdueAfter: 90000, limits: { memoryMiB: 8, cpus: 0.1 },
  }],
  backups: [{ name: "everything-else", method: { name: "everything", script: "exit 0" }, arguments: ["--all"] }],
  stopTimeout: 45,
};
`;

const WORKFLOW = { name: "A flow", nodes: [{ name: "Start" }], connections: {}, settings: {}, active: false };

const TOKEN = "canary-of-everythingToken";
const HOST = "sese-ai";
let folder: string;
let added: ContainerService[];
let graph: Registered[];

const core = vpai.services.filter(({ group }) => group === "core");

/** VPN address of the hub, which prod does not know yet. */
const HUB = "100.64.0.9";

/** That of the workstation (docs/requirements.md#vpn). */
const WORKSTATION = "100.64.0.1";

/** Memory of a host with room for what is added to prod here; whether prod fits is judged elsewhere. */
const ROOMY_MIB = 16_384;

/** Prod with `services`, and no others, on its hosts. */
function prodWith(services: readonly Service[]): Promise<Registered[]> {
  const hosts = JSON.parse(settingsOf("prod")["vpai:hosts"] ?? "{}") as Record<string, object>;
  const sized = {
    [HOST]: { ...hosts[HOST], memoryMiB: ROOMY_MIB },
    "seko-vpn": { ...hosts["seko-vpn"], vpnAddress: HUB },
  };
  const withHub = { "vpai:hosts": JSON.stringify({ ...hosts, ...sized }) };
  const platform: Platform = { ...vpai, services };
  const names = namesOf(platform);
  const token = services.some(({ name }) => name === "everything") ? { "secrets:everythingToken": TOKEN } : {};
  const declared = new Set(names.secrets.map(({ name }) => `secrets:${name}`));
  const secrets = Object.fromEntries(Object.entries(CANARIES).filter(([name]) => declared.has(name)));
  const given = services.some(({ name }) => name === "servers") ? { "vpai:serversTone": "loud" } : {};
  const config = {
    ...settingsOf("prod"),
    "vpai:services": JSON.stringify(vpai.groups),
    ...withHub,
    ...secrets,
    ...token,
    ...given,
  };
  return graphOf("prod", config, () => ({ hosts: deploy(platform, loadStackConfig([names]), {}) }));
}

/** Where each host has what it runs, and the addresses that it is reached on. */
const PLACES = {
  "sese-ai": { folder: "/opt/vpai", prefix: "vpai_", gateway: "caddy", public: "137.74.114.167", vpn: "100.64.0.14" },
  "seko-vpn": { folder: "/opt/vpn", prefix: "vpn_", gateway: "gateway", public: "87.106.30.160", vpn: HUB },
} as const;

/** What the stack's file does not say. */
const SETTINGS = {
  telegramApi: "https://api.telegram.org",
  runbook: "https://github.com/mobutoo/vpai/blob/main/docs/runbook.md",
};

function deployed(service: ContainerService): Deployed {
  const host = service.group === "vpn" ? "seko-vpn" : HOST;
  const { public: everybody, vpn, ...place } = PLACES[host];
  const views = hostViews({ ...vpai, services: [...vpai.services, ...added] }).map((view) =>
    view.name in PLACES
      ? {
          ...view,
          vpnAddress: PLACES[view.name as keyof typeof PLACES].vpn,
          publicAddress: PLACES[view.name as keyof typeof PLACES].public,
        }
      : { ...view, vpnAddress: WORKSTATION },
  );
  const stack = { ...STACK, services: vpai.groups, settings: SETTINGS };
  const given = Object.keys(CANARIES).map((name) => name.replace("secrets:", ""));
  // As Pulumi.prod.yaml has it.
  const context = { ...contextOf(host, stack, views, { given }), crowdsec: host === HOST };
  return { service, graph, host, context, ...place, addresses: { public: everybody, vpn, host: "127.0.0.1" } };
}

beforeAll(async () => {
  folder = mkdtempSync(path.join(os.tmpdir(), "services-"));
  writeFileSync(path.join(folder, "everything.ts"), EVERYTHING);
  writeFileSync(path.join(folder, "servers.ts"), SERVERS);
  mkdirSync(path.join(folder, "everything"));
  writeFileSync(path.join(folder, "everything/flow.json"), JSON.stringify(WORKFLOW));
  writeFileSync(path.join(folder, "notes.md"), "not a service");
  added = servicesIn(folder).filter(isContainerService);
  graph = await prodWith([...vpai.services, ...added]);
}, 30_000);

afterAll(() => rmSync(folder, { recursive: true, force: true }));

test("every file of the folder is a service, what lies in folders beside them is not", () => {
  expect(added.map(({ name }) => name)).toEqual(["everything", "servers"]);
  const names = vpai.services.map(({ name }) => name);
  expect(names).toEqual(expect.arrayContaining(["caddy", "n8n", "postgresql", "redis"]));
  const files = readdirSync(path.join(projectRoot, "platforms/vpai/services")).filter((file) => file.endsWith(".ts"));
  expect(names.map((name) => `${name}.ts`)).toEqual(files.sort());
});

const REACHING = Object.keys(CHECKS) as (keyof typeof CHECKS)[];
const JUDGING = Object.keys(JUDGED) as (keyof typeof JUDGED)[];

const usedOf = <Each extends Option>(options: readonly Each[], service: ContainerService): Each[] =>
  options.filter((option) => valueOf(service, option) !== undefined);

describe.each(containerServices.map((service) => [service.name, service] as const))("%s", (_name, service) => {
  test.each(usedOf(REACHING, service))("%s reaches the host", (option) => CHECKS[option](deployed(service)));
});

test("what reaches no host is declared by some service, and judged before anything is made", () => {
  for (const option of JUDGING) {
    const declaring = containerServices.filter((service) => valueOf(service, option) !== undefined);
    for (const service of declaring) JUDGED[option](deployed(service));
  }
});

describe("a service added as one more file", () => {
  const everything = (): ContainerService => added[0] as ContainerService;
  const UNUSED: readonly Option[] = ["run.start", "home", "offers", "watches", "gateway"];

  test("uses every option but those of servers that others need", () => {
    const unused = [...REACHING, ...JUDGING].filter((option) => valueOf(everything(), option) === undefined);
    expect(unused).toEqual(UNUSED);
  });

  test.each(REACHING.filter((option) => !UNUSED.includes(option)))("%s reaches the host", (option) =>
    CHECKS[option](deployed(everything())),
  );

  test.each(JUDGING)("%s is judged before anything is made", (option) => JUDGED[option](deployed(everything())));

  test.each(["port", "offers"] as const)("%s of the service that serves it reaches the host", (option) =>
    CHECKS[option](deployed(added[1] as ContainerService)),
  );

  test("what it requests is made as its file says", () => {
    const inputs = (name: string): Record<string, unknown> => resource(graph, `${HOST}/${name}`).inputs;
    expect(inputs("database/things")).toMatchObject({ database: "things", role: "keeper" });
    expect(inputs("collection/pictures")).toMatchObject({
      collection: "pictures",
      size: 3,
      distance: "Dot",
      server: { container: "vpai_servers", port: 7000 },
    });
    expect(inputs("virtual-key/everything")).toMatchObject({
      alias: "everything",
      maxBudget: 0.5,
      budgetDuration: "1d",
      models: ["small"],
      key: "sk-random-llm",
    });
    const { active, ...definition } = WORKFLOW;
    expect(active).toBe(false);
    expect(inputs("workflow/flow")).toMatchObject({ definition, published: "none", edited: "keep" });
  });

  test("a capability that no file of the core knows is made, with the value of a setting that it brings along", () => {
    expect(resource(graph, `${HOST}/greeting/everything`).inputs).toMatchObject({
      path: "/srv/everything",
      content: "hello loud",
    });
  });

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
      expect.arrayContaining([`${HOST}/redis/health`, `${HOST}/n8n/health`, `${HOST}/database/things`]),
    );
    const caddyfile = String(resource(graph, `${HOST}/caddy/config/Caddyfile`).inputs["content"]);
    expect(caddyfile).toMatch(
      /^any\.ewutelo\.cloud \{[^]*?\n\t+reverse_proxy everything:9000 \{\n\t+stream_close_delay 5m\n/m,
    );
    expect(caddyfile).toMatch(
      /^https:\/\/inner\.ewutelo\.cloud:8443 \{[^]*?\n\t+reverse_proxy everything:9001 \{\n\t+stream_close_delay 5m\n/m,
    );
    expect(caddyfile).toMatch(/^inner\.ewutelo\.cloud \{[^]*?\thandle \/open \{\n[^]*?\thandle \{\n\t+respond 404\n/m);
  });

  test("a supplied secret that the stack does not need leaves no variable and no file", () => {
    expect(JSON.stringify(graph)).not.toContain("ABSENT_FILE");
    expect(graph.filter(({ name }) => name.endsWith("/secret/absent"))).toEqual([]);
  });

  test("changes no other service but Caddy, whose routes follow from it, what is backed up, and what is checked", async () => {
    const without = await prodWith(core);
    const text = new Map(
      (await prodWith([...core, ...added])).map((one) => [`${one.type} ${one.name}`, JSON.stringify(one)]),
    );
    const changed = without.filter((one) => text.get(`${one.type} ${one.name}`) !== JSON.stringify(one));
    const names = changed.map(({ name }) => name).sort();
    const expected = [
      // what it publishes is public, and containers of every host may come to it
      "seko-vpn/packet-filter",
      "workstation/packet-filter",
      `${HOST}/packet-filter`,
      // what it has backed up, and a method of its own among those of the job
      `${HOST}/job/backup-${HOST}/config/plan`,
      `${HOST}/caddy/config/Caddyfile`,
      `${HOST}/job/backup-${HOST}`,
      `${HOST}/readiness`,
      // It waits for them, too.
      `${HOST}/caddy`,
      `${HOST}/caddy/health`,
      `${HOST}/smoke`,
    ];
    expect(names).toEqual(expected.sort());
  });
});

test("a service that needs one that is not there is an error that names both", async () => {
  const lost = { ...(core.find(({ name }) => name === "n8n") as Service), needs: ["nowhere"] };
  const others = core.filter(({ name }) => name !== "n8n");
  await expect(prodWith([...others, lost])).rejects.toThrow(/needs nowhere[^]*there are caddy,.* n8n/);
});
