import { z } from "zod";
import { flag } from "../model/setting";
import { ARCHITECTURES, type Stack, UNREACHABLE } from "../model/stack";
import * as formats from "./formats";
import { closest } from "./suggestion";

/**
 * An object that knows all its keys. For unknown ones the error text has one line per key, in zod's order:
 * the closest known key, or all of them.
 */
const settings = <Shape extends z.core.$ZodLooseShape>(shape: Shape) =>
  z.strictObject(shape, {
    error: (issue) => {
      if (issue.code !== "unrecognized_keys")
        return `a structured value with the keys ${Object.keys(shape).join(", ")}`;
      return issue.keys.map((key) => closest(key, Object.keys(shape))).join("\n");
    },
  });

/** A Pulumi config value that is structured: Pulumi hands it over as JSON text. */
const structured = <Schema extends z.ZodType>(expected: string, schema: Schema) =>
  z
    .string({ error: expected })
    .transform((json, context) => {
      try {
        return JSON.parse(json) as unknown;
      } catch {
        // The parser's own message quotes the text.
        context.addIssue({ code: "custom", message: `${expected}, written as YAML structure (JSON)`, input: json });
        return z.NEVER;
      }
    })
    .pipe(schema);

const IDENTITY_FILE =
  "Key to log in with; ~ is the home directory. The SSH agent is asked for it when it has a passphrase or is a .pub file. Default: the agent's keys.";

const jumpHost = settings({
  address: formats.networkAddress.describe("Address of its SSH server."),
  port: formats.port.default(22).describe("Port of its SSH server."),
  user: formats.userName.describe("Login name; the jump host has to forward streams for it (AllowTcpForwarding)."),
  hostKey: formats.hostKey.describe("Its SSH server's public key."),
  identityFile: formats.filePath.exactOptional().describe(IDENTITY_FILE),
});

const existingMachine = settings({
  kind: z.literal("existing"),
  address: formats.networkAddress.describe("Address of its SSH server, and the one that the world reaches it on."),
  bindAddress: formats.ownAddress
    .exactOptional()
    .describe(
      "Its own address that public ports listen on, behind 1:1 NAT or where address is a name. Default: address.",
    ),
  port: formats.port.default(22).describe("Port of its SSH server."),
  firstPort: formats.port
    .exactOptional()
    .describe(
      "Port that its SSH server still has: the next up moves it to `port`, confirmed by a new login. Take it out after that. " +
        "Default: it has `port` already.",
    ),
  user: formats.userName.describe("Login name; may use sudo without a password and is in the group docker."),
  hostKey: formats.hostKey
    .exactOptional()
    .describe("Its SSH server's public key. Needed by everything that connects; a preview does not."),
  identityFile: formats.filePath.exactOptional().describe(IDENTITY_FILE),
  ownsKernel: z
    .boolean({ error: "true or false" })
    .default(true)
    .describe(
      "Whether its kernel is its own. A container shares it: then only what its network has of its own is set.",
    ),
  jump: jumpHost
    .exactOptional()
    .describe("Jump host that forwards to the address and port above. Default: none, it is reached directly."),
});

const labMachine = settings({ kind: z.literal("lab") });

const hcloudMachine = settings({
  kind: z.literal("hcloud"),
  serverType: formats.serverType.describe("Hetzner Cloud server type."),
  location: formats.location.describe("Hetzner Cloud location."),
  image: formats.serverImage.describe("Hetzner Cloud system image."),
  user: formats.userName.default("root").describe("Login name; one that is not root is made at the first boot."),
  allowSshFrom: z
    .array(formats.cidr, { error: "a list of networks in CIDR form" })
    .min(1, { error: "at least one network in CIDR form" })
    .default(["0.0.0.0/0", "::/0"])
    .describe("Networks that reach its SSH port. Default: all, as logins are by key only."),
});

const machine = z
  .discriminatedUnion("kind", [existingMachine, labMachine, hcloudMachine], {
    error: (issue) => (issue.code === "invalid_union" ? "existing, lab or hcloud" : "a machine: kind and its settings"),
  })
  .describe("Where the host's computer comes from.");

