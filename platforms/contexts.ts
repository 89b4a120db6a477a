import { closedPaths } from "../model/closed-paths";
import type { HostView, ServiceContext } from "../model/context";
import type { Job } from "../model/job";
import { declaredHostJobs, type Platform } from "../model/platform";
import { jobImagesOf, type Service } from "../model/service";
import type { SecretDeclaration } from "../model/secret";
import type { RemoteSite } from "../model/site";
import { ownerOf, type Stack, whenUnreachable } from "../model/stack";

/** The services of the chosen groups that run on a host, with those of their requests that this choice has made. */
export function servicesOn({ hosts, services }: Platform, host: string, chosen: readonly string[]): Service[] {
  const placed = Object.values(hosts).flatMap(({ groups }) => groups);
  const running = withCompany(services.filter(({ group }) => chosen.includes(group) && placed.includes(group)));
  const groups = hosts[host]?.groups ?? [];
  return running.filter(({ group }) => groups.includes(group)).map((service) => requesting(service, running));
}

/** Services whose own are there, for whose sake they run; one that goes may take others along. */
function withCompany(services: readonly Service[]): readonly Service[] {
  const staying = services.filter(({ beside = [] }) =>
    beside.every((wanted) => services.some(({ name }) => name === wanted)),
  );
  return staying.length === services.length ? services : withCompany(staying);
}

/** A service without the requests that are made for the sake of services which do not run. */
function requesting(service: Service, running: readonly Service[]): Service {
  const runs = (wanted: string): boolean => running.some(({ name }) => name === wanted);
  const { uses } = service;
  return uses === undefined ? service : { ...service, uses: uses.filter(({ beside = [] }) => beside.every(runs)) };
}

/** Every host of a platform with all that may run there, as far as it is known without a stack. */
export const hostViews = (platform: Platform): HostView[] =>
  Object.entries(platform.hosts).map(([name, host]) => ({
    name,
    networks: host.networks,
    unreachable: whenUnreachable({ machine: { kind: "existing" } }, host),
    ...(host.jobs === undefined ? {} : { jobs: host.jobs }),
    services: servicesOn(platform, name, platform.groups),
    vpnAddress: undefined,
    publicAddress: undefined,
  }));

/** The hosts of a stack with what runs there, as its file says. */
export const stackViews = (platform: Platform, stack: Stack): HostView[] =>
  hostViews(platform)
    .filter(({ name }) => stack.hosts[name] !== undefined)
    .map((view) => ({
      ...view,
      vpnAddress: stack.hosts[view.name]?.vpnAddress,
      services: servicesOn(platform, view.name, stack.services).map((service) => settled(service, stack.settings)),
    }));

/** Sites of other hosts that a host answers for: those whose host is in the stack and a node of the VPN. */
const remoteSitesOn = (name: string, hosts: readonly HostView[]): RemoteSite[] =>
  hosts.flatMap(({ name: host, vpnAddress: address, services }) =>
    host === name || address === undefined
      ? []
      : services.flatMap((service) =>
          (service.expose ?? [])
            .filter(({ via }) => via === name)
            .map((exposure) => ({ ...exposure, address, closed: closedPaths(service, exposure.port) })),
        ),
  );

/** A service whose sites say who may come in, whose data how they are kept, and that uses what the stack's settings have it use. */
export const settled = (service: Service, settings: Stack["settings"]): Service =>
  withChosenUses(withChosenBackups(withChosenAccess(service, settings), settings), settings);

function withChosenUses({ usesBy, ...service }: Service, settings: Stack["settings"]): Service {
  if (usesBy === undefined) return service;
  return { ...service, uses: [...(service.uses ?? []), ...usesBy(settings)] };
}

function withChosenBackups(service: Service, settings: Stack["settings"]): Service {
  const { data } = service;
  if (data?.some(({ keptBy }) => keptBy !== undefined) !== true) return service;
  return {
    ...service,
    data: data.map((folder) =>
      folder.keptBy !== undefined && settings[folder.keptBy] === "none"
        ? { ...folder, backup: { kind: "none", reason: `vpai:${folder.keptBy} says so` } }
        : folder,
    ),
  };
}

function withChosenAccess(service: Service, settings: Stack["settings"]): Service {
  const { expose } = service;
  if (expose?.some(({ vpnWhen }) => vpnWhen !== undefined) !== true) return service;
  return {
    ...service,
    expose: expose.map((site) =>
      site.vpnWhen !== undefined && settings[site.vpnWhen] === true ? { ...site, access: "vpn" } : site,
    ),
  };
}

/** Names of secrets, by what the stack's file says of them. */
interface SecretNames {
  /** Those that it has a value for. */
  given?: Iterable<string>;
  /** Those that are being rotated. */
  rotating?: Iterable<string>;
}

/** What the services of a host are told. */
export function contextOf(
  host: string,
  stack: Stack,
  hosts: readonly HostView[],
  { given = [], rotating = [] }: SecretNames = {},
): ServiceContext {
  const { domain, tls, acmeEmail, acme, ovh, vpnEnforce, settings } = stack;
  const own = hosts.find(({ name }) => name === host);
  return {
    host,
    domain,
    tls,
    vpnEnforce,
    ownerEmail: ownerOf(stack),
    services: own?.services ?? [],
    networks: own?.networks ?? {},
    hosts,
    remoteSites: remoteSitesOn(host, hosts),
    settings,
    given: new Set(given),
    rotating: new Set(rotating),
    ...(acmeEmail === undefined ? {} : { acmeEmail }),
    ...(acme === undefined ? {} : { acme }),
    ...(ovh === undefined ? {} : { ovh }),
    ...(stack.hosts[host]?.crowdsec === true ? { crowdsec: true } : {}),
  };
}

/** A stack of which only the services are known. */
const UNKNOWN: Stack = {
  domain: "example.org",
  tls: "internal",
  vpnEnforce: true,
  services: [],
  hosts: {},
  settings: {},
};

/** Jobs that a platform's hosts have of their own, in one stack or another. @param groups of services that are chosen */
function hostJobs(platform: Platform, groups: readonly string[]): Job[] {
  const views = hostViews(platform).map((view) => ({ ...view, services: servicesOn(platform, view.name, groups) }));
  return Object.entries(platform.hosts).flatMap(([name, host]) =>
    declaredHostJobs(host, contextOf(name, UNKNOWN, views)),
  );
}

/** Images of the jobs that a platform's hosts have of their own. @param groups of services that are chosen */
export const hostJobImages = (platform: Platform, groups: readonly string[]): string[] =>
  jobImagesOf(hostJobs(platform, groups));

/** Secrets of the jobs that a platform's hosts have of their own. */
export const hostJobSecrets = (platform: Platform): SecretDeclaration[] =>
  hostJobs(platform, platform.groups).flatMap(({ secrets = {} }) => Object.values(secrets).map(({ secret }) => secret));
