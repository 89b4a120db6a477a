import { parse } from "yaml";
import { closedPaths } from "../../../../../model/closed-paths";
import type { Offered, Requested } from "../../../../../model/capability";
import type { FirewallRules } from "../../../../../model/firewall";
import type { ServiceContext } from "../../../../../model/context";
import type { ContainerRun } from "../../../../../model/run";
import type { PlatformHost } from "../../../../../model/platform";
import { type ContainerService, declaredSecretsOf, memoryOf, type Service } from "../../../../../model/service";
import type { Architecture } from "../../../../../model/stack";
import { namesOf, servicesOn, settled } from "../../../../../platforms";
import { proofsOf } from "../../../../../platforms/logins";
import { fittingArchitectures } from "../../../../../platforms/policies/images";
import { fittingMemory } from "../../../../../platforms/policies/memory";
import vpai from "../../../../../platforms/vpai/platform";
import { warnOfUnpublished } from "../../../../../components/machines/locked-image";
import { CANARIES, CONTAINER, container, type Registered, resource, warnings } from "../../../components/stack/graph";

/** A deployed service as a check sees it. */
export interface Deployed {
  service: ContainerService;
  graph: readonly Registered[];
  /** Name of its host. */
  host: string;
  context: ServiceContext;
  /** Addresses that the host listens on. */
  addresses: { public: string; vpn: string; host: string };
  /** The platform's folder on the host. */
  folder: string;
  /** First part of the names of its containers. */
  prefix: string;
  /** Name of the host's gateway. */
  gateway: string;
}

/** Where the host keeps a service's files. */
const configsOf = ({ service: { name, home }, folder }: Deployed): string =>
  home === undefined ? `${folder}/configs/${name}` : `${home}/config`;

type Check = (deployed: Deployed) => void;

/** Every option of a service; those of how it runs under `run.`. */
export type Option = Exclude<keyof ContainerService, "run"> | `run.${keyof ContainerRun}`;

/** The value of an option; undefined when the service does not use it. */
export function valueOf(service: ContainerService, option: Option): unknown {
  const part = option.startsWith("run.") ? service.run : service;
  return (part as unknown as Record<string, unknown>)[option.replace("run.", "")];
}

/** What a check goes through: with nothing in it, the check would say nothing. */
function some<Thing>(things: readonly Thing[] | undefined): readonly Thing[] {
  expect(things?.length).toBeGreaterThan(0);
  return things ?? [];
}

const inputsOf = ({ graph, host, service }: Deployed): Record<string, unknown> =>
  container(graph, `${host}/${service.name}`).inputs;

const waitsFor = ({ graph, host, service }: Deployed): string[] =>
  container(graph, `${host}/${service.name}`).dependsOn;

const of = ({ graph, host, service }: Deployed, part: string): Registered =>
  resource(graph, `${host}/${service.name}/${part}`);

const mountFrom = (deployed: Deployed, source: string): unknown =>
  (inputsOf(deployed)["mounts"] as { source: string }[]).find((mount) => mount.source === source);

const mountTarget = (deployed: Deployed, source: string): string =>
  (mountFrom(deployed, source) as { target: string }).target;

/** The resource of a file, which is named by its place below the folder that is mounted. */
function configFile(deployed: Deployed, file: string): Registered {
  const folder = mountTarget(deployed, configsOf(deployed));
  return of(deployed, `config/${file.slice(folder.length + 1)}`);
}

/** Host of the collector, the store, and what shows them. */
const MONITORING = "sese-ai";

/** Text of the files that another service of the host reads. */
const filesOf = ({ graph, host }: Deployed, service: string): string =>
  graph
    .filter(({ name }) => name.startsWith(`${host}/${service}/config/`))
    .map(({ inputs }) => String(inputs["content"]))
    .join("\n");

/** Where one of the sites that a service asks answers in the VPN. */
const ASKED: Readonly<Record<string, string>> = {
  everything: "100.64.0.1:443",
  n8n: "100.64.0.1:443",
  "hub-monitoring": "100.64.0.14:443",
  "uptime-kuma": "100.64.0.1:443",
  "webhook-relay": "100.64.0.14:443",
};

/** Seconds of a duration in Docker's notation. */
const seconds = (text: string): number => {
  const [, minutes, rest] = /^(?:(\d+)m)?(\d+)s$/.exec(text) ?? [];
  return Number(minutes ?? 0) * 60 + Number(rest);
};

