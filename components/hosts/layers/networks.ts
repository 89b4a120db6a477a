import * as docker from "@pulumi/docker";
import type { FoundNetwork } from "@vpai/providers";
import { ComponentResource, type ComponentResourceOptions, type Input, type Resource } from "@pulumi/pulumi";
import type { Network, PlatformHost } from "../../../model/platform";
import { adoptedNetwork, takenOverUsers } from "../../docker/adoption";
import { ofFixedName } from "../../docker/fixed-name";
import { gatewayOf } from "../../docker/gateway";
import { hostRunner } from "../../docker/leftovers";
import { asLabels, ownershipLabels } from "../../docker/ownership";
import type { Preparation } from "../../preparation";
import type { HostContext, HostNetworks } from "../../host-context";
import type { Layer, Ready } from "./layer";

/** The Docker networks of a host. */
class Networks extends ComponentResource implements HostNetworks {
  private readonly networks: ReadonlyMap<string, docker.Network>;
  private looked: Promise<readonly FoundNetwork[]> | undefined;

  constructor(
    private readonly host: HostContext,
    networks: PlatformHost["networks"],
    private readonly after: Input<Input<Resource>[]>,
    options: ComponentResourceOptions,
  ) {
    super("vpai:docker:Networks", `${host.owner.host}/networks`, {}, options);
    this.networks = new Map(
      Object.entries(networks).map(([name, network]): [string, docker.Network] => [name, this.create(name, network)]),
    );
    this.registerOutputs();
  }

  get ready(): docker.Network[] {
    return [...this.networks.values()];
  }

  get(name: string): docker.Network {
    const found = this.networks.get(name);
    if (found === undefined)
      throw new Error(
        `expected a network of the host (${[...this.networks.keys()].join(", ") || "none"}), found ${name}`,
      );
    return found;
  }

  /** One command asks for all of them. */
  private seen(): Promise<readonly FoundNetwork[]> {
    this.looked ??= this.host.findings.ofNetworks(ownershipLabels(this.host.owner));
    return this.looked;
  }

  private create(name: string, { subnet, internal }: Network): docker.Network {
    const { owner, adopt, engine, connection } = this.host;
    const resource = `${owner.host}/network/${name}`;
    const target = { kind: "network" as const, name, labels: ownershipLabels(owner), adopt };
    const gateway = gatewayOf(subnet);
    const runner = hostRunner(connection);
    const fixed = ofFixedName(resource, target, runner);
    const users = adopt ? takenOverUsers(resource, target, subnet, runner) : { before: [], after: [] };
    const { beforeCreate } = fixed.hooks;
    return new docker.Network(
      resource,
      {
        name,
        driver: "bridge",
        internal,
        ipamConfigs: [{ subnet, gateway }],
        labels: asLabels(target.labels),
      },
      {
        parent: this,
        provider: engine(),
        dependsOn: this.after,
        ...fixed,
        hooks: { ...fixed.hooks, beforeCreate: [...users.before, ...beforeCreate], afterCreate: users.after },
        ...adoptedNetwork(target, { internal, subnet, gateway }, () => this.seen()),
      },
    );
  }
}

/** A host whose engine answers, and the networks that its platform gives it. */
export interface EngineHost {
  host: HostContext;
  networks: PlatformHost["networks"];
  preparation: Preparation;
  parent: Resource;
}

/** The layer above the engine: Docker networks. */
export const networksLayer: Layer<EngineHost, Ready & { networks: HostNetworks }> = (
  { host, networks, preparation, parent },
  after,
) => {
  // What is taken over serves somebody: nothing goes before every image and file is there.
  const ready = host.adopt ? preparation.done.then(() => [...after]) : [...after];
  const made = new Networks(host, networks, ready, { parent });
  return { networks: made, ready: made.ready };
};
