import { isIP } from "node:net";
import type { HostView, ServiceContext } from "./context";
import { offererOf } from "./peers";
import { type PublishedPort, type SiteName } from "./site";
import { isContainerService, networksOf, type Service } from "./service";
import { isContainer, publishedBy } from "./run";
import { roundsOf, sshPortOf } from "./visits";

/** A port at an address of a host. */
export interface Target {
  protocol: "tcp" | "udp";
  port: number;
  /** Address that listens. Absent: every address of the host. */
  address?: string;
}

/** What may come in at a port of the host. */
export interface Opening extends Target {
  /** What for, in a few words. */
  why: string;
  /** Names of the network interfaces that it may come in by. Absent: by each. */
  interfaces?: string[];
  /** Network that it may come from, in CIDR form. Absent: from anywhere. */
  from?: string;
}

/** What containers of a network may reach beside the Internet. */
export interface Route extends Required<Target> {
  why: string;
  /** The network's subnet. */
  from: string;
}

/** What a host's firewall lets through. All else is dropped, but for what belongs to connections that it has let through. */
export interface FirewallRules {
  /** What may enter the host itself. */
  host: Opening[];
  /** Published ports of its containers, which may be forwarded to them. */
  containers: Opening[];
  /** What containers of certain networks may reach, on this host and others. */
  routes: Route[];
  /** What every container may reach that has a way out: what the platform's hosts publish for everybody. */
  everywhere: Required<Target>[];
  /** Addresses that are not the Internet, wherever they lie: those of the platform's hosts, and what their machines stand on. */
  closed: string[];
  /** Networks that are the Internet though their addresses are private. */
  internet: string[];
  /** Names of the interfaces by which packets of the VPN come in. */
  vpnInterfaces: string[];
}

/** What is known of a host's computer. */
export interface FirewallPlace {
  /** Port of its SSH server. */
  sshPort: number;
  /** Address of its own that public ports listen on. */
  bindAddress: string;
  vpnInterfaces: readonly string[];
  closed: readonly string[];
  internet: readonly string[];
}

/** Where the VPN's clients look for each other first; they do without, by a relay. */
const VPN_PORT = 41_641;

/** What the firewall of a host lets through: pure, and gathered from what the platform's services declare. */
export function firewallOf(context: ServiceContext, place: FirewallPlace): FirewallRules {
  const own = hostNamed(context, context.host);
  const routes = [...own.services.flatMap((service) => routesOf(service, context)), ...loginsOf(own, context)];
  const others = context.hosts.filter(({ name }) => name !== own.name);
  const everywhere = [
    ...publicPorts(own, place.bindAddress, context),
    ...others.flatMap((host) => publicPorts(host, host.publicAddress, context)),
  ].filter(({ address }) => isIP(address) !== 0);
  return {
    host: unique([
      { protocol: "tcp", port: place.sshPort, why: "ssh" },
      ...(own.vpnAddress === undefined ? [] : [{ protocol: "udp" as const, port: VPN_PORT, why: "vpn" }]),
      ...own.services.flatMap((service) => openings(service, own, place, context)),
      ...routes.filter(({ address }) => address === own.vpnAddress).map((route): Opening => ({ ...route })),
    ]),
    containers: unique(
      own.services.filter(isContainerService).flatMap((service) => openings(service, own, place, context)),
    ),
    routes: unique(routes),
    everywhere: unique(everywhere),
    closed: unique([
      ...context.hosts.flatMap(({ vpnAddress, publicAddress }) => [vpnAddress, publicAddress]),
      place.bindAddress,
      ...place.closed,
    ]).filter((address): address is string => address !== undefined && isIP(address) !== 0),
    internet: [...place.internet],
    vpnInterfaces: [...place.vpnInterfaces],
  };
}

function hostNamed({ hosts }: ServiceContext, name: string): HostView {
  const found = hosts.find((host) => host.name === name);
  if (found === undefined) throw new Error(`expected a host ${name}, found ${hosts.map((one) => one.name).join(", ")}`);
  return found;
}

/** Where the host's own address lets others in for a service. A VPN port of a host without VPN listens nowhere. */
const openings = (service: Service, host: HostView, place: FirewallPlace, { vpnEnforce }: ServiceContext): Opening[] =>
  publishedBy(service.run).flatMap((published): Opening[] => {
    const { hostPort: port, protocol } = published;
    const target = { protocol, port, why: service.name };
    return [
      ...(isForAll(service, published, vpnEnforce) ? [{ ...target, address: place.bindAddress }] : []),
      ...inVpn(host, published).map(({ address }) => ({ ...target, address, interfaces: [...place.vpnInterfaces] })),
    ];
  });

