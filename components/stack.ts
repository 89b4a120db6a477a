import { getStack, type Output } from "@pulumi/pulumi";
import type { Connection } from "@vpai/providers";
import type { LoadedConfig, MachineConfig, StackConfig } from "../config";
import { type ImageLock, lockedArchitectures } from "../images/lock";
import { labProgram } from "../lab/images/catalogue";
import type { UnitHealth } from "../model/checks";
import type { HostView } from "../model/context";
import { UserError } from "../model/finding";
import { folderOn, hostJobsOf, type Platform, type PlatformHost, prefixOn } from "../model/platform";
import { programFolder } from "../model/program";
import { startedWith } from "../model/peers";
import { isContainer, isOnDemand, type UnitRun } from "../model/run";
import type { SecretDeclaration } from "../model/secret";
import {
  HOST_ITSELF,
  imagesOf,
  isContainerService,
  isUnitService,
  jobImagesOf,
  jobsOf,
  type Service,
  type UnitService,
  unitOf,
} from "../model/service";
import { urlOf } from "../model/site";
import { checkPlatform, contextOf, type HostPlan, servicesOn, settled } from "../platforms";
import { whenUnreachable, type WhenUnreachable } from "../model/stack";
import { makeBuckets } from "./buckets";
import { makePublicDns } from "./public-dns";
import { Preparation } from "./preparation";
import { containerSpec } from "./container/spec";
import { Fleet } from "./fleet";
import { Host } from "./hosts/host";
import { jobSpec } from "./jobs/spec";
import { Machines, plannedAddress } from "./machines";
import { isInCatalogue } from "./machines/lab/registry";
import { warnOfTags, warnOfUnpublished } from "./machines/locked-image";
import { type SecretKeeper, SecretStore } from "./secret-store";
import { healthOf, unitFile, unitSpec } from "./unit/spec";

/** What a stack tells of a host to whoever runs it. */
export interface HostOutput {
  /** How to log in. */
  connection: Output<Connection>;
  /** Address that the world reaches the host on. */
  publicAddress: Output<string>;
  /** What a command that cannot reach it makes of that. */
  unreachable: WhenUnreachable;
  services: Record<string, ServiceOutput>;
  jobs: Record<string, JobOutput>;
  tools: Record<string, ToolOutput>;
}

/** What a stack tells of a program for those who log in. */
interface ToolOutput {
  /** Absolute path of the folder of its versions. */
  folder: string;
  version: string;
  /** Its commands in /usr/local/bin. */
  commands: string[];
}

/** What a stack tells of a job: the name of its systemd service on the host. */
interface JobOutput {
  unit: string;
}

/** What a stack tells of a service: the name of its container or systemd unit on the host, and what it runs. */
type ServiceOutput = {
  /** The service's sites. */
  urls: string[];
} & (
  | {
      container: string;
      /** Image reference as configured. */
      image: string;
      /** Of one that runs on demand: the containers to start, one after another, the last its own. */
      onDemand?: string[];
    }
  | {
      unit: string;
      /** Name and version of its program. */
      program: string;
      /** Image that the program is taken out of, where it is. */
      takenFrom?: string;
      /** How it is seen to work. */
      health: UnitHealth;
    }
);

/** A platform on a stack's computers, with what their registries said of its images. */
interface Deployment {
  platform: Platform;
  config: LoadedConfig;
  lock: ImageLock;
}

/**
 * Puts a platform on a stack's computers.
 * @param lock what their registries said of the images
 * @throws UserError before anything is touched
 */
