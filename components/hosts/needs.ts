import { all, type Output, output } from "@pulumi/pulumi";
import type { HostNeeds } from "@vpai/providers";
import { type ContainerService, isContainerService, type Service } from "../../model/service";
import { publishedPorts } from "../container/ports";
import { ownershipLabels } from "../docker/ownership";
import type { HostContext } from "../host-context";

type Place = Pick<HostContext, "owner" | "machine" | "folder" | "prefix" | "vpnAddress" | "adopt">;

/** What the services of a host need of it. @param memoryMiB that the stack's file gives it */
export function needsOf(services: readonly Service[], host: Place, memoryMiB: number): Output<HostNeeds> {
  const containers = services.filter(isContainerService);
  return output({
    folder: host.folder,
    memoryMiB: host.machine.sharesMemory ? 0 : memoryMiB,
    ports: all(containers.flatMap((service) => portsOf(service, host))),
    labels: Object.entries(ownershipLabels(host.owner)).map((label) => label.join("=")),
    replaced: host.adopt ? containers.map(({ name }) => `${host.prefix}${name}`) : [],
  });
}

const portsOf = ({ run: { publish = [] } }: ContainerService, host: Place): Output<HostNeeds["ports"][number]>[] =>
  publishedPorts(publish, host).map(({ ip, external, protocol }) =>
    all([ip, external, protocol]).apply(([address = "", port = 0, used]): HostNeeds["ports"][number] => ({
      address,
      port,
      protocol: used === "udp" ? "udp" : "tcp",
      later: address === host.vpnAddress,
    })),
  );
