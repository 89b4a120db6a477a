import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import type { Service, ServiceContext } from "../../../model/service";
import { container, type Registered, resource } from "../stack/graph";

/** A deployed service as a check sees it. */
export interface Deployed {
  service: Service;
  graph: readonly Registered[];
  /** Name of its host. */
  host: string;
  context: ServiceContext;
  /** Addresses that the host listens on. */
  addresses: { public: string; vpn: string };
}

type Check = (deployed: Deployed) => void;

const inputsOf = ({ graph, host, service }: Deployed): Record<string, unknown> =>
  container(graph, `${host}/${service.name}`).inputs;

const of = ({ graph, host, service }: Deployed, part: string): Registered =>
  resource(graph, `${host}/${service.name}/${part}`);

const mountTarget = (deployed: Deployed, source: string): string =>
  (mountFrom(deployed, source) as { target: string }).target;

/** The resource of a file, which is named by its place below the folder that is mounted. */
function configFile(deployed: Deployed, file: string): Registered {
  const folder = mountTarget(deployed, `/opt/vpai/configs/${deployed.service.name}`);
  return of(deployed, `config/${file.slice(folder.length + 1)}`);
}

const mountFrom = (deployed: Deployed, source: string): unknown =>
  (inputsOf(deployed)["mounts"] as { source: string }[]).find((mount) => mount.source === source);

/** Seconds of a duration in Docker's notation. */
const seconds = (text: string): number => {
  const [, minutes, rest] = /^(?:(\d+)m)?(\d+)s$/.exec(text) ?? [];
  return Number(minutes ?? 0) * 60 + Number(rest);
};

/** A resource that a service waits for, made in another one. */
function provisioned(deployed: Deployed, name: string): Registered {
  const found = resource(deployed.graph, `${deployed.host}/${name}`);
  expect(container(deployed.graph, `${deployed.host}/${deployed.service.name}`).dependsOn).toContain(found.name);
  return found;
}

const owner = ({ service: { user } }: Deployed): string => `${user.uid}:${user.gid}`;