export function deploy(platform: Platform, config: LoadedConfig, lock: ImageLock): Record<string, HostOutput> {
  const deployment = { platform, config, lock };
  const views = Object.keys(config.hosts).map((name) => viewOf(name, deployment));
  const plans = views.map((view) => planOf(view, views, deployment));
  const buckets = platform.buckets?.(config.settings) ?? [];
  checkPlatform(plans, buckets);
  expectClosable(config);
  for (const plan of plans) describeAll(plan, deployment);
  const pulling = pullingServices(views, config);
  warnOfTags([...imagesOf(pulling), ...pulledByHosts(plans, config)], lock);
  warnOfUnpublished(pulling, lock);
  const stack = getStack();
  const hosts = new Map<string, Host>();
  const preparation = new Preparation();
  const secrets = new SecretStore("secrets", config, () => keeperAmong(hosts));
  const machines = new Machines({ platform, stack, secrets, lock, registries: config.registries });
  const outputs = plans.map(({ name, host: description, context, vpnAddress, services }): [string, HostOutput] => {
    const machine = machines.create(name, hostIn(config, name).machine);
    const owner = { platform: platform.name, stack, host: name };
    const { adopt, isolated, keptReleases, leaves, neverBanned, operator } = config;
    const { memoryMiB, architecture } = hostIn(config, name);
    const isLeft = leaves.has(name);
    const host = new Host(name, {
      owner,
      machine,
      description,
      context,
      secrets,
      vpnAddress,
      memoryMiB,
      architecture,
      adopt,
      operator,
      neverBanned,
      keptReleases,
      isolated,
      isLeft,
      preparation,
    });
    hosts.set(name, host);
    const { connection } = host;
    const unreachable = whenUnreachable(hostIn(config, name), description);
    const described = describe(name, services, { ...deployment, views });
    const jobs = Object.fromEntries(
      jobsOn({ host: description, services, context }).map(({ job: { name: job } }) => [
        job,
        { unit: `${job}.service` },
      ]),
    );
    const tools = services.length === 0 ? {} : toolsOn(folderOn(platform.name, description), description);
    return [name, { connection, publicAddress: machine.publicAddress, unreachable, services: described, jobs, tools }];
  });
  makeBuckets(buckets, { secrets, protect: [...hosts.values()].some(({ protects }) => protects) });
  const addresses = Object.fromEntries(outputs.map(([name, { publicAddress }]) => [name, publicAddress]));
  if (config.ovh !== undefined) makePublicDns({ ...config, ovh: config.ovh, views, secrets, addresses });
  new Fleet({ hosts, views, stack: config, secrets, preparation, leaves: config.leaves }).start();
  return Object.fromEntries(outputs);
}

/** Any other computer gets its images and packages from outside. @throws UserError */
function expectClosable({ isolated, hosts }: StackConfig): void {
  const [open] = Object.entries(hosts).filter(([, { machine }]) => machine.kind !== "lab");
  if (isolated && open !== undefined)
    throw new UserError(
      `vpai:isolated: expected lab machines alone, found ${open[0]} on a machine of kind ${open[1].machine.kind}, ` +
        "which gets its images from outside: leave the key out",
    );
}

const toolsOn = (folder: string, { tools = [] }: PlatformHost): Record<string, ToolOutput> =>
  Object.fromEntries(
    tools.map((tool) => [
      tool.name,
      { folder: programFolder(folder, tool), version: tool.version, commands: Object.keys(tool.commands ?? {}) },
    ]),
  );

/** The stack's first host: the one place for copies of secrets that several hosts may use. */
function keeperAmong(hosts: ReadonlyMap<string, Host>): SecretKeeper {
  const [first] = hosts.values();
  if (first === undefined) throw new Error("expected a host that keeps copies of made secrets, found none yet");
  return first.secretKeeper;
}

/** What a service's own file gets wrong throws here, before anything was made of another one. */
function describeAll({ name, host, services, context }: HostPlan, { platform, config }: Deployment): void {
  const place = {
    owner: { platform: platform.name, stack: getStack(), host: name },
    folder: folderOn(platform.name, host),
    prefix: prefixOn(platform.name, host),
    context,
    exists: (secret: SecretDeclaration) => config.secrets[secret.name] !== undefined || secret.origin === "random",
  };
  for (const service of services.filter(isContainerService)) containerSpec(service, place);
  for (const service of services.filter(isUnitService)) unitFile(unitSpec(service, place));
  for (const { job, owner } of jobsOn({ host, services, context })) jobSpec(job, owner, place).service("");
}

/** All jobs of a host, its services' and its own. */
const jobsOn = ({ host, services, context }: Pick<HostPlan, "host" | "services" | "context">) => [
  ...services.flatMap((owner) => jobsOf(owner, context).map((job) => ({ job, owner }))),
  ...hostJobsOf(host, context).map((job) => ({ job, owner: HOST_ITSELF })),
];

/** Images of hosts' own jobs that come from the world's registries. */
const pulledByHosts = (plans: readonly HostPlan[], config: StackConfig): string[] =>
  plans
    .filter(({ name }) => hostIn(config, name).machine.kind !== "lab")
    .flatMap(({ host, context }) => jobImagesOf(hostJobsOf(host, context)));

/** Services whose images come from the world's registries; a lab's come from its own. */
const pullingServices = (views: readonly HostView[], config: StackConfig): Service[] =>
  views.filter(({ name }) => hostIn(config, name).machine.kind !== "lab").flatMap(({ services }) => services);

