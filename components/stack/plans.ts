import { getStack } from "@pulumi/pulumi";
import type { LoadedConfig, MachineConfig, StackConfig } from "../../config";
import { type ImageLock, lockedArchitectures } from "../../images/lock";
import { labProgram } from "../../lab/images/catalogue";
import type { HostView } from "../../model/context";
import { hostJobsOf, type Platform, type PlatformHost } from "../../model/platform";
import { isContainer } from "../../model/run";
import { HOST_ITSELF, isContainerService, jobsOf, type Service } from "../../model/service";
import { whenUnreachable } from "../../model/stack";
import { contextOf, type HostPlan, servicesOn, settled } from "../../platforms";
import type { Owner } from "../docker/ownership";
import { plannedAddress } from "../machines";
import { isInCatalogue } from "../machines/lab/registry";

/** A platform on a stack's computers, with what their registries said of its images. */
export interface Deployment {
  platform: Platform;
  config: LoadedConfig;
  lock: ImageLock;
}

/** A host of the stack with the services that it runs, as this stack wants them. */
export function viewOf(name: string, { platform, config, lock }: Deployment): HostView {
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

/** A host of the stack as policies judge it, and as its components are made from it. @param views what runs where */
export const planOf = (view: HostView, views: readonly HostView[], { platform, config }: Deployment): HostPlan => ({
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

/** A host as its platform describes it. */
const describedIn = ({ name: platform, hosts }: Platform, name: string): PlatformHost =>
  named(hosts, name, `a host of the platform ${platform}`);

/** A host as the stack's file says. */
export const hostIn = ({ hosts }: StackConfig, name: string): StackConfig["hosts"][string] =>
  named(hosts, name, "a host of the stack");

/** @throws for a name that is not there: the config's schema lets none through */
function named<Value>(values: Readonly<Record<string, Value>>, name: string, what: string): Value {
  const value = values[name];
  if (value === undefined) throw new Error(`expected ${what} (${Object.keys(values).join(", ")}), found ${name}`);
  return value;
}

/** Who the labels of what is made on a host name. */
export const ownerOn = ({ name: platform }: Platform, host: string): Owner => ({ platform, stack: getStack(), host });

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

/** All jobs of a host, its services' and its own. */
export const jobsOn = ({ host, services, context }: Pick<HostPlan, "host" | "services" | "context">) => [
  ...services.flatMap((owner) => jobsOf(owner, context).map((job) => ({ job, owner }))),
  ...hostJobsOf(host, context).map((job) => ({ job, owner: HOST_ITSELF })),
];
