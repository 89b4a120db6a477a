/** Processor architectures that hosts and images come in. */
export const ARCHITECTURES = ["amd64", "arm64"] as const;
/** A processor architecture. */
export type Architecture = (typeof ARCHITECTURES)[number];

/** Where a host's computer comes from. */
type MachineKind = "existing" | "hcloud" | "lab";

/**
 * Where TLS certificates come from: the gateway's own authority; an ACME server that asks the public sites themselves, and the
 * gateway's own for VPN-only ones; or an ACME server that looks into the zone at OVH.
 */
export type Tls = "internal" | "acme" | "acme-ovh";

/** The ACME server of a stack, where it is not Let's Encrypt. */
export interface Acme {
  /** Its directory. */
  directory?: string;
  /** PEM certificates that its own one may descend from. */
  root?: string;
  /** DNS servers that are asked whether a challenge can be seen, `<address>:<port>`. */
  resolvers?: readonly string[];
}

/** The zone at OVH that has the names of a stack's public sites. */
export interface OvhZone {
  /** `example.org` */
  zone: string;
  /** Address of OVH's API up to its version. */
  endpoint: string;
  /** Names below the zone whose records of others make way. Default: none. */
  adoptNames?: readonly string[];
}

/** What a run does about a host that it cannot reach: it leaves the host for a later run, and succeeds or fails. */
export const UNREACHABLE = ["defer", "fail"] as const;
/** What a run does about a host that it cannot reach. */
export type WhenUnreachable = (typeof UNREACHABLE)[number];

/** What a stack says of one of its hosts, as far as the platform asks for it. */
export interface StackHost {
  /** Where its computer comes from. */
  machine: { kind: MachineKind };
  /** Its address in the VPN; absent when it is no VPN node. */
  vpnAddress?: string;
  /** Its memory in MiB. */
  memoryMiB: number;
  /** Its processor. */
  architecture: Architecture;
  /** Default: {@link whenUnreachable}. */
  unreachable?: WhenUnreachable;
  /** Whether CrowdSec bans there who guesses passwords or looks for holes in its sites. Default: false. */
  crowdsec?: boolean;
}

/** A computer that may be off is waited for, by default; one that was made for the stack never should be. */
export const whenUnreachable = (
  { machine, unreachable }: Pick<StackHost, "machine" | "unreachable">,
  { oftenOffline = false }: { oftenOffline?: boolean },
): WhenUnreachable => unreachable ?? (oftenOffline && machine.kind !== "hcloud" ? "defer" : "fail");

/** Name of the account that owns each program. */
export const ownerOf = ({ domain, ownerEmail = `owner@${domain}` }: Pick<Stack, "domain" | "ownerEmail">): string =>
  ownerEmail;

/** A stack's settings, as far as platforms and services ask for them. */
export interface Stack {
  /** Domain under which the services have their hostnames. */
  domain: string;
  /** Where certificates come from. */
  tls: Tls;
  /** Contact of the certificate account. */
  acmeEmail?: string;
  /** Default: Let's Encrypt. */
  acme?: Acme;
  /** Default: public names are somebody else's to look after. */
  ovh?: OvhZone;
  /** Who owns the programs that have accounts: the name to log in with. Default: `owner@<domain>`. */
  ownerEmail?: string;
  /** Whether VPN-only sites answer on the VPN address only. */
  vpnEnforce: boolean;
  /** Groups of services that run. */
  services: readonly string[];
  /** Hosts that are part of the stack, by name. */
  hosts: Readonly<Record<string, StackHost>>;
  /** Values of the settings that the platform and its services declare, by name. */
  settings: Readonly<Record<string, unknown>>;
}