/** A host of the stack with the services that it runs, as this stack wants them. */
function viewOf(name: string, { platform, config, lock }: Deployment): HostView {
  const { machine, vpnAddress } = hostIn(config, name);
  const description = describedIn(platform, name);
  // The lab builds its images for its own hosts, whatever the registries have.
  const known = machine.kind === "lab" ? {} : lock;
  return {
    name,
    services: servicesOn(platform, name, config.services)
      .filter(({ runsOn = () => true }) => runsOn({ vpnAddress }, config.settings))
      .map((service) => withOverrides(settled(service, config.settings), config))
      .map((service) => withLockedArchitectures(service, known)),
    networks: description.networks,
    vpnAddress,
    publicAddress: plannedAddress(name, machine, platform),
    ...(machine.kind === "existing" ? { sshPort: machine.port } : {}),
    unreachable: whenUnreachable(hostIn(config, name), description),
    ...(description.jobs === undefined ? {} : { jobs: description.jobs }),
  };
}

const planOf = (view: HostView, views: readonly HostView[], { platform, config }: Deployment): HostPlan => ({
  ...hostIn(config, view.name),
  name: view.name,
  host: describedIn(platform, view.name),
  services: view.services,
  vpnAddress: view.vpnAddress,
  context: contextOf(view.name, config, views, { given: givenTo(config), rotating: Object.keys(config.before) }),
  ...knownOf(hostIn(config, view.name).machine),
});

/** Names of the secrets that the stack's file has a value for. */
const givenTo = ({ secrets }: LoadedConfig): string[] =>
  Object.entries(secrets).flatMap(([name, value]) => (value === undefined ? [] : [name]));

/** What is known of a computer before it is reached. */
const knownOf = (machine: MachineConfig): Pick<HostPlan, "hasImage" | "hasProgram" | "bindAddress"> => ({
  ...(machine.kind === "lab" ? { hasImage: isInCatalogue } : {}),
  ...(machine.kind === "lab" ? { hasProgram: (name: string) => labProgram(name) !== undefined } : {}),
  ...(machine.kind === "existing" ? { bindAddress: machine.bindAddress ?? machine.address } : {}),
});

/** The config knows the platform's hosts alone. */
const describedIn = ({ hosts }: Platform, name: string): PlatformHost => hosts[name] as PlatformHost;
const hostIn = ({ hosts }: StackConfig, name: string): StackConfig["hosts"][string] =>
  hosts[name] as StackConfig["hosts"][string];

/** A service as this stack wants it. */
function withOverrides(service: Service, { overrides }: StackConfig): Service {
  const { limits, run } = service;
  const { image, memoryMiB = limits.memoryMiB, cpus = limits.cpus } = overrides[service.name] ?? {};
  return {
    ...service,
    limits: { memoryMiB, cpus },
    run: isContainer(run) && image !== undefined ? { ...run, image } : run,
  };
}

/** A service with the architectures that its image's registry told, where it was asked; else those of its file. */
function withLockedArchitectures(service: Service, lock: ImageLock): Service {
  if (!isContainerService(service)) return service;
  const architectures = lockedArchitectures(service.run.image, lock);
  return architectures === undefined ? service : { ...service, run: { ...service.run, architectures } };
}

/** What a stack tells of a unit's program. */
const programOf = ({ program: { name, version, source } }: UnitRun) => ({
  program: `${name} ${version}`,
  ...(source.kind === "image" ? { takenFrom: source.reference } : {}),
});

/** @param folder of the platform on its host */
const describeUnit = (service: UnitService, folder: string) => ({
  unit: unitOf(service),
  ...programOf(service.run),
  health: healthOf(service, { folder }),
});

const describe = (
  host: string,
  services: readonly Service[],
  { platform, config, views }: Deployment & { views: readonly HostView[] },
): Record<string, ServiceOutput> => {
  const folder = folderOn(platform.name, describedIn(platform, host));
  const containerOf = ({ name }: Service): string => `${prefixOn(platform.name, describedIn(platform, host))}${name}`;
  const urlsOf = ({ expose = [] }: Service): string[] => expose.map((exposure) => urlOf(exposure, config.domain));
  const startedBy = (service: Service) =>
    isOnDemand(service.run) ? { onDemand: startedWith(service, views, host).map(containerOf) } : {};
  return Object.fromEntries<ServiceOutput>([
    ...services.filter(isContainerService).map((service): [string, ServiceOutput] => {
      const { image } = service.run;
      return [service.name, { container: containerOf(service), image, urls: urlsOf(service), ...startedBy(service) }];
    }),
    ...services
      .filter(isUnitService)
      .map((service): [string, ServiceOutput] => [
        service.name,
        { ...describeUnit(service, folder), urls: urlsOf(service) },
      ]),
  ]);
};
