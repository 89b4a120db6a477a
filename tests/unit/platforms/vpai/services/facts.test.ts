import path from "node:path";
import { neededBy } from "../../../../../model/peers";
import { folderOn, type PlatformHost, prefixOn } from "../../../../../model/platform";
import { isOnDemand, publishedBy } from "../../../../../model/run";
import { type ContainerService, isUnitService, type Service, type UnitService } from "../../../../../model/service";
import { hostViews } from "../../../../../platforms/contexts";
import vpai from "../../../../../platforms/vpai/platform";
import { containerServiceNamed } from "./container-services";
import { SEKO_VPN, SEKO_VPN_HOST } from "../../../../facts/seko-vpn";
import { SESE_AI } from "../../../../facts/sese-ai";
import { VPN_NODES } from "../../../../facts/vpn-nodes";
import { OPENCUT, WORKSTATION, WORKSTATION_HOST, WORKSTATION_UNITS } from "../../../../facts/workstation";

const published = ({ run }: Service): string[] =>
  publishedBy(run).map(({ access, hostPort, protocol, port }) => `${access} ${hostPort}/${protocol} -> ${port}`);

/** What it requests of a database server, in words. */
const databases = ({ uses = [] }: ContainerService): string[][] =>
  uses.filter(({ capability }) => capability === "PostgreSQL database").map(({ claims }) => [...claims]);

const sites = ({ expose = [] }: Service): unknown[] =>
  expose.map(({ subdomain, access, path, only, via, answers = {} }) => ({
    ...{ subdomain, access },
    ...(via === undefined ? {} : { via }),
    ...(path === undefined ? {} : { path }),
    ...(only === undefined ? {} : { only }),
    promise: [
      answers.at ?? (path ?? "/").replace(/\*$/, ""),
      answers.status ?? 200,
      ...(answers.to === undefined ? [] : [answers.to]),
    ].join(" "),
  }));

/** Who owns it, and which requests nobody may send. */
const firstUser = ({ firstUser: { closed, owner } = {} }: ContainerService): object => ({
  ...(closed === undefined ? {} : { closed }),
  ...(owner === undefined ? {} : { owner: owner.name }),
});

const TABLES = [
  ...Object.entries(SESE_AI).map(([name, facts]) => ["sese-ai", name, facts] as const),
  ...Object.entries(SEKO_VPN).map(([name, facts]) => ["seko-vpn", name, facts] as const),
  ...Object.entries({ ...WORKSTATION, ...OPENCUT }).map(([name, facts]) => ["workstation", name, facts] as const),
];

const data = ({ name, data: folders = [] }: Service): Record<string, string> =>
  Object.fromEntries(folders.map(({ path: target, directory = name }) => [directory, target]));

test.each(TABLES)("on %s %s is what the sources say", (host, name, { otherDatabases = [], ...facts }) => {
  const service = containerServiceNamed(name);
  expect({
    group: service.group,
    image: service.run.image,
    user: `${service.user.uid}:${service.user.gid}`,
    networks: service.run.networks,
    port: service.port,
    sites: sites(service),
    ...firstUser(service),
    ...(service.home === undefined ? {} : { home: service.home }),
    published: published(service),
    ...service.limits,
    capabilities: service.run.capabilities ?? [],
    health: service.health.test,
    data: data(service),
    hostMounts: Object.fromEntries(
      (service.run.hostMounts ?? []).map(({ source, target }) => [path.resolve("/opt/vpai/data", source), target]),
    ),
    // A gateway needs whatever has a site, also what has no row here yet.
    needs: neededBy(service, hostViews(vpai), host)
      .map((needed) => needed.service.name)
      .filter((needed) => needed in SESE_AI || needed in SEKO_VPN || needed in WORKSTATION || needed in OPENCUT),
    ...(facts.database === undefined ? {} : { database: facts.database }),
  }).toEqual(facts);
  const { database } = facts;
  const expected = [...(database === undefined ? [] : [database]), ...otherDatabases];
  expect(databases(service)).toEqual(expected.map((name) => [`database ${name}`, `role ${name}`]));
});

const healthOf = ({ health }: UnitService): string => {
  if (!("http" in health)) return "test" in health ? health.test.join(" ") : `tcp ${health.tcp.port}`;
  const { port, path: asked, status = 200 } = health.http;
  return `http ${port} ${asked} ${status}`;
};

const named = ({ name, version }: { name: string; version: string }): string => `${name} ${version}`;

test.each(Object.entries({ ...WORKSTATION_UNITS, ...VPN_NODES }))(
  "the unit %s is what the sources say",
  (name, facts) => {
    const service = vpai.services.filter(isUnitService).find((one) => one.name === name) as UnitService;
    expect({
      group: service.group,
      program: named(service.run.program),
      runtimes: (service.run.runtimes ?? []).map(named),
      user: `${service.user.uid}:${service.user.gid}`,
      port: service.port,
      sites: sites(service),
      published: published(service),
      ...service.limits,
      health: healthOf(service),
      data: data(service),
    }).toEqual(facts);
  },
);

test.each([
  ["seko-vpn", SEKO_VPN_HOST],
  ["workstation", WORKSTATION_HOST],
])("%s is what the sources say", (name, facts) => {
  const host = vpai.hosts[name] as PlatformHost;
  const networks = Object.entries(host.networks);
  expect({
    groups: host.groups,
    networks: Object.fromEntries(
      networks.map(([network, { subnet, internal }]) => [network, `${subnet}${internal ? " internal" : ""}`]),
    ),
    folder: folderOn("vpai", host),
    prefix: prefixOn("vpai", host),
    oftenOffline: host.oftenOffline ?? false,
    tools: Object.fromEntries(
      (host.tools ?? []).flatMap(({ commands = {}, version }) =>
        Object.keys(commands).map((command) => [command, version]),
      ),
    ),
  }).toEqual(facts);
});

test("every service of the hub and the workstation has its facts", () => {
  const namesOn = (group: string): string[] =>
    vpai.services.filter((one) => one.group === group).map(({ name }) => name);
  const nodesOn = (group: string): string[] =>
    Object.keys(VPN_NODES).filter((name) => VPN_NODES[name]?.group === group);
  expect([...Object.keys(SEKO_VPN), ...nodesOn("vpn")].sort()).toEqual(namesOn("vpn").sort());
  const studio = [WORKSTATION, OPENCUT, WORKSTATION_UNITS].flatMap(Object.keys);
  expect([...studio, ...nodesOn("studio")].sort()).toEqual(namesOn("studio").sort());
});

test("OpenCut and its servers run on demand, and nothing else does", () => {
  const found = vpai.services.filter(({ run }) => isOnDemand(run)).map(({ name }) => name);
  expect(found.sort()).toEqual(["opencut", "opencut-postgresql", "opencut-redis-http", "opencut-valkey"]);
});
