import { type ContainerService, isContainerService } from "../../../../../model/service";
import vpai from "../../../../../platforms/vpai/platform";

const { groups = [] } = vpai.hosts["sese-ai"] ?? {};

const everywhere: readonly ContainerService[] = vpai.services.filter(isContainerService);

/** Services of Sese-AI that run in containers. */
export const containerServices = everywhere.filter(({ group }) => groups.includes(group));

/** @throws when there is no such service, or it runs in no container */
export function containerServiceNamed(name: string): ContainerService {
  const found = everywhere.find((service) => service.name === name);
  if (found === undefined) throw new Error(`expected a service ${name} in a container, found none`);
  return found;
}
