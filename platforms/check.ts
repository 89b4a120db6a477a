import { RunError } from "@pulumi/pulumi";
import { hostnameOf, type Service } from "../services/model";
import type { PlatformHost } from "./platform";

/** A host with what a stack puts on it. */
export interface HostPlan {
  name: string;
  host: PlatformHost;
  services: readonly Service[];
  /** MiB of the computer. */
  memoryMiB: number;
  /** Undefined for a host that is no VPN node. */
  vpnAddress: string | undefined;
}

/** Something that is wrong in a platform as a stack wants it. */
export interface Violation {
  /** Where: a host, or a service on it. */
  place: string;
  problem: string;
  /** What to change. */
  mend: string;
}

/** What the system and its engine need beside the services, MiB. */
const SYSTEM_RESERVE = 512;

/** Everything that is wrong, found before anything is touched. A RunError, so that Pulumi shows it without a stack trace. */
export class PlatformError extends RunError {
  constructor(readonly violations: readonly Violation[]) {
    const lines = violations.map(({ place, problem, mend }) => `  ${place}\n    found: ${problem}\n    to do: ${mend}`);
    super(`The platform has ${violations.length} problem(s):\n\n${lines.join("\n\n")}\n`);
  }
}

/** @throws PlatformError with every violation at once */
export function checkPlatform(plans: readonly HostPlan[], stack: { domain: string; vpnEnforce: boolean }): void {
  const violations = [
    ...duplicates(plans.flatMap(({ services }) => services.map(({ name }) => [name, name]))).map(duplicateName),
    ...duplicates(sitesOf(plans, stack.domain)).map(duplicateSite),
    ...plans.flatMap((plan) => [
      ...duplicates(portsOf(plan)).map(duplicatePort),
      ...memory(plan),
      ...(stack.vpnEnforce ? unreachable(plan) : []),
      ...plan.services.flatMap((service) => [
        ...networks(plan, service),
        ...needs(plan, service),
        ...tag(plan, service),
      ]),
    ]),
  ];
  if (violations.length > 0) throw new PlatformError(violations);
}

type Claim = readonly [what: string, by: string];

interface Duplicate {
  what: string;
  by: string[];
}

/** What is claimed by more than one. */
function duplicates(claims: readonly Claim[]): Duplicate[] {
  const claimants = new Map<string, string[]>();
  for (const [what, by] of claims) claimants.set(what, [...(claimants.get(what) ?? []), by]);
  return [...claimants].filter(([, by]) => by.length > 1).map(([what, by]) => ({ what, by }));
}

const duplicateName = ({ what, by }: Duplicate): Violation => ({
  place: what,
  problem: `${by.length} services of this name`,
  mend: "give each service a name of its own",
});

const duplicateSite = ({ what, by }: Duplicate): Violation => ({
  place: by.join(", "),
  problem: `all are exposed as ${what}`,
  mend: "give each a subdomain of its own",
});

const duplicatePort = ({ what, by }: Duplicate): Violation => ({
  place: by.join(", "),
  problem: `all publish ${what}`,
  mend: "publish another hostPort, or none",
});

const sitesOf = (plans: readonly HostPlan[], domain: string): Claim[] =>
  plans.flatMap(({ name, services }) =>
    services.flatMap((service) =>
      (service.expose ?? []).map((exposure): Claim => [
        `${hostnameOf(exposure, domain)}${exposure.path ?? ""}`,
        `${name}/${service.name}`,
      ]),
    ),
  );

const portsOf = ({ name, services }: HostPlan): Claim[] =>
  services.flatMap((service) =>
    (service.publish ?? []).map(({ access, hostPort, protocol }): Claim => [
      `${hostPort}/${protocol} on the ${access} address`,
      `${name}/${service.name}`,
    ]),
  );

function memory({ name, services, memoryMiB }: HostPlan): Violation[] {
  const sum = services.reduce((total, { limits }) => total + limits.memoryMiB, 0);
  if (sum + SYSTEM_RESERVE <= memoryMiB) return [];
  const problem = `memory limits of ${sum} MiB and ${SYSTEM_RESERVE} MiB for the system, on a host with ${memoryMiB} MiB`;
  return [{ place: name, problem, mend: "lower limits (vpai:overrides), move services, or take a larger host" }];
}

/** A VPN-only site of a host outside the VPN answers nobody. */
function unreachable({ name, services, vpnAddress }: HostPlan): Violation[] {
  if (vpnAddress !== undefined) return [];
  return services
    .filter(({ expose = [] }) => expose.some(({ access }) => access === "vpn"))
    .map((service) => ({
      place: `${name}/${service.name}`,
      problem: "a VPN-only site on a host without vpnAddress: nobody could reach it",
      mend: `set vpai:hosts.${name}.vpnAddress, or vpai:vpnEnforce to false while the VPN is not there`,
    }));
}

function networks({ name, host }: HostPlan, service: Service): Violation[] {
  const place = `${name}/${service.name}`;
  const unknown = service.networks
    .filter((network) => host.networks[network] === undefined)
    .map((network) => ({
      place,
      problem: `the unknown network ${network}`,
      mend: `use one of ${Object.keys(host.networks).join(", ")}`,
    }));
  const outside = service.networks.some((network) => host.networks[network]?.internal === false);
  if (outside || (service.publish ?? []).length === 0) return unknown;
  const problem = "published ports on internal networks only, which Docker never opens";
  return [...unknown, { place, problem, mend: "add a network that is not internal, or publish nothing" }];
}

function needs({ name, services }: HostPlan, service: Service): Violation[] {
  const place = `${name}/${service.name}`;
  const missing = (service.needs ?? []).filter((needed) => !services.some((other) => other.name === needed));
  const unknown = missing.map((needed) => ({
    place,
    problem: `needs ${needed}, which this host does not run`,
    mend: `take ${needed} out of needs, or put it on the host, which runs ${services.map(({ name: other }) => other).join(", ")}`,
  }));
  if (!reaches(service.name, service.name, services)) return unknown;
  return [...unknown, { place, problem: "needs itself, by way of others", mend: "break the cycle in needs" }];
}

/** Whether `from` needs `to`, directly or by way of others. */
function reaches(from: string, to: string, services: readonly Service[], seen = new Set<string>()): boolean {
  if (seen.has(from)) return false;
  seen.add(from);
  const needed = services.find(({ name }) => name === from)?.needs ?? [];
  return needed.some((name) => name === to || reaches(name, to, services, seen));
}

/** An image without a tag, or with a moving one, is another one tomorrow. */
function tag({ name }: HostPlan, { name: service, image }: Service): Violation[] {
  const [reference = "", digest] = image.split("@");
  const found = /:([^:/]+)$/.exec(reference)?.[1];
  if (digest !== undefined || (found !== undefined && found !== "latest")) return [];
  return [
    { place: `${name}/${service}`, problem: `the unpinned image ${image}`, mend: "name an exact tag, or a digest" },
  ];
}
