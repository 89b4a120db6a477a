import type { Bucket } from "../model/bucket";
import type { HostView, ServiceContext } from "../model/context";
import { offererOf } from "../model/peers";
import { hostJobsOf } from "../model/platform";
import { basicLogin, letIn, type Proof } from "../model/proof";
import { isOnDemand } from "../model/run";
import type { SecretDeclaration } from "../model/secret";
import { declaredSecretsOf, type Service } from "../model/service";
import { beginningOf } from "../model/promises";
import { type Exposure, hostnameOf } from "../model/site";
import type { Stack } from "../model/stack";
import { contextOf } from "./contexts";

/** A service on its host. */
export interface Placed {
  host: string;
  service: Service;
}

/** A login, and where it is tried. */
export interface PlacedProof extends Placed {
  proof: Proof;
}

/** Where a site is asked: at the gateway's own address, for what it answers under that name. */
export interface PlacedSite {
  /** Host of the gateway. */
  host: string;
  address: string;
  port: 443;
  hostname: string;
  path: string;
}

/** What is known of a stack whose secrets are tried. */
export interface Known {
  views: readonly HostView[];
  stack: Stack;
  /** Addresses that the world reaches hosts on, where they are known. */
  addresses: Readonly<Record<string, string>>;
}

/** All logins that a stack's services say how to try. What runs on demand may be off, and is not asked. */
export function proofsOf({ views, stack }: Pick<Known, "views" | "stack">): PlacedProof[] {
  const all = views.flatMap((host) => {
    const context = contextOf(host.name, stack, views);
    return host.services.flatMap((service) => [
      ...ownProofs(service, context).map((proof) => ({ proof, service, host: host.name })),
      ...requestedProofs(service, host.name, { views, stack }),
    ]);
  });
  const always = all.filter(({ service: { run } }) => !isOnDemand(run));
  return [
    ...new Map(
      always.map((one) => [[one.host, one.service.name, one.proof.secret.name, one.proof.as].join(), one]),
    ).values(),
  ];
}

const ownProofs = (service: Service, context: ServiceContext): Proof[] => [
  ...(service.proofs?.(context) ?? []),
  ...(service.offers ?? []).flatMap((offered) => offered.proofs?.(context) ?? []),
  ...(service.expose ?? []).flatMap(gatewayProofs),
];

/** A login that the gateway asks for: it passes on whoever has it, whatever the program then says. */
const gatewayProofs = ({ login, ...site }: Exposure): Proof[] =>
  login === undefined
    ? []
    : [
        {
          secret: login.secret,
          as: `${login.user} at the gateway`,
          site,
          request: (value) => ({ path: beginningOf(site), headers: basicLogin(login.user, value) }),
          accepted: letIn,
        },
      ];

function requestedProofs(
  service: Service,
  own: string,
  { views, stack }: Pick<Known, "views" | "stack">,
): PlacedProof[] {
  return (service.uses ?? []).flatMap((wanted) => {
    const server = offererOf(views, own, wanted);
    if (server === undefined || wanted.proofs === undefined) return [];
    const offer = server.service.offers?.find(({ capability }) => capability === wanted.capability)?.offer;
    const context = contextOf(server.host.name, stack, views);
    return wanted.proofs(offer, context).map((proof) => ({ proof, service: server.service, host: server.host.name }));
  });
}

/** Services that have a secret, in files of theirs or of their jobs, by what they offer or what they request. */
export const takersOf = (secret: SecretDeclaration, views: readonly HostView[]): Placed[] =>
  views.flatMap((host) =>
    host.services
      .filter((service) => declaredSecretsOf(service).some(({ name }) => name === secret.name))
      .map((service) => ({ service, host: host.name })),
  );

/** What beside services has a secret, as people know it: jobs of hosts themselves, and buckets, whose policies name keys and which are made with one. */
export const otherTakersOf = (
  { name }: SecretDeclaration,
  { views, stack }: Pick<Known, "views" | "stack">,
  buckets: readonly Bucket[],
): string[] => [
  ...views.flatMap((host) =>
    hostJobsOf(host, contextOf(host.name, stack, views))
      .filter(({ secrets = {} }) => Object.values(secrets).some(({ secret }) => secret.name === name))
      .map((job) => `${host.name}/${job.name}`),
  ),
  ...buckets
    .filter((bucket) => [bucket.owner.access, bucket.owner.secret, ...namedIn(bucket)].some((key) => key.name === name))
    .map((bucket) => `bucket ${bucket.name}`),
];

/** Access keys that a bucket's policy is about. */
const namedIn = ({ grants, others = [] }: Bucket): SecretDeclaration[] => [...grants.map(({ key }) => key), ...others];

/** Whether a program of the stack takes two values of a secret at a time, or a bucket does. */
export const takesBoth = (
  secret: SecretDeclaration,
  views: readonly HostView[],
  buckets: readonly Bucket[] = [],
): boolean =>
  buckets.some((bucket) => namedIn(bucket).some(({ name }) => name === secret.name)) ||
  takersOf(secret, views).some(
    ({ service: { secrets = {}, uses = [] } }) =>
      Object.values(secrets).some((file) => file.secret.name === secret.name && file.both !== undefined) ||
      uses.some(({ takesBoth = [] }) => takesBoth.some(({ name }) => name === secret.name)),
  );

/** Where a site is asked; undefined while its gateway has no address that is known. */
export function placeOf(
  site: Pick<Exposure, "subdomain" | "access" | "via">,
  host: string,
  { views, stack, addresses }: Known,
): Omit<PlacedSite, "path"> | undefined {
  const gateway = views.find(({ name }) => name === (site.via ?? host));
  if (gateway === undefined) return undefined;
  const outside = addresses[gateway.name];
  const address = site.access === "vpn" && stack.vpnEnforce ? (gateway.vpnAddress ?? outside) : outside;
  return address === undefined
    ? undefined
    : { host: gateway.name, address, port: 443, hostname: hostnameOf(site, stack.domain) };
}

/** The sites of a service. */
export const sitesOf = ({ host, service: { expose = [] } }: Placed, known: Known): PlacedSite[] =>
  expose.flatMap((site) => {
    const place = placeOf(site, host, known);
    return place === undefined ? [] : [{ ...place, path: site.answers?.at ?? beginningOf(site) }];
  });
