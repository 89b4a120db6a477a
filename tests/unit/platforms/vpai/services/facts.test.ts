import path from "node:path";
import { neededBy } from "../../../../../model/peers";
import type { ContainerService } from "../../../../../model/service";
import { hostViews } from "../../../../../platforms/contexts";
import vpai from "../../../../../platforms/vpai/platform";
import { containerServiceNamed } from "./container-services";
import { SEKO_VPN } from "../../../../facts/seko-vpn";
import { SESE_AI } from "../../../../facts/sese-ai";

const published = ({ run: { publish = [] } }: ContainerService): string[] =>
  publish.map(({ access, hostPort, protocol, port }) => `${access} ${hostPort}/${protocol} -> ${port}`);

/** What it requests of a database server, in words. */
const databases = ({ uses = [] }: ContainerService): string[][] =>
  uses.filter(({ capability }) => capability === "PostgreSQL database").map(({ claims }) => [...claims]);

const sites = ({ expose = [] }: ContainerService): unknown[] =>
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
];

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
    data: Object.fromEntries((service.data ?? []).map(({ path: target, directory = name }) => [directory, target])),
    hostMounts: Object.fromEntries(
      (service.run.hostMounts ?? []).map(({ source, target }) => [path.resolve("/opt/vpai/data", source), target]),
    ),
    // A gateway needs whatever has a site, also what has no row here yet.
    needs: neededBy(service, hostViews(vpai), host)
      .map((needed) => needed.service.name)
      .filter((needed) => needed in SESE_AI || needed in SEKO_VPN),
    ...(facts.database === undefined ? {} : { database: facts.database }),
  }).toEqual(facts);
  const { database } = facts;
  const expected = [...(database === undefined ? [] : [database]), ...otherDatabases];
  expect(databases(service)).toEqual(expected.map((name) => [`database ${name}`, `role ${name}`]));
});
