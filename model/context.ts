import type { Job } from "./job";
import type { Network } from "./platform";
import type { Service } from "./service";
import type { RemoteSite } from "./site";
import type { Acme, OvhZone, Stack, Tls, WhenUnreachable } from "./stack";

/** A host of the platform as the services of all hosts see it. */
export interface HostView {
  name: string;
  services: readonly Service[];
  networks: Readonly<Record<string, Network>>;
  /** Its address in the VPN; undefined when it is no VPN node. */
  vpnAddress: string | undefined;
  /** Address that the world reaches it on, where it is known before the host is made. */
  publicAddress: string | undefined;
  /** Port of its SSH server. Default: 22. */
  sshPort?: number;
  /** What a run makes of it that it cannot be reached. Default: that fails. */
  unreachable?: WhenUnreachable;
  /** What it has done itself at certain times, whatever services it runs. Default: nothing. */
  jobs?: (context: ServiceContext) => readonly Job[];
}

/** What a service may know of the stack and the host it runs on. */
export interface ServiceContext {
  /** The host's name in the platform, e.g. `sese-ai`. */
  host: string;
  /** The stack's domain, e.g. `ewutelo.cloud`. */
  domain: string;
  tls: Tls;
  /** Contact of the certificate account. */
  acmeEmail?: string;
  /** The ACME server, where it is not Let's Encrypt. */
  acme?: Acme;
  /** The zone at OVH, where the stack looks after one. */
  ovh?: OvhZone;
  /** Name of the account that owns each program. */
  ownerEmail: string;
  /** Whether VPN-only sites answer on the VPN address only. */
  vpnEnforce: boolean;
  /** All services of the host, this one too. */
  services: readonly Service[];
  /** The host's Docker networks by name. */
  networks: Readonly<Record<string, Network>>;
  /** Every host of the platform that is in the stack, this one too. */
  hosts: readonly HostView[];
  /** Sites that this host answers for and another one serves. */
  remoteSites: readonly RemoteSite[];
  /** Values of the settings that the platform and its services declare, by name. */
  settings: Stack["settings"];
  /** Whether CrowdSec runs on the host, which then reads what its public sites are asked. Default: false. */
  crowdsec?: boolean;
  /** Names of the secrets that the stack's file has a value for: what a person may leave out is there, or is not. */
  given: ReadonlySet<string>;
  /** Names of the secrets that are being rotated: what takes two values at a time takes the one of before, too. */
  rotating: ReadonlySet<string>;
}

/** Where a service answers another one. */
export interface Peer {
  service: Service;
  /** Its name on the networks that both are on, or an address of its host. */
  host: string;
  port: number;
}
