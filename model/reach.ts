import type { HostView, ServiceContext } from "./context";
import { offererOf } from "./peers";
import { isContainer, publishedBy } from "./run";
import type { Service } from "./service";
import { hostnameOf, type PublishedPort, type SiteName } from "./site";
import { roundsOf, sshPortOf } from "./visits";
import { watchedJobs, watcherOf } from "./watch";

/** Where a gateway answers those who come through the VPN: HTTPS. */
const HTTPS = 443;

/** That the services of a host ask something of a port of another one, at its address in the VPN. */
interface Reach {
  /** Name of the host that asks. */
  from: string;
  /** Name of the host that answers. */
  to: string;
  /** TCP port of the host that answers. */
  port: number;
}

/**
 * What hosts of a platform ask of each other through the VPN, as their services declare it: what they use in servers there, sites
 * that one answers for and another serves, sites that they, or jobs of theirs, ask, and logins of jobs. Each once, in order.
 */
export function reachesAmong(context: ServiceContext): Reach[] {
  const { hosts } = context;
  const all = hosts.flatMap((host) => [
    ...toServers(host, hosts),
    ...toPrograms(host, hosts),
    ...toSites(host, hosts, askedBy(host, context)),
    ...toLogins(host, context),
  ]);
  const byName = new Map(
    all.map((reach) => [`${reach.from} ${reach.to} ${String(reach.port).padStart(5, "0")}`, reach]),
  );
  return [...byName.keys()].sort().flatMap((name) => byName.get(name) ?? []);
}

/** Ports on which the gateway of a host answers members of the VPN; none where it has no gateway. */
export const vpnDoorsOf = ({ services }: HostView): PublishedPort[] =>
  services
    .filter(({ gateway }) => gateway !== undefined)
    .flatMap(({ run }) => publishedBy(run).filter(({ access }) => access === "vpn"));

/** Servers on other hosts that publish their port in the VPN; into all others things are put by way of their host's login. */
const toServers = (host: HostView, hosts: readonly HostView[]): Reach[] =>
  host.services.flatMap(({ uses = [] }) =>
    uses.flatMap((wanted): Reach[] => {
      const found = offererOf(hosts, host.name, wanted);
      if (found === undefined || found.host.name === host.name) return [];
      return vpnPortOf(found.service).map((port) => ({ from: host.name, to: found.host.name, port }));
    }),
  );

const vpnPortOf = ({ run, port }: Service): number[] =>
  (isContainer(run) ? (run.publish ?? []) : [])
    .filter((one) => one.access === "vpn" && one.port === port && one.protocol === "tcp")
    .map(({ hostPort }) => hostPort);

/** Programs on other hosts whose sites this one answers for. */
const toPrograms = ({ name }: HostView, hosts: readonly HostView[]): Reach[] =>
  hosts
    .filter((other) => other.name !== name)
    .flatMap((other) =>
      other.services.flatMap(({ expose = [] }) =>
        expose.filter(({ via }) => via === name).map(({ port }) => ({ from: name, to: other.name, port })),
      ),
    );

/** Sites that a host asks: its services, and its jobs that tell the watcher how they ended. */
function askedBy(host: HostView, context: ServiceContext): SiteName[] {
  const watcher = watcherOf(context);
  const tells = watchedJobs(context).some((watched) => watched.host === host.name);
  return [
    ...host.services.flatMap(({ asks }) => asks?.(context) ?? []),
    ...(watcher !== undefined && tells ? [watcher] : []),
  ];
}

/** Gateways of other hosts, for what only members of the VPN reach there. */
const toSites = (host: HostView, hosts: readonly HostView[], sites: readonly SiteName[]): Reach[] =>
  vpnSitesOf(sites, hosts)
    .filter(({ gateway }) => gateway.name !== host.name)
    .map(({ gateway }) => ({ from: host.name, to: gateway.name, port: HTTPS }));

/** SSH servers of other hosts that jobs log in to. */
const toLogins = (host: HostView, context: ServiceContext): Reach[] =>
  roundsOf(host, context)
    .flatMap(({ hosts }) => hosts)
    .filter(({ name }) => name !== host.name)
    .map((other) => ({ from: host.name, to: other.name, port: sshPortOf(other) }));

/** Which of some sites are VPN-only, each with the host whose gateway answers for it. */
const vpnSitesOf = (
  sites: readonly SiteName[],
  hosts: readonly HostView[],
): { subdomain: string; gateway: HostView }[] =>
  hosts.flatMap((host) =>
    host.services.flatMap(({ expose = [] }) =>
      expose
        .filter(({ access, subdomain }) => access === "vpn" && sites.some((site) => site.subdomain === subdomain))
        .flatMap(({ subdomain, via = host.name }) =>
          hosts.filter(({ name }) => name === via).map((gateway) => ({ subdomain, gateway })),
        ),
    ),
  );

/**
 * Addresses in the VPN of sites that a program asks, by hostname, where the VPN is enforced: whatever the resolver of its host
 * knows, it finds them. @param sites as in `asks`
 */
export const reachedAddresses = (
  sites: readonly SiteName[],
  { hosts, domain, vpnEnforce }: Pick<ServiceContext, "hosts" | "domain" | "vpnEnforce">,
): Record<string, string> =>
  Object.fromEntries(
    (vpnEnforce ? vpnSitesOf(sites, hosts) : []).flatMap(({ subdomain, gateway: { vpnAddress } }) =>
      vpnAddress === undefined ? [] : [[hostnameOf({ subdomain }, domain), vpnAddress]],
    ),
  );
