import * as docker from "@pulumi/docker";
import { LocalRunner, networksOf, SshKey } from "@vpai/providers";
import { ComponentResource, type ComponentResourceOptions } from "@pulumi/pulumi";
import { adoptedNetwork } from "../../docker/adoption";
import { gatewayOf } from "../../docker/gateway";
import { asLabels } from "../../docker/ownership";
import { ofFixedName } from "../../docker/fixed-name";
import type { FindRunner } from "../../docker/leftovers";
import type { Machine } from "../machine";
import { labIdentity } from "../../../toolchain/lab-identity";
import { LabMachine } from "./machine";
import { buildImage, LabRegistry, type LoginsWanted } from "./registry";
import type { local } from "@pulumi/command";

/** What lab machines stand on: this machine's Docker engine, a network with a public side, a registry, a login key. */
export class Ground extends ComponentResource {
  readonly identity = labIdentity();
  readonly labels: Record<string, string> = { "dev.vpai.lab": this.identity.id };
  readonly engine: docker.Provider;
  readonly network: docker.Network;
  readonly loginKey: SshKey;
  readonly hostImage: local.Command;
  readonly registry: LabRegistry;
  /** Docker commands of the lab run on this machine. */
  readonly runner: FindRunner = () => Promise.resolve(new LocalRunner());

  /** @param wanted the registries that want a login, and the logins that the stack's config gives for them */
  constructor(wanted: LoginsWanted, options?: ComponentResourceOptions) {
    super("vpai:lab:Ground", "lab", {}, options);
    this.engine = new docker.Provider("lab/engine", { host: "unix:///var/run/docker.sock" }, { parent: this });
    this.network = this.createNetwork();
    this.loginKey = new SshKey(
      "lab/login-key",
      { comment: "operator of the lab", privateKeyFile: this.identity.identityFile },
      { parent: this },
    );
    this.hostImage = buildImage("lab-host", this);
    this.registry = new LabRegistry(this, wanted, { parent: this });
    this.registerOutputs();
  }

  /** A machine of the lab. @param index its place in the platform's list of hosts, from 0 */
  machine(host: string, index: number): Machine {
    return new LabMachine(host, { ground: this, index }, { parent: this });
  }

  private createNetwork(): docker.Network {
    const { prefix: name, subnet } = this.identity;
    const { runner } = this;
    const gateway = gatewayOf(subnet);
    const target = { kind: "network" as const, name, labels: this.labels, adopt: false };
    return new docker.Network(
      "lab/network",
      { name, driver: "bridge", ipamConfigs: [{ subnet, gateway }], labels: asLabels(this.labels) },
      {
        parent: this,
        provider: this.engine,
        ...ofFixedName("lab/network", target, runner),
        ...adoptedNetwork(target, { internal: false, subnet, gateway }, async () =>
          networksOf(await runner(), this.labels),
        ),
      },
    );
  }
}
