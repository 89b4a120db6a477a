import { ComponentResource, type ComponentResourceOptions, type Output, type Resource } from "@pulumi/pulumi";
import type { Connection, HostNeeds } from "@vpai/providers";
import type { ServiceContext } from "../../model/context";
import type { Operator } from "../../model/hardening/system";
import { backupJobName } from "../../programs/backup";
import { keepersOfData } from "../../programs/backup/parts";
import { folderOn, hostJobsOf, type PlatformHost, prefixOn } from "../../model/platform";
import type { Tool } from "../../model/program";
import { isContainerService, isUnitService, type Service } from "../../model/service";
import type { Architecture } from "../../model/stack";
import type { Owner } from "../docker/ownership";
import type { Preparation } from "../preparation";
import { DockerService } from "../container/service";
import type { RunningService, ServiceArgs } from "../running-service";
import { Runtimes } from "../unit/runtimes";
import { SystemdService } from "../unit/service";
import type { HostContext, HostNetworks, Releases } from "../host-context";
import { arrivalAt, type Machine } from "../machines/machine";
import type { SecretKeeper, SecretStore } from "../secret-store";
import { Jobs } from "../jobs/jobs";
import type { Visited, VisitedHosts } from "../jobs/visits";
import { Findings } from "../docker/findings";
import { baselineLayer } from "./layers/baseline";
import { checksLayer } from "./layers/checks";
import { crowdsecLayer } from "./layers/crowdsec";
import { engineLayer } from "./layers/engine";
import { firewallLayer } from "./layers/firewall";
import { isolationLayer } from "./layers/isolation";
import { lateAddressLayer } from "./layers/late-address";
import { networksLayer } from "./layers/networks";
import { readinessLayer } from "./layers/readiness";
import { sshdLayer } from "./layers/sshd";
import { sysctlLayer } from "./layers/sysctl";
import { versionedData } from "./data-versions";
import { HostLook } from "./look";
import { needsOf } from "./needs";

/** A host as its platform describes it and its stack has it. */
export interface HostArgs {
  owner: Owner;
  machine: Machine;
  description: PlatformHost;
  /** What its services are told. */
  context: ServiceContext;
  secrets: SecretStore;
  vpnAddress: string | undefined;
  /** MiB, as the stack's file says. */
  memoryMiB: number;
  architecture: Architecture;
  adopt: boolean;
  /** Who works on it beside root; undefined: nobody is looked after. */
  operator: Operator | undefined;
  /** Addresses and networks that it never bans, beside those that nobody does. */
  neverBanned: readonly string[];
  /** How many releases stay of each service. */
  keptReleases: number;
  /** Whether it reaches nothing but the stack's own hosts. */
  isolated: boolean;
  /** Whether the run leaves it as it is. */
  isLeft: boolean;
  /** Of the whole stack. */
  preparation: Preparation;
}

/**
 * A machine with its Docker engine, networks and services. It is made in layers, each on top of the one before: sysctl,
 * sshd, engine, networks, services, checks. The fleet starts the services, since they may need some on other hosts.
 */
export class Host extends ComponentResource {
  readonly connection: Output<Connection>;
  /** What its services are told. */
  readonly context: ServiceContext;
  private readonly host: HostContext;
  private readonly networks: HostNetworks;
  private readonly needs: Output<HostNeeds>;
  private readonly started: RunningService[] = [];
  private readonly runtimes: Runtimes;
  private readonly tools: readonly Tool[];
  private readonly jobs: Jobs;
  private readonly description: PlatformHost;

