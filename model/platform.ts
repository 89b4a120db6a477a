import type { z } from "zod";
import type { Bucket } from "./bucket";
import type { ServiceContext } from "./context";
import type { Job } from "./job";
import type { Tool } from "./program";
import type { SecretDeclaration } from "./secret";
import type { Service } from "./service";
import type { Stack } from "./stack";

/** A Docker network of a host. */
export interface Network {
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
  networks: Readonly<Record<string, Network>>;
  /** Programs for those who log in, once it runs a service. Default: none. */
  tools?: readonly Tool[];
  /** Folder of the platform on the host. Default: `/opt/<platform>`. */
  folder?: string;
  /** First part of the names of its containers. Default: `<platform>_`. */
  prefix?: string;
  /** What the host itself has done at certain times, whatever services it runs. Default: nothing. */
  jobs?: (context: ServiceContext) => readonly Job[];
  /** Whether its computer is switched off, or out of reach, every now and then. Default: false. */
  oftenOffline?: boolean;
}

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
  hosts: Readonly<Record<string, PlatformHost>>;
  services: readonly Service[];
  /** Keys of a stack's file that belong to no service: a zod schema by name. What Pulumi hands over is text. */
  settings?: Readonly<Record<string, z.ZodType>>;
  /** Buckets that a stack with these settings wants. Default: none. */
  buckets?: (settings: Stack["settings"]) => readonly Bucket[];
  /** Secrets beside those of services, jobs and machines, such as those of `buckets`. Default: none. */
  secrets?: readonly SecretDeclaration[];
}

/** Folder of a platform on a host. */
export const folderOn = (platform: string, { folder = `/opt/${platform}` }: PlatformHost): string => folder;

/** First part of the names of a platform's containers on a host. */
export const prefixOn = (platform: string, { prefix = `${platform}_` }: PlatformHost): string => prefix;
