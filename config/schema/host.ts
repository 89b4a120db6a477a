import { z } from "zod";
import { ARCHITECTURES, UNREACHABLE } from "../../model/stack";
import * as formats from "../formats";
import { settings } from "./structure";

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

/** One of the stack's hosts: its computer, and what the stack knows of it. */
export const host = settings({
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

/** The operator's account on every host. */
export const operator = settings({
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
