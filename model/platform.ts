import type { z } from "zod";
import type { Service } from "./service";
import type { Access, Exposure } from "./site";
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
  /** MiB of memory that the system and its engine need beside the services. Default: 512. */
  systemMiB?: number;
  networks: Readonly<Record<string, Network>>;
  /** Folder of the platform on the host. Default: `/opt/<platform>`. */
  folder?: string;
  /** First part of the names of its containers. Default: `<platform>_`. */
  prefix?: string;
  /** Whether its computer is switched off, or out of reach, every now and then. Default: false. */
  oftenOffline?: boolean;
}

/** A site that one host answers for, of a program on another one that is no service of the platform yet. */
export interface CrossHostSite extends Omit<Exposure, "access" | "via"> {
  /** Host whose gateway answers. */
  on: string;
  /** Host of the program, on whose VPN address it listens. */
  host: string;
  /** Who may reach it, by the stack's settings. */
  access: (stack: Stack) => Access;
}

/** Hosts and services that belong together, on whatever computers. */
export interface Platform {
  /** Unique; what `vpai:platform` in a stack's file chooses. */
  name: string;
  /** Groups that services come in; a stack chooses among them. */
  groups: readonly string[];
  hosts: Readonly<Record<string, PlatformHost>>;
  services: readonly Service[];
  crossHostSites?: readonly CrossHostSite[];
  /** Keys of a stack's file that belong to no service: a zod schema by name. What Pulumi hands over is text. */
  settings?: Readonly<Record<string, z.ZodType>>;
}

/** Folder of a platform on a host. */
export const folderOn = (platform: string, { folder = `/opt/${platform}` }: PlatformHost): string => folder;

/** First part of the names of a platform's containers on a host. */
export const prefixOn = (platform: string, { prefix = `${platform}_` }: PlatformHost): string => prefix;