const host = settings({
  machine,
  vpnAddress: formats.vpnAddress.exactOptional().describe("Its address in the VPN. Default: none, it is no VPN node."),
  memoryMiB: formats.memoryMiB.describe("Its memory in MiB; the services' limits must fit in."),
  architecture: z
    .enum(ARCHITECTURES, { error: ARCHITECTURES.join(" or ") })
    .describe("Its processor; the services' images must exist for it."),
  unreachable: z
    .enum(UNREACHABLE, { error: UNREACHABLE.join(" or ") })
    .exactOptional()
    .describe(
      "What a run that cannot reach it does: it leaves the host as it is, deploys the rest, and succeeds (defer) or fails (fail). " +
        "Default: defer for an existing or lab machine of a host that the platform marks as often offline (`oftenOffline`; " +
        "workstation), else fail.",
    ),
  crowdsec: z
    .boolean({ error: "true or false" })
    .exactOptional()
    .describe(
      "Whether CrowdSec bans there who guesses passwords or looks for holes in its sites, beside fail2ban, which every host has. " +
        "Default: false.",
    ),
});

const serviceOverride = settings({
  memoryMiB: formats.memoryMiB.exactOptional().describe("Memory limit in MiB. Default: the service's own."),
  cpus: formats.cpus.exactOptional().describe("CPU limit in CPUs. Default: the service's own."),
  image: formats.pinnedImage.exactOptional().describe("Image. Default: the service's own."),
});

const operator = settings({
  user: formats.personName.describe("Its name, the same on every host; made where it is missing."),
  keys: z
    .array(formats.hostKey, { error: "a list of SSH public keys" })
    .min(1, { error: "at least one SSH public key" })
    .exactOptional()
    .describe(
      "Public keys that it logs in with, beside the one that the stack makes for a lab or a server at Hetzner. Default: none.",
    ),
  otherKeys: z
    .enum(["keep", "remove"], { error: "keep or remove" })
    .default("keep")
    .describe("What becomes of keys that it has and that are not among these: they stay and are told of, or they go."),
});

const acme = settings({
  directory: formats.httpsUrl.exactOptional().describe("Directory of the ACME server. Default: Let's Encrypt."),
  root: formats.certificates
    .exactOptional()
    .describe(
      "Root certificates, PEM, of a server that is not public: of its own address, and of what it issues. Default: the public ones.",
    ),
  resolvers: z
    .array(formats.dnsServer, { error: "a list of DNS servers" })
    .min(1, { error: "at least one DNS server" })
    .exactOptional()
    .describe(
      "DNS servers that show whether the answer to a DNS challenge is there. Default: those of the zone itself.",
    ),
});

const ovh = settings({
  zone: formats.domainName.describe("The zone, such as ewutelo.cloud; the stack's domain is it or lies below it."),
  endpoint: formats.apiAddress.default("https://eu.api.ovh.com/1.0").describe("OVH's API, up to its version."),
  adoptNames: z
    .array(formats.recordName, { error: "a list of names below the zone" })
    .min(1, { error: "at least one name below the zone" })
    .exactOptional()
    .describe(
      "Names whose records make way where they have another value; the zone itself is an empty name. Default: none, the run stops.",
    ),
});

const registryAccount = settings({
  user: formats.registryUser.describe("Name to log in with."),
  secret: formats.secretName.describe(
    "Name of the secret in the namespace `secrets:` that holds its password or token; this is what declares it.",
  ),
});

const rotation = z
  .int({ error: "a whole number, from 1" })
  .min(1, { error: "a whole number, from 1" })
  .describe("How often it was rotated.");

const underWay = settings({
  before: z
    .string({ error: "the value of before" })
    .min(1, { error: "the value of before" })
    .describe("The old value."),
  rotation: rotation.exactOptional().describe("Of one that the stack makes: the number that stands for the new value."),
  ends: z
    .literal(true, { error: "true, or nothing" })
    .exactOptional()
    .describe("That no program takes the old value any more, which is left to be tried."),
});

/** The same schema under each of the names, every one optional. */
const named = <Schema extends z.ZodType>(names: readonly string[], schema: Schema) =>
  settings(Object.fromEntries(names.map((name) => [name, schema.exactOptional()]))) as unknown as z.ZodType<
    Record<string, z.output<Schema>>
  >;

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
export type MachineConfig = HostConfig["machine"];