/** What holds when an option of a service has reached its host. The compiler asks for one check per option. */
export const CHECKS: { [Option in keyof Required<Service>]: Check } = {
  name: (deployed) =>
    expect(inputsOf(deployed)).toMatchObject({
      name: `vpai_${deployed.service.name}`,
      hostname: deployed.service.name,
    }),
  group: ({ service }) => expect(["core", "apps", "monitoring"]).toContain(service.group),
  image: (deployed) => {
    expect(of(deployed, "image").inputs["name"]).toBe(deployed.service.image);
    expect(deployed.service.image).toMatch(/^[a-z0-9.-]+\.[a-z]+\/.+:(?!latest$)[\w.-]+$/);
  },
  user: (deployed) => expect(inputsOf(deployed)["user"]).toBe(owner(deployed)),
  networks: (deployed) => {
    const networks = inputsOf(deployed)["networksAdvanced"] as { name: string; aliases: string[] }[];
    expect(networks.map(({ name }) => name)).toEqual([...deployed.service.networks]);
    for (const { aliases } of networks) expect(aliases).toContain(deployed.service.name);
  },
  port: ({ service }) => expect(service.port).toBeGreaterThan(0),
  expose: ({ service, graph, host, context }) => {
    const text = String(resource(graph, `${host}/caddy/config/Caddyfile`).inputs["content"]);
    for (const { subdomain, port, access, path: only, stripPath } of service.expose ?? []) {
      const hostname = subdomain === "" ? context.domain : `${subdomain}.${context.domain}`;
      const address = access === "public" ? hostname : `https://${hostname}:8443`;
      const block = text
        .split("\n\n")
        .find((candidate) => (candidate.split("\n")[0] ?? "").replace(/ \{$/, "").split(", ").includes(address));
      const proxy = `reverse_proxy ${service.name}:${port}\n`;
      const handler = stripPath === true ? "handle_path" : "handle";
      expect(block).toContain(only === undefined ? proxy : `\t${handler} ${only} {\n\t\t${proxy}\t}`);
    }
  },
  publish: (deployed) => {
    const expected = (deployed.service.publish ?? []).map(({ port, hostPort, protocol, access }) => ({
      internal: port,
      external: hostPort,
      protocol,
      ip: deployed.addresses[access],
    }));
    expect(inputsOf(deployed)["ports"] ?? []).toEqual(expected);
  },
  architectures: ({ service }) => expect(service.architectures?.length).toBeGreaterThan(0),
  entrypoint: (deployed) => {
    const { entrypoints = [], command = [] } = inputsOf(deployed) as { entrypoints?: string[]; command?: string[] };
    const own = [...(deployed.service.entrypoint ?? []), ...(deployed.service.command ?? [])];
    expect([...entrypoints, ...command].slice(-own.length)).toEqual(own);
  },
  command: (deployed) => {
    const { command = [] } = deployed.service;
    expect((inputsOf(deployed)["command"] as string[]).slice(-command.length)).toEqual(command);
  },
  environment: (deployed) => {
    const declared = Object.entries(deployed.service.environment?.(deployed.context) ?? {});
    const files = Object.entries(deployed.service.secrets ?? {}).flatMap(([name, { variable }]) =>
      variable !== undefined &&
      deployed.graph.some((one) => one.name.endsWith(`/${deployed.service.name}/secret/${name}`))
        ? [[variable, `/run/secrets/${name}`]]
        : [],
    );
    expect(inputsOf(deployed)["envs"] ?? []).toEqual(
      [...declared, ...files].map(([name, value]) => `${name ?? ""}=${value ?? ""}`).sort(),
    );
  },
  files: (deployed) => {
    for (const file of deployed.service.files?.(deployed.context) ?? []) {
      const { inputs } = configFile(deployed, file.path);
      expect(inputs).toMatchObject({ content: file.content, mode: "0644" });
      const onHost = String(inputs["path"]);
      const folder = `/opt/vpai/configs/${deployed.service.name}`;
      expect(onHost.replace(folder, mountTarget(deployed, folder))).toBe(file.path);
      expect(mountFrom(deployed, folder)).toMatchObject({ type: "bind", readOnly: true });
      if (file.validate !== undefined) {
        expect((inputs["validate"] as string[]).slice(-file.validate.length)).toEqual([...file.validate]);
      }
    }
  },
  secrets: (deployed) => {
    for (const [name, { secret }] of Object.entries(deployed.service.secrets ?? {})) {
      const found = deployed.graph.filter(
        (one) => one.name === `${deployed.host}/${deployed.service.name}/secret/${name}`,
      );
      if (found.length === 0) {
        expect([name, secret.origin, secret.needed]).toEqual([name, "supplied", expect.any(Function)]);
        continue;
      }
      expect(found[0]).toMatchObject({ inputs: { mode: "0400", owner: owner(deployed) }, secrets: ["content"] });
      expect(mountFrom(deployed, `/opt/vpai/secrets/${deployed.service.name}`)).toMatchObject({
        target: "/run/secrets",
        readOnly: true,
      });
    }
  },
  data: (deployed) => {
    for (const { path: target, directory = deployed.service.name, mode = "0700" } of deployed.service.data ?? []) {
      const source = `/opt/vpai/data/${directory}`;
      expect(mountFrom(deployed, source)).toEqual({ type: "bind", source, target, readOnly: false });
      expect(of(deployed, `data/${directory}`).inputs).toMatchObject({ path: source, owner: owner(deployed), mode });
    }
  },
  scratch: (deployed) =>
    expect(Object.keys(inputsOf(deployed)["tmpfs"] ?? {})).toEqual([...(deployed.service.scratch ?? [])].sort()),
  hostMounts: (deployed) => {
    for (const { source, target } of deployed.service.hostMounts ?? [])
      expect(mountFrom(deployed, source)).toEqual({ type: "bind", source, target, readOnly: true });
  },
  limits: (deployed) => {
    const { memory, memorySwap, cpus } = inputsOf(deployed);
    const { memoryMiB } = deployed.service.limits;
    expect([memory, memorySwap, Number(cpus)]).toEqual([memoryMiB, memoryMiB, deployed.service.limits.cpus]);
  },
  capabilities: (deployed) =>
    expect(inputsOf(deployed)["capabilities"]).toEqual({
      drops: ["ALL"],
      adds: (deployed.service.capabilities ?? []).map((name) => `CAP_${name}`),
    }),
  health: (deployed) => {
    const check = inputsOf(deployed)["healthcheck"] as Record<string, string> & { tests: string[]; retries: number };
    const { test, interval = 30, timeout = 5, startPeriod = 60, retries = 3 } = deployed.service.health;
    expect(check.tests).toEqual(["CMD", ...test]);
    expect([check["interval"], check["timeout"], check["startPeriod"]].map((text) => seconds(text ?? ""))).toEqual([
      interval,
      timeout,
      startPeriod,
    ]);
    expect(check.retries).toBe(retries);
  },
  metrics: ({ service, graph, host }) => {
    const address = `${service.name}:${service.metrics?.port ?? service.port ?? "no port"}`;
    // The collector asks everybody, and is itself asked by the store.
    const collector = service.name === "alloy" ? "victoriametrics" : "alloy";
    const files = graph.filter(({ name }) => name.startsWith(`${host}/${collector}/config/`));
    const asking = files.filter(({ inputs }) => String(inputs["content"]).includes(address));
    expect([address, asking.length > 0]).toEqual([address, true]);
  },
  needs: (deployed) => {
    const { dependsOn } = container(deployed.graph, `${deployed.host}/${deployed.service.name}`);
    for (const needed of deployed.service.needs ?? []) expect(dependsOn).toContain(`${deployed.host}/${needed}/health`);
  },
  database: (deployed) => {
    const { database } = deployed.service;
    if (database === undefined) return;
    const found = resource(deployed.graph, `${deployed.host}/database/${database.name}`);
    expect(found).toMatchObject({
      inputs: { database: database.name, role: database.role },
      secrets: expect.arrayContaining(["password"]) as unknown,
    });
    expect(found.inputs["memberOf"]).toEqual(database.memberOf);
    expect(container(deployed.graph, `${deployed.host}/${deployed.service.name}`).dependsOn).toContain(found.name);
  },
  databaseServer: (deployed) => {
    const { databaseServer } = deployed.service;
    if (databaseServer === undefined) return;
    const databases = deployed.graph.filter(({ type }) => type.endsWith("postgresql:Database"));
    expect(databases.length).toBeGreaterThan(0);
    for (const { inputs } of databases) {
      expect(inputs["server"]).toMatchObject({
        container: `vpai_${deployed.service.name}`,
        superuser: databaseServer.superuser,
      });
    }
  },
  collections: (deployed) => {
    for (const { name, size, distance } of deployed.service.collections ?? [])
      expect(provisioned(deployed, `collection/${name}`)).toMatchObject({
        inputs: { collection: name, size, distance },
      });
  },
  vectorServer: (deployed) => {
    if (deployed.service.vectorServer === undefined) return;
    const collections = deployed.graph.filter(({ type }) => type.endsWith("qdrant:Collection"));
    for (const { inputs, secrets } of collections) {
      expect(inputs["server"]).toMatchObject({
        container: `vpai_${deployed.service.name}`,
        port: deployed.service.port,
      });
      expect(secrets).toContain("server.apiKey");
    }
  },
  virtualKeys: (deployed) => {
    for (const { alias, maxBudget, budgetDuration, models = [] } of deployed.service.virtualKeys ?? []) {
      const found = provisioned(deployed, `virtual-key/${alias}`);
      expect(found).toMatchObject({ inputs: { alias, maxBudget, budgetDuration, models } });
      expect(found.inputs["key"]).toMatch(/^sk-/);
      expect(found.secrets).toContain("key");
    }
  },
  llmProxy: (deployed) => {
    if (deployed.service.llmProxy === undefined) return;
    const keys = deployed.graph.filter(({ type }) => type.endsWith("litellm:Key"));
    for (const { inputs, secrets } of keys) {
      expect(inputs["server"]).toMatchObject({
        container: `vpai_${deployed.service.name}`,
        port: deployed.service.port,
      });
      expect(secrets).toContain("server.masterKey");
    }
  },
  workflows: ({ service: { name, workflows }, graph, host }) => {
    if (workflows === undefined) return;
    for (const file of readdirSync(workflows)) {
      const found = resource(graph, `${host}/workflow/${path.basename(file, ".json")}`);
      const { active, ...definition } = JSON.parse(readFileSync(path.join(workflows, file), "utf8")) as {
        active: boolean;
      };
      expect(found.inputs).toMatchObject({
        container: `vpai_${name}`,
        definition,
        published: active ? "current" : "none",
        edited: "keep",
      });
      expect(found.dependsOn).toContain(`${host}/${name}/health`);
    }
  },
  gateway: ({ service: { name, gateway }, graph, host, context }) => {
    if (gateway === undefined) return;
    const { authority } = resource(graph, `${host}/smoke`).inputs;
    const own = { container: `vpai_${name}`, file: gateway.authority };
    expect(authority).toEqual(context.tls === "internal" ? own : undefined);
  },
  smoke: ({ service: { smoke }, graph, host, context }) => {
    if (smoke === undefined) return;
    const { requests } = resource(graph, `${host}/smoke`).inputs as { requests: Record<string, unknown>[] };
    for (const { subdomain, path: asked, status, contains } of smoke) {
      const hostname = subdomain === "" ? context.domain : `${subdomain}.${context.domain}`;
      const expected = { hostname, path: asked, status, ...(contains === undefined ? {} : { contains }) };
      expect(requests).toContainEqual(expect.objectContaining(expected));
    }
  },
  version: ({ service: { name, image, version }, graph, host }) => {
    if (version === undefined) return;
    const { versions } = resource(graph, `${host}/smoke`).inputs as { versions: Record<string, unknown>[] };
    expect(versions).toContainEqual({
      container: `vpai_${name}`,
      test: version.test,
      pattern: version.pattern,
      expected: /[\d.]+/.exec(image.slice(image.lastIndexOf(":")))?.[0],
    });
  },
  onChange: (deployed) => {
    const { name, onChange = "restart", stopTimeout = 10 } = deployed.service;
    const gate = of(deployed, "health").inputs;
    const folders = [`/opt/vpai/configs/${name}`, `/opt/vpai/secrets/${name}`];
    const files = { revision: gate["revision"], folders };
    const restart = onChange === "restart";
    expect(gate["restart"]).toEqual(restart ? { ...files, timeout: stopTimeout } : undefined);
    expect(gate["reload"]).toEqual(restart ? undefined : { ...files, command: onChange.reload });
  },
  stopTimeout: (deployed) => {
    const { stopTimeout = 10 } = deployed.service;
    expect(inputsOf(deployed)).toMatchObject({ stopTimeout, destroyGraceSeconds: stopTimeout });
  },
  backup: ({ service }) => {
    if (service.backup.kind === "none") expect(service.backup.reason).toMatch(/\w+ \w+/);
    else expect(service.data).not.toEqual([]);
  },
};