const owner = ({ service: { user } }: Deployed): string => `${user.uid}:${user.gid}`;

const smokeOf = ({ graph, host }: Deployed): Record<string, unknown> => resource(graph, `${host}/smoke`).inputs;

/** Whether others on the host are told to come to a service at a port. */
function isToldOf(deployed: Deployed, port: number): boolean {
  const { graph, host, service } = deployed;
  const name = `${deployed.prefix}${service.name}`;
  const { ports: guarded } = smokeOf(deployed)["reachability"] as { ports: { container: string; port: number }[] };
  const published = (inputsOf(deployed)["ports"] ?? []) as { internal: number }[];
  const others = graph.filter((one) => one.name.startsWith(`${host}/`) && one.parent !== `${host}/${service.name}`);
  return (
    guarded.some((one) => one.container === name && one.port === port) ||
    published.some(({ internal }) => internal === port) ||
    others.some(({ inputs }) => {
      const server = (inputs["server"] ?? inputs) as { container?: string; port?: number };
      return (server.container === name && server.port === port) || namesPort(inputs, `${service.name}:${port}`);
    })
  );
}

const namesPort = ({ content }: Record<string, unknown>, address: string): boolean =>
  new RegExp(`(?<![\\w-])${address}(?!\\d)`).test(String(content));

/** Capabilities that a server has from the start: nothing is made for a request. */
const MAKES_NOTHING = ["Redis database", "Redis cache"];

/** What is made, and of its inputs: which one is the server's container, and by which secret the server lets it be made: none, where who reaches it may. */
const SERVED_BY: Readonly<Record<string, { type: string; container: string; key: string }>> = {
  "PostgreSQL database": { type: "postgresql:Database", container: "server.container", key: "server.password" },
  "Qdrant collection": { type: "qdrant:Collection", container: "server.container", key: "server.apiKey" },
  "LiteLLM key": { type: "litellm:Key", container: "server.container", key: "server.masterKey" },
  "n8n credential": { type: "n8n:Credential", container: "container", key: "server.password" },
  "LiteLLM metrics key": { type: "litellm:Key", container: "server.container", key: "server.masterKey" },
  account: { type: "program:Account", container: "container", key: "signUp.body" },
  "n8n owner": { type: "n8n:Owner", container: "container", key: "password" },
  "CouchDB database": { type: "couchdb:Database", container: "server.container", key: "server.password" },
  "Headscale user": { type: "headscale:User", container: "server.container", key: "" },
  "Uptime Kuma owner": { type: "uptimekuma:Owner", container: "server.container", key: "password" },
  "Uptime Kuma notification": {
    type: "uptimekuma:Notification",
    container: "server.container",
    key: "server.password",
  },
  "Uptime Kuma monitors": { type: "uptimekuma:Monitors", container: "server.container", key: "server.password" },
  "n8n workflow": { type: "n8n:Workflow", container: "container", key: "server.password" },
};

/** What was made in a service for others; its own parts bear its name. */
const madeIn = ({ graph, host }: Deployed, server: string): Registered[] =>
  graph.filter(({ name, parent }) => parent === `${host}/${server}` && !`${name}/`.startsWith(`${host}/${server}/`));

/** Claim and resource end in the same name; who claims nothing may have made anything. */
const isClaimedBy =
  (claims: readonly string[]) =>
  ({ name }: Registered): boolean =>
    claims.length === 0 || claims.some((claim) => claim.split(" ").at(-1) === name.split("/").at(-1));

function requested(deployed: Deployed, { capability, from, when, claims }: Requested): void {
  const { graph, host, context } = deployed;
  const own = context.hosts.filter(({ name }) => name === host);
  // Its own host's server comes first.
  const servers = [...own, ...context.hosts].flatMap(({ name: place, services }) =>
    services
      .filter(({ name, offers = [] }) => name === (from ?? name) && offers.some((one) => one.capability === capability))
      .map(({ name }) => ({ place, name })),
  );
  const { place, name: server } = servers[0] ?? { place: host, name: "nobody" };
  if (when === "before") expect(waitsFor(deployed)).toContain(`${place}/${server}/health`);
  const made = madeIn({ ...deployed, host: place }, server).filter(isClaimedBy(claims));
  expect([capability, made.length > 0]).toEqual([capability, !MAKES_NOTHING.includes(capability)]);
  const next = when === "before" ? waitsFor(deployed) : resource(graph, `${host}/smoke`).dependsOn;
  for (const { name, dependsOn } of made) {
    expect(dependsOn).toContain(`${place}/${server}/health`);
    expect(next).toContain(name);
  }
}