/** A gateway that runs on the host itself listens for everybody while the VPN is not enforced. */
const isForAll = ({ gateway, run }: Service, { access }: PublishedPort, vpnEnforce: boolean): boolean =>
  access === "public" || (access === "vpn" && gateway !== undefined && !isContainer(run) && !vpnEnforce);

const publicPorts = (
  { services }: HostView,
  address: string | undefined,
  { vpnEnforce }: ServiceContext,
): Required<Target>[] =>
  address === undefined
    ? []
    : services.flatMap((service) =>
        publishedBy(service.run)
          .filter((published) => isForAll(service, published, vpnEnforce))
          .map(({ protocol, hostPort: port }) => ({ protocol, port, address })),
      );

/** What a service's containers reach on VPN addresses, from each of its networks that has a way out. */
function routesOf(service: Service, context: ServiceContext): Route[] {
  if (!isContainerService(service)) return [];
  const jobs = (service.jobs ?? []).flatMap((job) => (job.in === "container" ? (job.networks ?? []) : []));
  const subnets = subnetsOf(unique([...networksOf(service), ...jobs]), context);
  const targets = [...behind(service, context), ...served(service, context), ...asked(service, context)];
  return subnets.flatMap((from) => targets.map((target) => ({ ...target, from, why: service.name })));
}

/** Subnets of a host's networks that have a way out. */
const subnetsOf = (names: readonly string[], { networks }: ServiceContext): string[] =>
  names.flatMap((name) => {
    const network = networks[name];
    return network === undefined || network.internal ? [] : [network.subnet];
  });

/** Jobs in containers log in to hosts, also to their own: in the VPN, where those are its nodes. */
const loginsOf = (host: HostView, context: ServiceContext): Route[] =>
  roundsOf(host, context).flatMap(({ job, hosts }) =>
    hosts.flatMap((other) => {
      const address = other.vpnAddress ?? other.publicAddress ?? "";
      const networks = job.in === "container" && isIP(address) !== 0 ? (job.networks ?? []) : [];
      return subnetsOf(networks, context).map((from): Route => ({
        protocol: "tcp",
        port: sshPortOf(other),
        address,
        from,
        why: job.name,
      }));
    }),
  );

/** A gateway passes on to programs on other hosts. */
const behind = ({ gateway }: Service, { remoteSites }: ServiceContext): Required<Target>[] =>
  gateway === undefined ? [] : remoteSites.map(({ address, port }) => ({ protocol: "tcp", port, address }));

/** What a service uses is served where its server publishes its port in the VPN. */
const served = ({ uses = [] }: Service, { host: own, hosts }: ServiceContext): Required<Target>[] =>
  uses.flatMap((wanted) => {
    const found = offererOf(hosts, own, wanted);
    if (found === undefined || found.host.name === own) return [];
    const entries = publishedBy(found.service.run).filter(({ port }) => port === found.service.port);
    return entries.flatMap((entry) => inVpn(found.host, entry));
  });

/** What a service asks by name is answered by the gateway of a host. */
const asked = ({ asks }: Service, context: ServiceContext): Required<Target>[] =>
  (asks?.(context) ?? []).flatMap((site) => gatewaysOf(site, context).flatMap(httpsInVpn));

/** Hosts whose gateways answer for a site. */
export const gatewaysOf = ({ subdomain }: SiteName, { hosts }: ServiceContext): HostView[] =>
  hosts.flatMap((host) =>
    host.services
      .flatMap(({ expose = [] }) => expose.filter((site) => site.subdomain === subdomain))
      .flatMap(({ via = host.name }) => hosts.filter(({ name }) => name === via)),
  );

const httpsInVpn = (host: HostView): Required<Target>[] =>
  host.services
    .flatMap(({ run }) => publishedBy(run))
    .filter(({ hostPort, protocol }) => hostPort === 443 && protocol === "tcp")
    .flatMap((entry) => inVpn(host, entry));

const inVpn = (
  { vpnAddress: address }: HostView,
  { access, protocol, hostPort: port }: PublishedPort,
): Required<Target>[] => (access === "vpn" && address !== undefined ? [{ protocol, port, address }] : []);

/** Each value once, in the order of its first. */
const unique = <Value>(values: readonly Value[]): Value[] => [
  ...new Map(values.map((value) => [JSON.stringify(value), value])).values(),
];
