import * as docker from "@pulumi/docker";
import { ComponentResource, type ComponentResourceOptions, type Output, type Resource } from "@pulumi/pulumi";
import { type Connection, DockerHost, PostgresDatabase, sshOptions } from "@vpai/providers";
import type { PlatformHost } from "../../platforms";
import type { DatabaseServer, Service, ServiceContext } from "../../services/model";
import { Networks } from "../docker/networks";
import type { Owner } from "../docker/ownership";
import { DockerService } from "../docker/service";
import type { HostContext, ImageSource } from "../host-context";
import type { Machine } from "../machines/machine";
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
  imageSource: (reference: string) => ImageSource;
}

/** A machine with its Docker engine, networks and services. */
export class Host extends ComponentResource {
  readonly connection: Output<Connection>;
  private readonly started = new Map<string, DockerService>();
  private readonly host: HostContext;
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

  /** Starts a service after the ones that it needs. */
  private start(service: Service): DockerService {
    const running = this.started.get(service.name);
    if (running !== undefined) return running;
    const needed = (service.needs ?? []).map((name) => this.start(this.serviceNamed(name)));
    const after: Resource[] = needed.map(({ gate }) => gate);
    if (service.database !== undefined) after.push(this.createDatabase(service.database));
    const { host, networks } = this;
    const started = new DockerService({ service, host, networks, context: this.args.context, after }, { parent: this });
    this.started.set(service.name, started);
    return started;
  }

  private createDatabase({ name, role, password, memberOf }: NonNullable<Service["database"]>): PostgresDatabase {
    const { server, running } = this.databaseServer();
    const superuserPassword = this.host.secrets.get(server.password);
    const rolePassword = this.host.secrets.get(password);
    if (superuserPassword === undefined || rolePassword === undefined)
      throw new Error(`the database ${name} has no password`);
    return new PostgresDatabase(
      `${this.host.owner.host}/database/${name}`,
      {
        connection: this.host.connection,
        server: { container: running.containerName, superuser: server.superuser, password: superuserPassword },
        database: name,
        role,
        password: rolePassword,
        ...(memberOf === undefined ? {} : { memberOf: [...memberOf] }),
      },
      { parent: running, dependsOn: [running.gate], protect: this.host.protect },
    );
  }

  private databaseServer(): { server: DatabaseServer; running: DockerService } {
    const service = this.args.services.find(({ databaseServer }) => databaseServer !== undefined);
    if (service?.databaseServer === undefined) throw new Error(`${this.host.owner.host} has no database server`);
    return { server: service.databaseServer, running: this.start(service) };
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