function offered(deployed: Deployed, { capability, guarded }: Offered): void {
  const { service, context } = deployed;
  const name = `${deployed.prefix}${service.name}`;
  if (guarded) {
    const { ports } = smokeOf(deployed)["reachability"] as { ports: object[] };
    expect(ports).toContainEqual({ container: name, port: service.port, networks: service.run.networks });
  }
  // Nothing of the platform requests the one, and the other is requested where the stack's file has devices.
  if (["Headscale pre-auth key", "Headscale device"].includes(capability)) return;
  // That only its clients reach it is all there is to see of a server that has everything from the start.
  if (MAKES_NOTHING.includes(capability)) return expect(guarded).toBe(true);
  const asked = context.services.flatMap(({ uses = [] }) => uses.filter((one) => one.capability === capability));
  const served = SERVED_BY[capability];
  const made = madeIn(deployed, service.name)
    .filter(isClaimedBy(some(asked).flatMap(({ claims }) => claims)))
    .filter(({ type }) => served === undefined || type.endsWith(served.type));
  for (const { inputs, secrets } of some(made)) {
    if (served === undefined) continue;
    expect(inputs).toHaveProperty(served.container, name);
    if (served.key !== "") expect(secrets).toContain(served.key);
  }
}

/** The gateway of another host passes on to the port that the service's host publishes. */
function answeredElsewhere(
  { service, graph, host }: Pick<Deployed, "service" | "graph" | "host" | "context">,
  via: string,
  port: number,
): void {
  const text = String(resource(graph, `${via}/caddy/config/Caddyfile`).inputs["content"]);
  const published = (container(graph, `${host}/${service.name}`).inputs["ports"] ?? []) as {
    ip: string;
    external: number;
  }[];
  const addresses = some(published).map(({ ip, external }) => `${ip}:${external}`);
  expect(addresses.some((address) => text.includes(`reverse_proxy ${address} {`) && address.endsWith(`:${port}`))).toBe(
    true,
  );
}

/** What passes a route on to those alone who send what the gateway's secret file holds. */
const behindLogin = (file: string, open: readonly string[]): string[] => [
  `@${file} header Authorization "Basic {file./run/secrets/${file}}"`,
  `handle @${file} {`,
  "\trequest_header -Authorization",
  ...open.map((line) => `\t${line}`),
  "}",
  "handle {",
  '\theader WWW-Authenticate "Basic"',
  "\trespond 401",
  "}",
];

