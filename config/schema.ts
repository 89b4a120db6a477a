import { z } from "zod";
import { flag, structured } from "../model/setting";
import type { Stack } from "../model/stack";
import * as formats from "./formats";
import { host, operator } from "./schema/host";
import { registryAccount, rotation, underWay } from "./schema/secrets";
import { acme, ovh } from "./schema/sites";
import { named, settings } from "./schema/structure";

/** What a stack may change of a service. */
const serviceOverride = settings({
  memoryMiB: formats.memoryMiB.exactOptional().describe("Memory limit in MiB. Default: the service's own."),
  cpus: formats.cpus.exactOptional().describe("CPU limit in CPUs. Default: the service's own."),
  image: formats.pinnedImage.exactOptional().describe("Image. Default: the service's own."),
});

/** Names that a stack's config may use: what its platform consists of. */
export interface KnownNames {
  readonly platforms: readonly string[];
  readonly hosts: readonly string[];
  /** Groups that services come in; a stack chooses among them. */
  readonly groups: readonly string[];
  readonly services: readonly string[];
  readonly secrets: readonly string[];
  /** Secrets that the stack makes and that may be made anew. */
  readonly rotatable: readonly string[];
  /** Schemas of the settings that the platform and its services declare, by name. */
  readonly settings: Readonly<Record<string, z.ZodType>>;
}

/** Schema of the `vpai:` namespace as Pulumi hands it over: every value is text, a structured one is JSON. */
const baseSchema = (names: KnownNames) =>
  settings({
    platform: z
      .enum(names.platforms, { error: `a platform: ${names.platforms.join(", ")}` })
      .describe("What to deploy."),
    domain: formats.domainName.describe("Domain under which the services have their host names."),
    tls: z
      .enum(["internal", "acme", "acme-ovh"], { error: "internal, acme or acme-ovh" })
      .describe(
        "Who signs certificates: internal (Caddy's own authority), acme (ACME, which asks the sites themselves; no site may be " +
          "VPN-only) or acme-ovh (ACME, DNS challenge at OVH).",
      ),
    acmeEmail: formats.emailAddress.exactOptional().describe("Contact for the ACME account. Default: none."),
    acme: structured("the ACME server", acme)
      .exactOptional()
      .describe("The ACME server, where it is not Let's Encrypt. Default: Let's Encrypt."),
    ovh: structured("the zone at OVH", ovh)
      .exactOptional()
      .describe(
        "The zone at OVH in which each public site gets its address record. Default: records are somebody else's to look after.",
      ),
    ownerEmail: formats.emailAddress
      .exactOptional()
      .describe(
        "Who owns the programs that have accounts (n8n, NocoDB, Kaneo, Sure); the passwords are secrets. Default: owner@<domain>.",
      ),
    vpnEnforce: flag(true).describe(
      "true: VPN-only sites answer on the VPN address alone. false: on the public address too (first validation).",
    ),
    adopt: flag(false).describe(
      "true: a container or network of the same name that is not this stack's is replaced; its data folders stay.",
    ),
    isolated: flag(false).describe(
      "true: hosts and their containers reach nothing but the stack's own hosts, in the kernel. Of lab machines alone: a copy of " +
        "`make drill` runs with it.",
    ),
    hosts: structured(
      "the stack's hosts",
      named(names.hosts, host).refine((hosts) => Object.keys(hosts).length > 0, {
        error: `at least one host of ${names.hosts.join(", ")}`,
      }),
    ).describe("The platform's hosts that are part of this stack, by name."),
    services: structured(
      "a list of groups of services",
      z
        .array(z.enum(names.groups, { error: `a group of services: ${names.groups.join(", ")}` }), {
          error: `a list of ${names.groups.join(", ")}`,
        })
        .min(1, { error: `at least one of ${names.groups.join(", ")}` }),
    )
      .default([...names.groups])
      .describe("Groups of services that run. Default: all. The lab takes another choice from VPAI_SERVICES."),
    operator: structured("the operator's account on the hosts", operator)
      .exactOptional()
      .describe(
        "The operator's account on every host: in the groups sudo and docker, root without a password. Default: none is looked after.",
      ),
    neverBanned: structured(
      "a list of addresses and networks",
      z
        .array(formats.source, { error: "a list of addresses and networks" })
        .min(1, { error: "at least one address or network" }),
    )
      .default([])
      .describe(
        "Addresses and networks in CIDR form that no host bans (fail2ban, sshd, CrowdSec), such as the operator's own. " +
          "The VPN's, and those that the program logs in from, never are.",
      ),
    overrides: structured("overrides of services", named(names.services, serviceOverride))
      .default({})
      .describe("What this stack gives a service in place of the service's own settings, by name."),
    keptReleases: formats.keptReleases
      .default(5)
      .describe(
        "How many releases of each service stay on its host: copies of its data from before its image changed.",
      ),
    registries: structured(
      "logins at image registries, by registry",
      z.record(formats.registry, registryAccount, { error: "logins at image registries, by registry" }),
    )
      .default({})
      .describe("Logins at image registries, for private images. Pulls on hosts and `make images-lock` use them."),
    rotations: structured("rotations of secrets, by secret", named(names.rotatable, rotation))
      .default({})
      .describe("Secrets that the stack made anew: another number is another value. `make rotate` counts it up."),
    rotating: structured("secrets that are being rotated, by secret", named(names.secrets, underWay))
      .default({})
      .describe(
        "Written and removed by `make rotate`, encrypted: secrets whose old value is not proven to be refused yet. " +
          "`make up` goes on with them.",
      ),
  });

/** The whole schema: what the program itself asks for, and what the platform and its services do. */
export const stackSchema = (names: KnownNames) => settings({ ...baseSchema(names).shape, ...names.settings });

/** The settings of a stack, checked and with their defaults. */
export type StackConfig = z.output<ReturnType<typeof baseSchema>> & Pick<Stack, "settings">;
type HostConfig = StackConfig["hosts"][string];
/** Where a host's computer comes from, with the settings of its kind. */
export type MachineConfig = HostConfig["machine"];
