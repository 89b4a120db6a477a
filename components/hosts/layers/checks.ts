import { all, output, type Output, type Resource } from "@pulumi/pulumi";
import { type ProgramVersion, type Reachability, type SiteRequest, SmokeChecks } from "@vpai/providers";
import type { SmokeCheck } from "../../../model/checks";
import type { ServiceContext } from "../../../model/context";
import { isContainer, isOnDemand } from "../../../model/run";
import { isContainerService, networksOf, portOf, type Service } from "../../../model/service";
import { beginningOf, promiseOf } from "../../../model/promises";
import { type Access, type Exposure, hostnameOf } from "../../../model/site";
import type { RunningService } from "../../running-service";
import { filledIn } from "../../unit/spec";
import type { HostContext } from "../../host-context";
import type { Layer } from "./layer";

/** A host whose services all run. */
export interface Checked {
  host: HostContext;
  context: ServiceContext;
  services: readonly RunningService[];
  parent: Resource;
}

/** Seconds that a site may take: a public certificate by DNS takes minutes the first time. */
const PATIENCE = { internal: 30, acme: 120, "acme-ovh": 300 };

/** The last layer of a host: what must work before its `up` has succeeded. */
export const checksLayer: Layer<Checked> = (checked, after) => {
  const { host, context, services, parent } = checked;
  const gateway = context.services.find((service) => service.gateway !== undefined);
  const running = context.services.filter(({ run }) => !isOnDemand(run));
  const checks = new SmokeChecks(
    `${host.owner.host}/smoke`,
    {
      connection: host.connection,
      requests: all(running.flatMap((service) => requestsTo(service, checked))),
      ...(gateway === undefined ? {} : authorityOf(gateway, checked)),
      reachability: reachability(checked),
      versions: running.flatMap((service) => versionOf(service, host)),
      running: all(services.map((service) => service.running)),
      patience: PATIENCE[context.tls],
    },
    { parent, dependsOn: [...services.map(({ gate }) => gate), ...after] },
  );
  return { ready: [checks] };
};

/** Where the roots of a gateway's certificates are, in its container or on the host; nowhere where they are the public ones. */
function authorityOf({ name, gateway, run }: Service, { host, context, services }: Checked) {
  const file = context.tls === "internal" ? gateway?.authority : gateway?.roots?.(context);
  if (file === undefined) return {};
  if (isContainer(run)) return { authority: { container: `${host.prefix}${name}`, file } };
  const running = services.find(({ service }) => service === name);
  return running === undefined ? {} : { authority: { file: running.onHost(file) } };
}

const containerOf = ({ name }: Service, { prefix }: HostContext): string => `${prefix}${name}`;

/** A request with the right answer, and which way it takes. */
interface Asked extends Omit<SmokeCheck, "status"> {
  status?: number;
  location?: string;
  route: string;
}

/** The service's own checks, one for each of its sites, and one that a VPN-only site is closed to everybody else. */
function requestsTo({ name, expose = [], smoke = [] }: Service, checked: Checked): Output<SiteRequest>[] {
  const sites = expose.filter(({ via = checked.context.host }) => via === checked.context.host);
  const own = smoke.map((one) => ({ ...one, route: `a check of ${name}` }));
  return [
    ...[...sites.map((site) => promised(site, name)), ...own].map((asked) => requestTo(asked, checked)),
    ...sites
      .filter(({ access }) => access === "vpn" && hasVpn(checked))
      .map((site) => closedTo({ ...routeOf(site, name), path: beginningOf(site) }, checked)),
  ];
}

const routeOf = ({ subdomain, access, path = "/*" }: Exposure, service: string): Omit<Asked, "path"> => ({
  subdomain,
  access,
  route: `the route ${path} to ${service}`,
});

/** What a site promises to whoever asks without a login. */
function promised(site: Exposure, service: string): Asked {
  const { to, ...promise } = promiseOf(site);
  return { ...promise, ...routeOf(site, service), ...(to === undefined ? {} : { location: to }) };
}

const hasVpn = ({ host, context }: Checked): boolean => context.vpnEnforce && host.vpnAddress !== undefined;

const requestTo = (asked: Asked, { host, context }: Checked): Output<SiteRequest> => {
  const { access, subdomain, path, route, ...expected } = asked;
  return addressFor(access, host).apply((address) => ({
    ...placeOf({ subdomain, path, route }, context, address),
    ...expected,
  }));
};

const closedTo = (site: Pick<Asked, "subdomain" | "path" | "route">, { host, context }: Checked): Output<SiteRequest> =>
  host.machine.bindAddress.apply((address) => ({ ...placeOf(site, context, address), closed: true as const }));

const placeOf = (
  { subdomain, path, route }: Pick<Asked, "subdomain" | "path" | "route">,
  { domain }: ServiceContext,
  address: string,
): SiteRequest => ({
  hostname: hostnameOf({ subdomain }, domain),
  route,
  address,
  port: 443,
  path,
});

/** A host without VPN serves VPN-only sites publicly, or not at all: then the check says so. */
const addressFor = (access: Access, { machine, vpnAddress }: HostContext): Output<string> =>
  access === "public" || vpnAddress === undefined ? machine.bindAddress : output(vpnAddress);

/** What others' data is kept in answers from its own networks alone. */
function reachability({ host, context }: Checked): Reachability {
  const probe = context.services.filter(isContainerService).find(({ run }) => run.bash === true);
  if (probe === undefined) return { image: "", networks: [], ports: [] };
  return {
    image: probe.run.image,
    networks: Object.keys(context.networks),
    ports: context.services.filter(isGuarded).map((service) => ({
      container: containerOf(service, host),
      port: portOf(service),
      networks: [...networksOf(service)],
    })),
  };
}

const isGuarded = ({ offers = [] }: Service): boolean => offers.some(({ guarded }) => guarded);

function versionOf({ name, version, run }: Service, host: HostContext): ProgramVersion[] {
  if (version === undefined) return [];
  const { pattern } = version;
  if (isContainer(run)) {
    const { version: expected = tagOf(run.image) } = host.machine.imageSource(run.image);
    return [{ container: `${host.prefix}${name}`, test: [...version.test], pattern, expected: numberOf(expected) }];
  }
  const test = version.test.map((argument) => filledIn(argument, { run }, host));
  return [{ test, pattern, expected: numberOf(run.program.version) }];
}

const tagOf = (image: string): string => /:([^:/@]+)(?:@.*)?$/.exec(image)?.[1] ?? "";

/** `1.81.3` of `v1.81.3-stable`. */
const numberOf = (version: string): string => /\d+(?:\.\d+)+/.exec(version)?.[0] ?? version;