  /** @param name the host's name in the platform */
  constructor(name: string, args: HostArgs, options: ComponentResourceOptions = {}) {
    const { machine, owner, description, context, secrets, vpnAddress, memoryMiB, architecture } = args;
    const { adopt, isLeft, operator, preparation } = args;
    super("vpai:hosts:Host", name, {}, vanishing(machine, options));
    this.connection = machine.connection;
    this.context = context;
    this.description = description;
    const accounts = operator === undefined ? [] : [operator.user];
    const bare = { name, machine, description, connection: arrivalAt(machine), parent: this };
    const baseline = baselineLayer({ owner, machine, description, context, operator, parent: this }, []);
    const sysctl = sysctlLayer(bare, baseline.ready);
    const sshd = sshdLayer({ ...bare, declared: machine.connection, accounts }, sysctl.ready);
    const defended = { name, machine, context, neverBanned: args.neverBanned, parent: this };
    const firewall = firewallLayer(defended, sshd.ready);
    crowdsecLayer({ ...defended, folder: folderOn(owner.platform, description) }, firewall.ready);
    const isolation = isolationLayer({ name, machine, context, isolated: args.isolated, parent: this }, firewall.ready);
    const engine = engineLayer({ name, machine, isLeft, parent: this }, isolation.ready);
    const place = {
      ...{ owner, machine, architecture, secrets, vpnAddress, adopt },
      folder: folderOn(owner.platform, description),
      prefix: prefixOn(owner.platform, description),
      releases: releasesOf(description, context, args.keptReleases),
    };
    this.needs = needsOf(context.services, place, memoryMiB);
    const { hook } = new HostLook(name, engine.connection, this.needs, versionedData(context.services, place));
    const beforeChange = { beforeCreate: [hook], beforeUpdate: [hook] };
    const findings = new Findings(engine.connection, `dev.vpai.stack=${owner.stack}`, isLeft);
    this.host = { ...place, beforeChange, ...engine, findings };
    this.runtimes = new Runtimes(this.host, this);
    this.tools = description.tools ?? [];
    this.jobs = new Jobs(this.host, this);
    // A host that runs nothing needs none, nor a provider for its engine.
    const networks = context.services.length === 0 ? {} : description.networks;
    this.networks = networksLayer({ host: this.host, networks, preparation, parent: this }, engine.ready).networks;
  }

  /** Starts a service. @param after what has to be there first, beside what the stack prepares */
  start(service: Service, after: readonly Resource[], preparation: Preparation): RunningService {
    const started = this.startAs(service, { ...{ host: this.host, context: this.context }, after, preparation });
    this.started.push(started);
    this.jobs.start(service, started, { context: this.context, preparation });
    return started;
  }

  private startAs(service: Service, args: ServiceArgs): RunningService {
    const { networks, runtimes } = this;
    if (isContainerService(service)) return new DockerService({ ...args, service, networks }, { parent: this });
    if (isUnitService(service)) return new SystemdService({ ...args, service, runtimes }, { parent: this });
    throw new Error(`${service.name}: expected a service in a container or a systemd unit, found neither`);
  }

  /** Puts the jobs of the host itself there. @param hosts that they may visit */
  startJobs(preparation: Preparation, hosts: VisitedHosts): void {
    const { context, description } = this;
    this.jobs.startOwn(hostJobsOf(description, context), hosts, { context, preparation });
  }

  /** The host as a job visits it. */
  get visited(): Visited {
    const { connection, machine, vpnAddress, folder, prefix } = this.host;
    return { connection, login: machine.connection, vpnAddress, folder, prefix, parent: this };
  }

  /** Has the host looked at once more when everything is prepared, before one of its containers changes. */
  clear(preparation: Preparation): void {
    const { host, needs, context, started: services } = this;
    if (services.length > 0) for (const tool of this.tools) this.runtimes.tool(tool, preparation);
    lateAddressLayer({ host, services: context.services, preparation, parent: this }, []);
    if (services.length > 0) readinessLayer({ host, needs, services, preparation, parent: this }, []);
  }

  /** Checks the host, once all its services run. @param after what was made in them */
  check(after: readonly Resource[]): void {
    const { host, context, started: services } = this;
    if (context.services.length > 0) checksLayer({ host, context, services, parent: this }, after);
    this.registerOutputs({ services: context.services.map((service) => service.name) });
  }

  get secretKeeper(): SecretKeeper {
    const { connection, folder, machine } = this.host;
    return { connection, folder: `${folder}/made-secrets`, vanishesWith: machine.vanishesWith };
  }

  /** Address that the world reaches it on. */
  get publicAddress(): Output<string> {
    return this.host.machine.publicAddress;
  }

  get protects(): boolean {
    return this.host.machine.protects;
  }

  /** Where everything that is made on the host logs in: it opens when host and engine answer. */
  get ready(): Output<Connection> {
    return this.host.connection;
  }
}

/** Copies are made by the program of the host's backups. */
function releasesOf(description: PlatformHost, context: ServiceContext, kept: number): Releases | undefined {
  const name = backupJobName(context.host);
  if (!hostJobsOf(description, context).some((job) => job.name === name)) return undefined;
  return { job: name, unit: `${name}.service`, kept, keepers: keepersOfData(context) };
}

/** Deleting the machine deletes what is on it; nothing has to be taken down one by one. */
function vanishing({ vanishesWith }: Machine, options: ComponentResourceOptions): ComponentResourceOptions {
  if (vanishesWith === undefined) return options;
  return {
    ...options,
    transformations: [({ props, opts }) => ({ props, opts: { ...opts, deletedWith: vanishesWith } })],
  };
}
