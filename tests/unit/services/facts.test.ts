import { allServices } from "../../../platforms";
import type { Service } from "../../../model/service";
import { SESE_AI } from "../../facts/sese-ai";

const serviceNamed = (name: string): Service => {
  const found = allServices.find((service) => service.name === name);
  if (found === undefined) throw new Error(`the table of facts has ${name}, and there is no service of that name`);
  return found;
};

const published = ({ publish = [] }: Service): string[] =>
  publish.map(({ access, hostPort, protocol, port }) => `${access} ${hostPort}/${protocol} -> ${port}`);

const sites = ({ expose = [] }: Service): unknown[] =>
  expose.map(({ subdomain, access, path }) => ({ subdomain, access, ...(path === undefined ? {} : { path }) }));

test.each(Object.entries(SESE_AI))("%s is what the sources say", (name, facts) => {
  const service = serviceNamed(name);
  expect({
    group: service.group,
    image: service.image,
    user: `${service.user.uid}:${service.user.gid}`,
    networks: service.networks,
    port: service.port,
    sites: sites(service),
    published: published(service),
    ...service.limits,
    capabilities: service.capabilities ?? [],
    health: service.health.test,
    data: Object.fromEntries((service.data ?? []).map(({ path, directory = name }) => [directory, path])),
    hostMounts: Object.fromEntries((service.hostMounts ?? []).map(({ source, target }) => [source, target])),
    needs: service.needs ?? [],
    ...(service.database === undefined ? {} : { database: service.database.name }),
  }).toEqual(facts);
  expect(service.database?.role).toBe(facts.database);
});
