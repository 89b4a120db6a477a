import { getStack, type Output } from "@pulumi/pulumi";
import type { Connection } from "@vpai/providers";
import type { HostConfig, LoadedConfig, StackConfig } from "../config";
import { type ImageLock, lockedArchitectures } from "../images/lock";
import {
  checkPlatform,
  type HostPlan,
  type Platform,
  type PlatformHost,
  remoteSitesOn,
  servicesOn,
} from "../platforms";
import { type Service, type ServiceContext, urlOf } from "../services/model";
import { warnOfTags } from "./docker/locked-image";
import { Host } from "./hosts/host";
import { Machines } from "./machines";
import { SecretStore } from "./secret-store";

/** What a stack tells of a host to whoever runs it. */
export interface HostOutput {
  /** How to log in. */
  connection: Output<Connection>;
  /** Address that the world reaches the host on. */
  publicAddress: Output<string>;
  services: Record<string, ServiceOutput>;
}

/** What a stack tells of a service. */
export interface ServiceOutput {
  /** The container's name on the host. */
  container: string;
  /** Image reference as configured. */
  image: string;
  /** The service's sites. */
  urls: string[];
}

/**
 * Puts a platform on a stack's computers.
 * @param lock what their registries said of the images
 * @throws PlatformError before anything is touched
 */
export function deploy(platform: Platform, config: LoadedConfig, lock: ImageLock): Record<string, HostOutput> {
  const stack = getStack();
  const plans = plansOf(platform, config, lock);
  checkPlatform(plans);
  const secrets = new SecretStore("secrets", config.secrets);
  const machines = new Machines(platform, stack, secrets, lock);
  const pulled = plans.filter(({ machine }) => machine.kind !== "lab");
  warnOfTags(
    pulled.flatMap(({ services }) => services.map(({ image }) => image)),
    lock,
  );
  const hosts = plans.map(
    ({ name, host: description, services, context, machine, vpnAddress }): [string, HostOutput] => {
      const source = machines.create(name, machine);
      const host = new Host(name, {
        owner: { platform: platform.name, stack, host: name },
        machine: source,
        description,
        services,
        context,
        secrets,
        vpnAddress,
        adopt: config.adopt,
        workflows: config.workflows,
        protect: machine.kind === "existing",
        imageSource: (reference) => machines.imageSource(machine, reference),
      });
      const { publicAddress } = source;
      return [name, { connection: host.connection, publicAddress, services: describe(platform, config, services) }];
    },
  );
  return Object.fromEntries(hosts);
}

/** The stack's hosts, each with the services that it runs, as this stack wants them. */
const plansOf = (
  platform: Platform,
  config: StackConfig,
  lock: ImageLock,
): (HostPlan & Pick<HostConfig, "machine">)[] =>
  Object.entries(config.hosts).map(([name, host]) => {
    // The lab builds its images for its own hosts, whatever the registries have.
    const known = host.machine.kind === "lab" ? {} : lock;
    const services = servicesOn(platform, name, config.services)
      .map((service) => withOverrides(service, config))
      .map((service) => withLockedArchitectures(service, known));
    return {
      ...host,
      name,
      host: platform.hosts[name] as PlatformHost,
      services,
      vpnAddress: host.vpnAddress,
      context: contextOf(platform, name, config, services),
    };
  });

/** A service as this stack wants it. */
function withOverrides(service: Service, { overrides }: StackConfig): Service {
  const {
    image = service.image,
    memoryMiB = service.limits.memoryMiB,
    cpus = service.limits.cpus,
  } = overrides[service.name] ?? {};
  return { ...service, image, limits: { ...service.limits, memoryMiB, cpus } };
}

/** A service with the architectures that its image's registry told, where it was asked; else those of its file. */
function withLockedArchitectures(service: Service, lock: ImageLock): Service {
  const architectures = lockedArchitectures(service.image, lock);
  return architectures === undefined ? service : { ...service, architectures };
}

const contextOf = (
  platform: Platform,
  host: string,
  config: StackConfig,
  services: readonly Service[],
): ServiceContext => {
  const { domain, tls, acmeEmail, vpnEnforce } = config;
  return {
    host,
    domain,
    tls,
    vpnEnforce,
    services,
    remoteSites: remoteSitesOn(platform, host, config),
    ...(acmeEmail === undefined ? {} : { acmeEmail }),
  };
};

const describe = (
  platform: Platform,
  { domain }: StackConfig,
  services: readonly Service[],
): Record<string, ServiceOutput> =>
  Object.fromEntries(
    services.map(({ name, image, expose = [] }) => [
      name,
      {
        container: `${platform.name}_${name}`,
        image,
        urls: expose.map((exposure) => urlOf(exposure, domain)),
      },
    ]),
  );
