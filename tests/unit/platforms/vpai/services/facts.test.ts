import path from "node:path";
import { neededBy } from "../../../../../model/peers";
import type { ContainerService } from "../../../../../model/service";
import { hostViews } from "../../../../../platforms/contexts";
import vpai from "../../../../../platforms/vpai/platform";
import { containerServiceNamed } from "./container-services";
import { SESE_AI } from "../../../../facts/sese-ai";

const published = ({ run: { publish = [] } }: ContainerService): string[] =>
  publish.map(({ access, hostPort, protocol, port }) => `${access} ${hostPort}/${protocol} -> ${port}`);

/** What it requests of a database server, in words. */
const databases = ({ uses = [] }: ContainerService): string[][] =>
  uses.filter(({ capability }) => capability === "PostgreSQL database").map(({ claims }) => [...claims]);

const sites = ({ expose = [] }: ContainerService): unknown[] =>
  expose.map(({ subdomain, access, path, only, answers = {} }) => ({
    ...{ subdomain, access },
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

test.each(Object.entries(SESE_AI))("%s is what the sources say", (name, { otherDatabases = [], ...facts }) => {
  const service = containerServiceNamed(name);
  expect({
    group: service.group,
    image: service.run.image,
    user: `${service.user.uid}:${service.user.gid}`,
    networks: service.run.networks,
    port: service.port,
    sites: sites(service),
    ...firstUser(service),
    published: published(service),
    ...service.limits,
    capabilities: service.run.capabilities ?? [],
    health: service.health.test,
    data: Object.fromEntries((service.data ?? []).map(({ path: target, directory = name }) => [directory, target])),
    hostMounts: Object.fromEntries(
      (service.run.hostMounts ?? []).map(({ source, target }) => [path.resolve("/opt/vpai/data", source), target]),
    ),
    // A gateway needs whatever has a site, also what has no row here yet.
    needs: neededBy(service, hostViews(vpai), "sese-ai")
      .map((needed) => needed.service.name)
      .filter((needed) => needed in SESE_AI),
    ...(facts.database === undefined ? {} : { database: facts.database }),
  }).toEqual(facts);
  const { database } = facts;
  const expected = [...(database === undefined ? [] : [database]), ...otherDatabases];
  expect(databases(service)).toEqual(expected.map((name) => [`database ${name}`, `role ${name}`]));
});
