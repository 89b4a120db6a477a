import { type ContainerService, isContainerService } from "../../../../../model/service";
import vpai from "../../../../../platforms/vpai/platform";

const { groups = [] } = vpai.hosts["sese-ai"] ?? {};

/** Services of Sese-AI that run in containers. */
export const containerServices: readonly ContainerService[] = vpai.services
  .filter(isContainerService)
  .filter(({ group }) => groups.includes(group));

/** @throws when there is no such service, or it runs in no container */
export function containerServiceNamed(name: string): ContainerService {
  const found = containerServices.find((service) => service.name === name);
  if (found === undefined) throw new Error(`expected a service ${name} in a container, found none`);
  return found;
}
