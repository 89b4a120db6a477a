import * as docker from "@pulumi/docker";
import { ComponentResource, type ComponentResourceOptions, type Output, type Resource } from "@pulumi/pulumi";
import { type Connection, DockerHost, sshOptions } from "@vpai/providers";
import type { PlatformHost } from "../../platforms";
import type { Service, ServiceContext } from "../../model/service";
import { Networks } from "../container/networks";
import type { Owner } from "../container/ownership";
import { DockerService } from "../container/service";
import type { HostContext, ImageSource } from "../host-context";
import type { Machine } from "../machines/machine";
import { provisions, type Role, type Servers, type Serving, smokeChecks, workflows } from "../provisioning";
import type { SecretStore } from "../secret-store";

export interface HostArgs {
  owner: Owner;
  machine: Machine;
  description: PlatformHost;
  services: readonly Service[];
  context: ServiceContext;
  secrets: SecretStore;
  vpnAddress: string | undefined;
  adopt: boolean;
  protect: boolean;
  /** What happens to n8n workflows that were edited on the host. */
  workflows: HostContext["workflows"];
  imageSource: (reference: string) => ImageSource;
}

/** A machine with its Docker engine, networks and services. */
export class Host extends ComponentResource implements Servers {
  readonly connection: Output<Connection>;
  private readonly started = new Map<string, DockerService>();
  /** What is made in services that run, and nobody waits for but the checks. */
  private readonly provisioned: Resource[] = [];
  readonly host: HostContext;
  private readonly networks: Networks;

  /** @param name the host's name in the platform */
  constructor(
    name: string,
    private readonly args: HostArgs,
    options: ComponentResourceOptions = {},
  ) {
    const { vanishesWith } = args.machine;
    super(
      "vpai:hosts:Host",
      name,
      {},
      vanishesWith === undefined ? options : { ...options, transformations: [deletedWith(vanishesWith)] },
    );
    this.connection = args.machine.connection;
    this.host = { ...args, ...this.reach(name), publicAddress: args.machine.publicAddress };
    this.networks = new Networks(name, this.host, args.description.networks, { parent: this });
    for (const service of args.services) this.start(service);
    if (args.services.length > 0) this.check();
    this.registerOutputs({ services: args.services.map((service) => service.name) });
  }

  /** The engine on the host; everything that uses it waits until it answers. */
  private reach(name: string): { connection: Output<Connection>; engine: docker.Provider } {
    const ready = new DockerHost(`${name}/docker`, { connection: this.args.machine.connection }, { parent: this });
    const engine = new docker.Provider(
      `${name}/engine`,
      { host: ready.endpoint, sshOpts: ready.connection.apply(sshOptions) },
      { parent: this },
    );
    return { connection: ready.connection, engine };
  }

  private check(): void {
    const { host, provisioned: after, started } = this;
    const { context, description } = this.args;
    smokeChecks({ host, context, networks: description.networks, services: [...started.values()], after }, this);
  }

  /** Starts a service after the ones that it needs. */
  private start(service: Service): DockerService {
    const running = this.started.get(service.name);
    if (running !== undefined) return running;
    const needed = (service.needs ?? []).map((name) => this.start(this.serviceNamed(name)));
    const after: Resource[] = needed.map(({ gate }) => gate);
    after.push(...provisions(service, this));
    const { host, networks } = this;
    const started = new DockerService({ service, host, networks, context: this.args.context, after }, { parent: this });
    this.started.set(service.name, started);
    this.provisioned.push(...workflows(service, started, this));
    return started;
  }

  serving<R extends Role>(role: R): Serving<R> {
    for (const service of this.args.services) {
      const offered = service[role];
      if (offered !== undefined) return { role: offered, service, running: this.start(service) };
    }
    throw new Error(`${this.host.owner.host} has no service with ${role}`);
  }

  private serviceNamed(name: string): Service {
    const found = this.args.services.find((service) => service.name === name);
    if (found === undefined)
      throw new Error(
        `${this.host.owner.host} has no service ${name}; it has ${this.args.services.map((service) => service.name).join(", ")}`,
      );
    return found;
  }
}

/** Deleting the machine deletes what is on it; nothing has to be taken down one by one. */
const deletedWith =
  (machine: Resource): NonNullable<ComponentResourceOptions["transformations"]>[number] =>
  ({ props, opts }) => ({ props, opts: { ...opts, deletedWith: machine } });
