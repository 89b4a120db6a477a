import type { z } from "zod";
import type { Accepted } from "./audit";
import type { Bucket } from "./bucket";
import type { ServiceContext } from "./context";
import type { SshdOption } from "./hardening/sshd";
import type { SysctlKey } from "./hardening/sysctl";
import { BASE_PACKAGES, type SystemPackage } from "./hardening/packages";
import type { Job } from "./job";
import type { Tool } from "./program";
import type { SecretDeclaration } from "./secret";
import type { Service } from "./service";
import type { Stack } from "./stack";

/** A Docker network of a host. */
export interface Network {
  /** In CIDR form: `172.20.1.0/24`. */
  subnet: string;
  /** Whether the network has no way out. */
  internal: boolean;
}

/** A host as the platform knows it; its computer comes from the stack. */
export interface PlatformHost {
  /** What the host is for, in a few words. */
  purpose: string;
  /** Groups of services that run on it. */
  groups: readonly string[];
  /** MiB of memory that the system, its engine and its own jobs need beside the services. Default: 512. */
  systemMiB?: number;
  /** Its Docker networks by name. */
  networks: Readonly<Record<string, Network>>;
  /** Programs for those who log in, once it runs a service. Default: none. */
  tools?: readonly Tool[];
  /** Folder of the platform on the host. Default: `/opt/<platform>`. */
  folder?: string;
  /** First part of the names of its containers. Default: `<platform>_`. */
  prefix?: string;
  /** What the host itself has done at certain times, whatever services it runs. Default: nothing. */
  jobs?: (context: ServiceContext) => readonly Job[];
  /** What its sshd has beside, or in place of, the checklist's values. */
  sshd?: HostSshd;
  /** Its kernel's values in place of the checklist's; `false` leaves one out that the kernel does not know. */
  sysctl?: Readonly<Partial<Record<SysctlKey, string | false>>>;
  /** Packages of its distribution, beside those that every host has. Default: none. */
  packages?: readonly SystemPackage[];
  /** Of its clock, as in `/usr/share/zoneinfo`: logs and jobs go by it. Default: it stays as it is. */
  timeZone?: string;
  /** MiB of swap that it has at least, where its disk is its own. Default: it stays as it is. */
  swapMiB?: number;
  /** Whether its computer is switched off, or out of reach, every now and then. Default: false. */
  oftenOffline?: boolean;
}

/** What is a host's own of its sshd. */
interface HostSshd {
  /** Login names that are let in beside ours. Default: nobody. */
  users?: readonly string[];
  /** Effective values, as `sshd -T` reports them. */
  options?: Readonly<Partial<Record<SshdOption, string>>>;
}

/** Packages that a host has. */
export const packagesOn = ({ packages = [] }: Pick<PlatformHost, "packages">): readonly SystemPackage[] => [
  ...BASE_PACKAGES,
  ...packages,
];

/** Jobs of a host itself, in whatever surroundings; one that runs nothing has no need of any. */
export const declaredHostJobs = ({ jobs }: Pick<PlatformHost, "jobs">, context: ServiceContext): readonly Job[] =>
  context.services.length === 0 ? [] : (jobs?.(context) ?? []);

/** Jobs that a host itself has in these surroundings. */
export const hostJobsOf = (host: Pick<PlatformHost, "jobs">, context: ServiceContext): readonly Job[] =>
  declaredHostJobs(host, context).filter(({ needed = () => true }) => needed(context));

/** Hosts and services that belong together, on whatever computers. */
export interface Platform {
  /** Unique; what `vpai:platform` in a stack's file chooses. */
  name: string;
  /** Groups that services come in; a stack chooses among them. */
  groups: readonly string[];
  /** Hosts by name. */
  hosts: Readonly<Record<string, PlatformHost>>;
  /** All services, whichever group they are of. */
  services: readonly Service[];
  /** Keys of a stack's file that belong to no service: a zod schema by name. What Pulumi hands over is text. */
  settings?: Readonly<Record<string, z.ZodType>>;
  /** What `make audit` would find on its hosts, and what is meant to be so. Default: nothing. */
  accepted?: readonly Accepted[];
  /** Buckets that a stack with these settings wants. Default: none. */
  buckets?: (settings: Stack["settings"]) => readonly Bucket[];
  /** Secrets beside those of services, jobs and machines, such as those of `buckets`. Default: none. */
  secrets?: readonly SecretDeclaration[];
}

/** Folder of a platform on a host. */
export const folderOn = (platform: string, { folder = `/opt/${platform}` }: PlatformHost): string => folder;

/** First part of the names of a platform's containers on a host. */
export const prefixOn = (platform: string, { prefix = `${platform}_` }: PlatformHost): string => prefix;