/** Options that reach no host: they are judged before anything is made. */
export const JUDGED = {
  "run.publisher": ({ service }) => {
    warnings.mockClear();
    warnOfUnpublished([service], {});
    const said = warnings.mock.calls.map(([text]) => text);
    expect(said).toEqual([expect.stringContaining(`published by ${some([service.run.publisher]).join("")} alone`)]);
  },
  "run.architectures": ({ service, host, context }) => {
    const on = (architecture: Architecture): string[] =>
      fittingArchitectures([
        {
          name: host,
          host: vpai.hosts[host] as PlatformHost,
          services: [service],
          memoryMiB: 0,
          architecture,
          vpnAddress: undefined,
          context,
        },
      ]).map(({ where }) => where);
    for (const architecture of ["amd64", "arm64"] as const) {
      const fits = some(service.run.architectures).includes(architecture);
      expect([architecture, on(architecture)]).toEqual([architecture, fits ? [] : [`${host}/${service.name}`]]);
    }
  },
  beside: ({ service, host }) => {
    const company = some(service.beside);
    const names = (services: readonly Service[]): string[] =>
      servicesOn({ ...vpai, services }, host, vpai.groups).map(({ name }) => name);
    const others = vpai.services.filter(({ name }) => name !== service.name);
    expect(names([...others, service])).toContain(service.name);
    for (const missing of company)
      expect(names([...others.filter(({ name }) => name !== missing), service])).not.toContain(service.name);
  },
  guests: ({ service, host, context }) => {
    const jobs = (service.jobs ?? []).reduce((sum, { limits }) => sum + (limits?.memoryMiB ?? 256), 0);
    const own = service.limits.memoryMiB + (service.guests?.count ?? 0) * (service.guests?.memoryMiB ?? 0) + jobs;
    const found = fittingMemory([
      {
        name: host,
        host: vpai.hosts[host] as PlatformHost,
        services: [service],
        memoryMiB: 1024,
        architecture: "amd64",
        vpnAddress: undefined,
        context,
      },
    ]).map((finding) => finding.found);
    expect(found).toEqual([expect.stringContaining(`memory limits of ${own} MiB and 1024 MiB`)]);
  },
  proofs: ({ service, host, context }) => {
    const stack = { ...context, services: vpai.groups, hosts: {} };
    const placed = proofsOf({ views: context.hosts, stack }).filter(
      (one) => one.service.name === service.name && one.host === host,
    );
    const own = some(service.proofs?.(context)).map(({ secret, as }) => [secret.name, as]);
    expect(placed.map(({ proof: { secret, as } }) => [secret.name, as])).toEqual(expect.arrayContaining(own));
    const declared = declaredSecretsOf(service).map(({ name }) => name);
    for (const [name] of own) expect(declared).toContain(name);
  },
  runsOn: ({ service }) => {
    expect(service.runsOn?.({ vpnAddress: "100.64.0.14" }, { vpnNodes: true })).toBe(true);
    expect(service.runsOn?.({ vpnAddress: undefined }, { vpnNodes: true })).toBe(false);
  },
  usesBy: ({ service }) => {
    const chosen = { devices: { laptop: "people" }, everythingMode: "b" };
    const added = some(service.usesBy?.(chosen)).map(({ capability, claims }) => [capability, claims]);
    const own = some(service.uses).map(({ capability, claims }) => [capability, claims]);
    const all = settled(service, chosen).uses?.map(({ capability, claims }) => [capability, claims]);
    expect(all).toEqual([...own, ...added]);
    expect(settled(service, {}).uses).toEqual(service.uses);
  },
  partOfSystem: ({ service }) => {
    expect(memoryOf({ limits: service.limits, partOfSystem: true })).toBe(0);
    expect(memoryOf({ limits: service.limits })).toBe(service.limits.memoryMiB);
  },
  settings: ({ service: { settings = {}, ...service } }) => {
    const known = (one: Service): string[] => Object.keys(namesOf({ ...vpai, settings: {}, services: [one] }).settings);
    expect(known({ ...service, settings })).toEqual([...some(Object.keys(settings))]);
    expect(known(service)).toEqual([]);
  },
} satisfies { [Each in Option]?: Check };

