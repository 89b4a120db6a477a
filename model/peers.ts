import type { Requested } from "./capability";
import type { HostView, Peer, ServiceContext } from "./context";
import { isContainer, isOnDemand } from "./run";
import { portOf, type Service } from "./service";
import type { Exposure } from "./site";
import { UserError } from "./finding";

/** What is looked for: who offers a capability, perhaps a certain service. */
interface Wanted {
  capability: string;
  from?: string | undefined;
}

/** A service that offers something, and its host. */
export interface Found {
  service: Service;
  host: HostView;
}

/** Who serves a request: on the own host first, then on the platform's others. Undefined when nobody does. */
export function offererOf(hosts: readonly HostView[], own: string, { capability, from }: Wanted): Found | undefined {
  const inOrder = [...hosts.filter(({ name }) => name === own), ...hosts.filter(({ name }) => name !== own)];
  for (const host of inOrder) {
    const service = host.services.find(
      ({ name, offers = [] }) =>
        (from === undefined || name === from) && offers.some((offered) => offered.capability === capability),
    );
    if (service !== undefined) return { service, host };
  }
  return undefined;
}

/**
 * Services that a service waits for: those in `needs`, those that serve what it uses before it starts, and, where it is a
 * gateway, those whose sites it answers for (docs/requirements.md#start-order).
 */
export function neededBy(service: Service, hosts: readonly HostView[], own: string): Found[] {
  const servers = (service.uses ?? [])
    .filter(({ when }) => when === "before")
    .flatMap((wanted) => offererOf(hosts, own, wanted) ?? []);
  const named = (service.needs ?? []).flatMap((name) => serviceNamed(hosts, own, name) ?? []);
  const behind = service.gateway === undefined ? [] : sitesBehind(hosts, own).filter((one) => one.service !== service);
  return [...new Map([...named, ...servers, ...behind].map((found) => [found.service.name, found])).values()];
}

/** What has to be started, one after another, to have a service that runs on demand: those of its kind that it needs, and itself. */
export function startedWith(service: Service, hosts: readonly HostView[], own: string): Service[] {
  const needed = neededBy(service, hosts, own).filter(
    ({ service: { run }, host }) => isOnDemand(run) && host.name === own,
  );
  return [...new Set([...needed.flatMap((one) => startedWith(one.service, hosts, own)), service])];
}

/** Services whose sites a host answers for. */
const sitesBehind = (hosts: readonly HostView[], own: string): Found[] =>
  hosts.flatMap((host) =>
    host.services
      .filter(({ expose = [] }) => expose.some(({ via = host.name }) => via === own))
      .map((service) => ({ service, host })),
  );

/** The service of that name, on the own host or, where it has none, another. */
export function serviceNamed(hosts: readonly HostView[], own: string, name: string): Found | undefined {
  const found = hosts.flatMap((host) =>
    host.services.filter((service) => service.name === name).map((service) => ({ service, host })),
  );
  return found.find(({ host }) => host.name === own) ?? found[0];
}

/**
 * Where the server of a capability answers a service of this host.
 * @throws when nobody offers it, or it is on another host and publishes its port at no address that is known
 */
export function peer(context: ServiceContext, capability: { name: string }, from?: string): Peer {
  const found = offererOf(context.hosts, context.host, { capability: capability.name, from });
  if (found === undefined)
    throw new UserError(`expected a service that offers ${capability.name} to ${context.host}, found none`);
  const { service, host } = found;
  const port = portOf(service);
  return host.name === context.host ? { service, host: service.name, port } : remote(found, port);
}

/** A server on another host: it is reached where that host publishes its port. */
function remote({ service, host }: Found, port: number): Peer {
  const published = isContainer(service.run) ? service.run.publish : undefined;
  const entry = published?.find((one) => one.port === port && one.protocol === "tcp");
  const address = entry?.access === "vpn" ? host.vpnAddress : entry && host.publicAddress;
  if (entry === undefined || address === undefined)
    throw new UserError(
      `${service.name} on ${host.name}: expected its port ${port} published for other hosts, at an address that is known; ` +
        (entry === undefined ? "found it published nowhere" : `found no ${entry.access} address of ${host.name}`),
    );
  return { service, host: address, port: entry.hostPort };
}

/**
 * Where the gateway of a site answers a service of this platform: at its host's VPN address, where the site is VPN-only and the VPN
 * is enforced; else at its public one. Undefined where no service of the stack has the site, or the address is not known yet.
 */
export function gatewayOf(
  { hosts, vpnEnforce }: Pick<ServiceContext, "hosts" | "vpnEnforce">,
  { subdomain, path }: Pick<Exposure, "subdomain" | "path">,
): string | undefined {
  for (const host of hosts)
    for (const { expose = [] } of host.services) {
      const site = expose.find((one) => one.subdomain === subdomain && one.path === path);
      if (site === undefined) continue;
      const { vpnAddress, publicAddress } = hosts.find(({ name }) => name === (site.via ?? host.name)) ?? host;
      return site.access === "vpn" && vpnEnforce ? vpnAddress : publicAddress;
    }
  return undefined;
}

/** A request, and the service that makes it. */
interface Asking {
  service: Service;
  wanted: Requested;
}

/** What services, on whatever hosts, have requested of one by one of its offers. */
export const requestsTo = (hosts: readonly HostView[], server: Service, capability: string): Asking[] =>
  hosts.flatMap((host) =>
    host.services.flatMap((service) =>
      (service.uses ?? [])
        .filter((wanted) => wanted.capability === capability && offererOf(hosts, host.name, wanted)?.service === server)
        .map((wanted) => ({ service, wanted })),
    ),
  );

/** Subnets of some of the host's networks, in CIDR form. */
export const subnetsOf = ({ networks }: ServiceContext, names: readonly string[]): string[] =>
  names.flatMap((name) => networks[name]?.subnet ?? []);

/** Other hosts whose services request something of this one, by the addresses that they come from. */
export function remoteClients(context: ServiceContext, capability: { name: string }): string[] {
  const others = context.hosts.filter(({ name }) => name !== context.host);
  const asking = others.filter((host) =>
    host.services.some(({ uses = [] }) =>
      uses.some(
        (wanted) =>
          wanted.capability === capability.name &&
          offererOf(context.hosts, host.name, wanted)?.host.name === context.host,
      ),
    ),
  );
  return asking.flatMap(({ vpnAddress, publicAddress }) =>
    [vpnAddress, publicAddress].filter((address) => address !== undefined),
  );
}
