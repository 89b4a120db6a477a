import * as docker from "@pulumi/docker";
import { ComponentResource, type ComponentResourceOptions } from "@pulumi/pulumi";
import type { PlatformHost } from "../../model/platform";
import type { HostContext } from "../host-context";
import { ofFixedName } from "../docker/fixed-name";
import { gatewayOf } from "../docker/gateway";
import { hostRunner } from "../docker/leftovers";
import { asLabels, ownershipLabels } from "../docker/ownership";

/** The Docker networks of a host. */
export class Networks extends ComponentResource {
  private readonly networks = new Map<string, docker.Network>();

  /** @param name the host's name */
  constructor(name: string, host: HostContext, networks: PlatformHost["networks"], options: ComponentResourceOptions) {
    super("vpai:docker:Networks", `${name}/networks`, {}, options);
    for (const [network, { subnet, internal }] of Object.entries(networks)) {
      this.networks.set(network, this.create(`${name}/network/${network}`, network, subnet, internal, host));
    }
    this.registerOutputs();
  }

  /** @throws when the platform gives the host no such network */
  get(network: string): docker.Network {
    const found = this.networks.get(network);
    if (found === undefined)
      throw new Error(
        `the host has no network ${network}; its platform gives it ${[...this.networks.keys()].join(", ")}`,
      );
    return found;
  }

  private create(
    resource: string,
    network: string,
    subnet: string,
    internal: boolean,
    host: HostContext,
  ): docker.Network {
    const labels = ownershipLabels(host.owner);
    const target = { kind: "network" as const, name: network, labels, adopt: host.adopt };
    return new docker.Network(
      resource,
      {
        name: network,
        driver: "bridge",
        internal,
        ipamConfigs: [{ subnet, gateway: gatewayOf(subnet) }],
        labels: asLabels(labels),
      },
      {
        parent: this,
        provider: host.engine,
        ...ofFixedName(resource, target, hostRunner(host.connection)),
      },
    );
  }
}