/** What holds when an option of a service has reached its host. The compiler asks for one check per option. */
export const CHECKS: { [Each in Exclude<Option, keyof typeof JUDGED>]: Check } = {
  name: (deployed) =>
    expect(inputsOf(deployed)).toMatchObject({
      name: `${deployed.prefix}${deployed.service.name}`,
      hostname: deployed.service.name,
    }),
  group: ({ service: { name, group }, graph }) => {
    const running = graph.filter((one) => one.type === CONTAINER && one.name.endsWith(`/${name}`));
    const hosts = Object.keys(vpai.hosts).filter((host) => vpai.hosts[host]?.groups.includes(group));
    expect(running.map((one) => one.name)).toEqual(some(hosts).map((host) => `${host}/${name}`));
  },
  "run.image": (deployed) => {
    const { image } = deployed.service.run;
    expect(of(deployed, "image").inputs["reference"]).toBe(image);
    expect(image).toMatch(/^[a-z0-9.-]+\.[a-z]+\/.+:(?!latest$)[\w.-]+$/);
  },
  user: (deployed) => expect(inputsOf(deployed)["user"]).toBe(owner(deployed)),
  "run.networks": (deployed) => {
    const networks = inputsOf(deployed)["networksAdvanced"] as { name: string; aliases: string[] }[];
    expect(networks.map(({ name }) => name)).toEqual([...deployed.service.run.networks]);
    expect(inputsOf(deployed)["networkMode"]).toBe(networks.length === 0 ? "none" : undefined);
    for (const { aliases } of networks) expect(aliases).toContain(deployed.service.name);
  },
  port: (deployed) => {
    const { name, port = 0 } = deployed.service;
    expect([name, port, isToldOf(deployed, port)]).toEqual([name, port, true]);
  },
  expose: ({ service, graph, host, context, gateway }) => {
    const text = String(resource(graph, `${host}/${gateway}/config/Caddyfile`).inputs["content"]);
    for (const { subdomain, port, access, path: only, stripPath, only: whole, login, via, holds } of some(
      service.expose,
    )) {
      if (via !== undefined) {
        answeredElsewhere({ service, graph, host, context }, via, port);
        continue;
      }
      const hostname = subdomain === "" ? context.domain : `${subdomain}.${context.domain}`;
      const address = access === "public" ? hostname : `https://${hostname}:8443`;
      const block = text
        .split("\n\n")
        .find((candidate) => (candidate.split("\n")[0] ?? "").replace(/ \{$/, "").split(", ").includes(address));
      const open = [`reverse_proxy ${service.name}:${port} {`, "\tstream_close_delay 5m", "}"];
      const proxy = login === undefined ? open : behindLogin(login.secret.name, open);
      if (holds !== undefined) {
        const held = [`lb_try_duration ${holds.seconds}s`, `health_uri ${holds.ready}`, "keepalive off"];
        for (const line of [`reverse_proxy ${service.name}:${port} {`, ...held]) expect(block).toContain(`\t${line}\n`);
        expect(block).toContain(`@held path ${only ?? "*"}\n`);
        continue;
      }
      if (whole !== undefined || closedPaths(service, port).length > 0) {
        expect(block).toContain("\timport plain_paths\n");
        if (whole !== undefined) expect(block).toContain(`@only path ${whole.join(" ")}\n`);
        expect(block?.replaceAll(/^\t+/gm, "")).toContain(proxy.map((line) => line.trim()).join("\n"));
        continue;
      }
      const handler = stripPath === true ? "handle_path" : "handle";
      const lines = only === undefined ? proxy : [`${handler} ${only} {`, ...proxy.map((line) => `\t${line}`), "}"];
      // Parts of a hostname lie in a block that keeps their order.
      const depth = /\n\troute \{/.test(block ?? "") ? (only === undefined ? 3 : 2) : 1;
      const indent = "\t".repeat(depth);
      expect(block).toContain(lines.map((line) => `${indent}${line}\n`).join(""));
    }
  },
  "run.publish": (deployed) => {
    const expected = some(deployed.service.run.publish).map(({ port, hostPort, protocol, access }) => ({
      internal: port,
      external: hostPort,
      protocol,
      ip: deployed.addresses[access],
    }));
    expect(inputsOf(deployed)["ports"]).toEqual(expected);
  },
  "run.start": (deployed) => {
    expect(inputsOf(deployed)).toMatchObject({ start: false, mustRun: false, restart: "no" });
    const gate = `${deployed.host}/${deployed.service.name}/health`;
    expect(deployed.graph.filter(({ name }) => name === gate)).toEqual([]);
  },
  "run.entrypoint": (deployed) => {
    const { entrypoints = [], command = [] } = inputsOf(deployed) as { entrypoints?: string[]; command?: string[] };
    const own = [...some(deployed.service.run.entrypoint), ...(deployed.service.run.command ?? [])];
    expect([...entrypoints, ...command].slice(-own.length)).toEqual(own);
  },
  "run.command": (deployed) => {
    const command = some(deployed.service.run.command);
    expect((inputsOf(deployed)["command"] as string[]).slice(-command.length)).toEqual(command);
  },
  environment: (deployed) => {
    // Some have none but where the stack's file asks for it.
    const declared = Object.entries(deployed.service.environment?.(deployed.context) ?? {});
    const files = Object.entries(deployed.service.secrets ?? {}).flatMap(([name, { variable }]) =>
      variable !== undefined &&
      deployed.graph.some((one) => one.name.endsWith(`/${deployed.service.name}/secret/${name}`))
        ? [[variable, `/run/secrets/${name}`]]
        : [],
    );
    expect(inputsOf(deployed)["envs"]).toEqual(
      [...declared, ...files].map(([name, value]) => `${name ?? ""}=${value ?? ""}`).sort(),
    );
  },
  files: (deployed) => {
    for (const file of some(deployed.service.files?.(deployed.context))) {
      const { inputs } = configFile(deployed, file.path);
      expect(inputs).toMatchObject({ content: file.content, mode: "0644" });
      const onHost = String(inputs["path"]);
      const folder = configsOf(deployed);
      expect(onHost.replace(folder, mountTarget(deployed, folder))).toBe(file.path);
      expect(mountFrom(deployed, folder)).toMatchObject({ type: "bind", readOnly: true });
      if (file.validate !== undefined) {
        expect((inputs["validate"] as string[]).slice(-file.validate.length)).toEqual([...file.validate]);
      }
    }
  },
  asks: ({ graph, host, service: { name, asks }, context }) => {
    some(asks?.(context));
    const { routes } = resource(graph, `${host}/packet-filter`).inputs["rules"] as FirewallRules;
    const reached = routes.filter(({ why }) => why === name).map(({ address, port }) => `${address}:${port}`);
    expect([name, reached]).toEqual([name, expect.arrayContaining([ASKED[name]])]);
  },
  extraHosts: (deployed) => {
    const extra = some(Object.entries(deployed.service.extraHosts?.(deployed.context) ?? {}));
    expect(inputsOf(deployed)["hosts"]).toEqual(extra.map(([host, ip]) => ({ host, ip })));
  },
  secrets: (deployed) => {
    for (const [name, { secret }] of some(Object.entries(deployed.service.secrets ?? {}))) {
      const found = deployed.graph.filter(
        (one) => one.name === `${deployed.host}/${deployed.service.name}/secret/${name}`,
      );
      if (found.length === 0) {
        expect([name, secret.origin, secret.needed]).toEqual([name, "supplied", expect.any(Function)]);
        continue;
      }
      expect(found[0]).toMatchObject({ inputs: { mode: "0400", owner: owner(deployed) }, secrets: ["content"] });
      expect(mountFrom(deployed, `${deployed.folder}/secrets/${deployed.service.name}`)).toMatchObject({
        target: "/run/secrets",
        readOnly: true,
      });
    }
  },
  data: (deployed) => {
    for (const { path: target, directory = deployed.service.name, mode = "0700" } of some(deployed.service.data)) {
      const { home } = deployed.service;
      const source = home === undefined ? `${deployed.folder}/data/${directory}` : `${home}/data`;
      expect(mountFrom(deployed, source)).toEqual({ type: "bind", source, target, readOnly: false });
      expect(of(deployed, `data/${directory}`).inputs).toMatchObject({ path: source, owner: owner(deployed), mode });
    }
  },
  "run.scratch": (deployed) => {
    const { scratch, writableRoot } = deployed.service.run;
    const expected = new Set([...(writableRoot === undefined ? ["/tmp"] : []), ...some(scratch)]);
    expect(Object.keys(inputsOf(deployed)["tmpfs"] ?? {})).toEqual([...expected].sort());
  },
  "run.writableRoot": (deployed) => expect(inputsOf(deployed)["readOnly"]).toBe(false),
  "run.hostMounts": (deployed) => {
    for (const { source, target } of some(deployed.service.run.hostMounts)) {
      const onHost = source.startsWith("/") ? source : `${deployed.folder}/data/${source}`;
      expect(mountFrom(deployed, onHost)).toEqual({ type: "bind", source: onHost, target, readOnly: true });
    }
  },
  "run.bash": (deployed) => {
    const { image } = smokeOf(deployed)["reachability"] as { image: string };
    const able = deployed.context.services.flatMap(({ run }) =>
      "image" in run && run.bash === true ? [run.image] : [],
    );
    expect(able).toContain(deployed.service.run.image);
    // One probe is enough.
    expect(image).toBe(able[0]);
  },
  dataVersions: (deployed) => {
    const { image } = deployed.service.run;
    const [, major] = some(/:(\d+)\.[^:]*$/.exec(image) ?? []);
    expect(of(deployed, "data-version").inputs).toMatchObject({ reference: image, major: Number(major) });
    expect(waitsFor(deployed)).toContain(`${deployed.host}/${deployed.service.name}/data-version`);
    const plan = resource(deployed.graph, `${deployed.host}/job/backup-${deployed.host}/config/plan`).inputs["content"];
    expect(plan).toContain(`\nversions\t${deployed.service.name}\t`);
  },
  home: (deployed) => {
    const sources = (inputsOf(deployed)["mounts"] as { source: string }[]).map(({ source }) => source);
    const { home = "none" } = deployed.service;
    expect(sources.filter((source) => source.startsWith(`${home}/`))).toEqual([`${home}/config`, `${home}/data`]);
  },
  limits: (deployed) => {
    const { memory, memorySwap, cpus } = inputsOf(deployed);
    const { memoryMiB } = deployed.service.limits;
    expect([memory, memorySwap, Number(cpus)]).toEqual([memoryMiB, memoryMiB, deployed.service.limits.cpus]);
  },
  "run.capabilities": (deployed) =>
    expect(inputsOf(deployed)["capabilities"]).toEqual({
      drops: ["ALL"],
      adds: some(deployed.service.run.capabilities).map((name) => `CAP_${name}`),
    }),
  health: (deployed) => {
    const check = inputsOf(deployed)["healthcheck"] as Record<string, string> & { tests: string[]; retries: number };
    const { test, interval = 30, timeout = 5, startPeriod = 60, retries = 3 } = deployed.service.health;
    expect(check.tests).toEqual(["CMD", ...some(test)]);
    expect([check["interval"], check["timeout"], check["startPeriod"]].map((text) => seconds(text ?? ""))).toEqual([
      interval,
      timeout,
      startPeriod,
    ]);
    expect(check.retries).toBe(retries);
  },
  metrics: (deployed) => {
    const { name, metrics, port } = deployed.service;
    // No collector asks on a host that runs none.
    if (deployed.host !== MONITORING) return expect(filesOf(deployed, "alloy")).toBe("");
    const address = `${name}:${metrics?.port ?? port ?? "no port"}`;
    // The collector asks everybody, and is itself asked by the store.
    const asking = filesOf(deployed, metrics?.askedBy === "store" ? "victoriametrics" : "alloy");
    if (metrics?.exporter === undefined) return expect(asking).toContain(address);
    expect(asking).toContain(`${metrics.exporter.component} "${name.replaceAll("-", "_")}" {`);
    expect(asking).toContain(`replacement = "${address}"`);
  },
  alerts: (deployed) => {
    const file = parse(filesOf(deployed, "vmalert")) as { groups: { rules: object[] }[] };
    const rules = file.groups.flatMap((group) => group.rules);
    for (const { name, expr, after, severity, summary, runbook } of some(deployed.service.alerts?.(deployed.host)))
      expect(rules).toContainEqual({
        alert: name,
        expr,
        for: after,
        labels: { severity },
        annotations: expect.objectContaining({
          summary,
          runbook: expect.stringMatching(`#${runbook}$`) as unknown,
        }) as unknown,
      });
  },
  dashboards: ({ service, graph }) => {
    for (const { uid, title, panels } of some(service.dashboards)) {
      const { inputs } = resource(graph, `${MONITORING}/grafana/config/dashboards/${uid}.json`);
      const drawn = JSON.parse(String(inputs["content"])) as {
        uid: string;
        title: string;
        panels: { title: string }[];
      };
      expect([drawn.uid, drawn.title]).toEqual([uid, title]);
      expect(drawn.panels.map((panel) => panel.title)).toEqual(some(panels).map((panel) => panel.title));
    }
  },
  jobs: (deployed) => {
    for (const { name, schedule, argv } of some(deployed.service.jobs)) {
      const { inputs } = resource(deployed.graph, `${deployed.host}/job/${name}`);
      expect(inputs["timer"]).toContain(`\nOnCalendar=${schedule}\n`);
      for (const argument of argv)
        expect(inputs["service"]).toContain(argument.replaceAll("{prefix}", deployed.prefix));
    }
  },
  backups: (deployed) => {
    const plan = String(
      resource(deployed.graph, `${deployed.host}/job/backup-${deployed.host}/config/plan`).inputs["content"],
    );
    for (const { name, method, arguments: rest = [] } of some(deployed.service.backups)) {
      const line = plan.split("\n").find((one) => one.startsWith(`part\t${name}\t${deployed.service.name}\t`));
      expect(line?.split("\t").slice(3)).toEqual([method.name, "-", ...rest]);
      const script = resource(deployed.graph, `${deployed.host}/job/backup-${deployed.host}/config/${method.name}.sh`);
      expect(script.inputs["content"]).toBe(method.script);
    }
  },
  needs: (deployed) => {
    for (const needed of some(deployed.service.needs))
      expect(waitsFor(deployed)).toContain(`${deployed.host}/${needed}/health`);
  },
  uses: (deployed) => {
    for (const wanted of some(deployed.service.uses)) requested(deployed, wanted);
  },
  offers: (deployed) => {
    for (const one of some(deployed.service.offers)) offered(deployed, one);
  },
  firstUser: ({ service: { name, firstUser, expose = [] }, graph, host, gateway }) => {
    const text = String(resource(graph, `${host}/${gateway}/config/Caddyfile`).inputs["content"]);
    const { closed = [], owner: password } = firstUser ?? {};
    // Each site leads to a closed path once, or on no listener at all.
    for (const one of closed) {
      const refusals = text.split(`handle ${one} {\n`).slice(1);
      expect([one, refusals.length > 0]).toEqual([one, expose.length > 0]);
      for (const refusal of refusals) expect(refusal).toMatch(/^\t+respond 404\n/);
    }
    const secret = password?.name ?? "";
    const values = [CANARIES[`secrets:${secret}`], `random-${secret}`, `canary-of-${secret}`];
    const taking = graph.filter(
      ({ secrets, inputs }) =>
        secrets.length > 0 && values.some((value) => value !== undefined && JSON.stringify(inputs).includes(value)),
    );
    expect([name, taking.length > 0]).toEqual([name, true]);
  },
  watches: ({ service: { watches, expose = [], offers = [] }, graph, host, context }) => {
    if (watches === undefined) throw new Error("expected who watches");
    expect(expose.map(({ subdomain }) => subdomain)).toContain(watches.subdomain);
    expect(offers.flatMap(({ secrets }) => secrets)).toContain(watches.key);
    // No part of the path that a host's name or another job's could be.
    expect(watches.pathOf("t0ken")).toMatch(/^\/(.*\/)?t0ken$/);
    const { content } = resource(graph, `${host}/job/backup-${host}/secret/watcher`).inputs;
    expect(content).toContain(`url = "https://${watches.subdomain}.${context.domain}${watches.pathOf("")}`);
  },
  gateway: (deployed) => {
    const { name, gateway } = deployed.service;
    const own = { container: `${deployed.prefix}${name}`, file: gateway?.authority };
    expect(smokeOf(deployed)["authority"]).toEqual(deployed.context.tls === "internal" ? own : undefined);
  },
  smoke: (deployed) => {
    const { requests } = smokeOf(deployed) as { requests: Record<string, unknown>[] };
    for (const { subdomain, path: asked, status, contains } of some(deployed.service.smoke)) {
      const hostname = subdomain === "" ? deployed.context.domain : `${subdomain}.${deployed.context.domain}`;
      const expected = { hostname, path: asked, status, ...(contains === undefined ? {} : { contains }) };
      expect(requests).toContainEqual(expect.objectContaining(expected));
    }
  },
  version: (deployed) => {
    const { name, version, run } = deployed.service;
    expect(smokeOf(deployed)["versions"]).toContainEqual({
      container: `${deployed.prefix}${name}`,
      test: version?.test,
      pattern: version?.pattern,
      expected: /[\d.]+/.exec(run.image.slice(run.image.lastIndexOf(":")))?.[0],
    });
  },
  onChange: (deployed) => {
    const { name, onChange = "restart", stopTimeout = 10 } = deployed.service;
    const gate = of(deployed, "health").inputs;
    const folders = [configsOf(deployed), `${deployed.folder}/secrets/${name}`];
    const files = { revision: gate["revision"], folders };
    const [, secrets] = folders;
    const isReloaded = onChange !== "restart" && "reload" in onChange;
    expect(gate["restart"]).toEqual(isReloaded ? undefined : { ...files, timeout: stopTimeout });
    if (onChange === "restart") expect(gate["reload"]).toBeUndefined();
    else if (isReloaded) expect(gate["reload"]).toEqual({ ...files, command: onChange.reload });
    else {
      const { command } = onChange.reloadSecrets;
      const stdin = expect.stringMatching(/^AUTH default ".+"\n$/) as string;
      expect(gate["reload"]).toEqual({ ...files, folders: [secrets], command, stdin });
    }
  },
  stopTimeout: (deployed) => {
    const { stopTimeout = 10 } = deployed.service;
    expect(inputsOf(deployed)).toMatchObject({ stopTimeout, destroyGraceSeconds: stopTimeout });
  },
};
