import { all, output, type Output, type Resource } from "@pulumi/pulumi";
import { type ProgramVersion, type Reachability, type SiteRequest, SmokeChecks } from "@vpai/providers";
import type { PlatformHost } from "../../platforms";
import {
  type Access,
  hostnameOf,
  portOf,
  type Service,
  type ServiceContext,
  type SmokeCheck,
} from "../../model/service";
import type { DockerService } from "../container/service";
import type { HostContext } from "../host-context";

/** A host whose services all run. */
export interface Running {
  host: HostContext;
  context: ServiceContext;
  networks: PlatformHost["networks"];
  services: readonly DockerService[];
  /** Everything else that has to be there first. */
  after: readonly Resource[];
}

/** Seconds that a site may take: a public certificate by DNS takes minutes the first time. */
const PATIENCE = { internal: 30, "acme-ovh": 300 };

/** What must work on a host before its `up` has succeeded, as the last of its resources. */
export function smokeChecks(running: Running, parent: Resource): SmokeChecks {
  const { host, context, services, after } = running;
  const gateway = context.services.find((service) => service.gateway !== undefined);
  return new SmokeChecks(
    `${host.owner.host}/smoke`,
    {
      connection: host.connection,
      requests: all(context.services.flatMap((service) => requestsTo(service, running))),
      ...(context.tls === "internal" && gateway?.gateway !== undefined
        ? { authority: { container: containerOf(gateway, host), file: gateway.gateway.authority } }
        : {}),
      reachability: reachability(running),
      versions: context.services.flatMap((service) => versionOf(service, host)),
      running: all(services.map(({ gate }) => all([gate.containerId, gate.revision]))).apply((gates) =>
        gates.map((gate) => gate.join(" ")),
      ),
      patience: PATIENCE[context.tls],
    },
    { parent, dependsOn: [...services.map(({ gate }) => gate), ...after] },
  );
}

const containerOf = ({ name }: Service, { owner }: HostContext): string => `${owner.platform}_${name}`;

type Site = Pick<SmokeCheck, "subdomain" | "access" | "path">;

/** The service's own checks, one for each of its sites, and one that a VPN-only site is closed to everybody else. */
function requestsTo({ expose = [], smoke = [] }: Service, running: Running): Output<SiteRequest>[] {
  const sites = expose.map(({ path = "/", subdomain, access }) => ({
    subdomain,
    access,
    path: path.replace(/\*$/, ""),
  }));
  return [
    ...[...sites, ...smoke].map((site) => requestTo(site, running)),
    ...sites.filter(({ access }) => access === "vpn" && hasVpn(running)).map((site) => closedTo(site, running)),
  ];
}

const hasVpn = ({ host, context }: Running): boolean => context.vpnEnforce && host.vpnAddress !== undefined;

const requestTo = (site: Site & Partial<SmokeCheck>, { host, context }: Running): Output<SiteRequest> =>
  addressFor(site.access, host).apply((address) => ({
    ...placeOf(site, context, address),
    ...(site.status === undefined ? {} : { status: site.status }),
    ...(site.contains === undefined ? {} : { contains: site.contains }),
  }));

const closedTo = (site: Site, { host, context }: Running): Output<SiteRequest> =>
  host.publicAddress.apply((address) => ({ ...placeOf(site, context, address), closed: true as const }));

const placeOf = ({ subdomain, path }: Site, { domain }: ServiceContext, address: string): SiteRequest => ({
  hostname: hostnameOf({ subdomain }, domain),
  address,
  port: 443,
  path,
});

/** A host without VPN serves VPN-only sites publicly, or not at all: then the check says so. */
const addressFor = (access: Access, { publicAddress, vpnAddress }: HostContext): Output<string> =>
  access === "public" || vpnAddress === undefined ? publicAddress : output(vpnAddress);

/** Databases answer from their own networks alone. */
function reachability({ host, context, networks }: Running): Reachability {
  const server = context.services.find(({ databaseServer }) => databaseServer !== undefined);
  if (server === undefined) return { image: "", networks: [], ports: [] };
  return {
    image: server.image,
    networks: Object.keys(networks),
    ports: context.services.filter(isDatabase).map((service) => ({
      container: containerOf(service, host),
      port: portOf(service),
      networks: [...service.networks],
    })),
  };
}

const isDatabase = ({ databaseServer, vectorServer, backup }: Service): boolean =>
  databaseServer !== undefined || vectorServer !== undefined || backup.kind === "redis-snapshot";

function versionOf(service: Service, host: HostContext): ProgramVersion[] {
  if (service.version === undefined) return [];
  const { test, pattern } = service.version;
  const { version = tagOf(service.image) } = host.imageSource(service.image);
  return [{ container: containerOf(service, host), test: [...test], pattern, expected: numberOf(version) }];
}

const tagOf = (image: string): string => /:([^:/@]+)(?:@.*)?$/.exec(image)?.[1] ?? "";

/** `1.81.3` of `v1.81.3-stable`. */
const numberOf = (version: string): string => /\d+(?:\.\d+)+/.exec(version)?.[0] ?? version;
