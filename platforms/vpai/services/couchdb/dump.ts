import type { ServiceContext } from "../../../../model/context";
import { matching } from "../../../../model/setting";
import { type RemoteArgs, vaultDump } from "../../../../programs/notes";
import { vaultLogin } from "./users";

/** GitHub's own word for its key: docs.github.com, "GitHub's SSH key fingerprints". */
const GITHUB = "github.com ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIOMqqnkVzrm0SdG6UOoqKLsabgH5C9okWi0dh2l9GKJl";

/** Keys of a stack's file for the vault's history. */
export const DUMP_SETTINGS = {
  vaultRemote: matching("an address that Git pushes to over SSH", /^(?:ssh:\/\/\S+|[\w.-]+@[\w.-]+:\S+)$/)
    .exactOptional()
    .describe(
      "Where the history of Obsidian's vault is pushed to, e.g. `git@github.com:Mobutoo/obsidian-vault.git`; the secret `vaultDeployKey` may push there. " +
        "Default: it stays on the hub.",
    ),
  vaultRemoteHostKey: matching("a line of known_hosts: host, kind, key", /^\S+ (?:ssh|ecdsa)\S* \S+$/)
    .default(GITHUB)
    .describe("Host key of that server, as a line of `known_hosts`; no other one is trusted."),
};

const remoteOf = ({ settings }: ServiceContext): RemoteArgs | undefined => {
  const { vaultRemote, vaultRemoteHostKey } = settings as Record<string, string>;
  return vaultRemote === undefined ? undefined : { url: vaultRemote, knownHosts: `${vaultRemoteHostKey}\n` };
};

export const DUMP_LOGIN = vaultLogin("vault-dump");

/** The nightly dump (docs/requirements.md#obsidian-sync). */
export const DUMP = vaultDump({
  name: "vault-dump",
  schedule: "*-*-* 02:00:00",
  networks: ["frontend"],
  vault: DUMP_LOGIN,
  directory: "obsidian-vault",
  remote: remoteOf,
  deployKey: {
    name: "vaultDeployKey",
    description: "Private SSH key that may push to vpai:vaultRemote: a deploy key of that repository with write access",
    origin: "supplied",
    multiline: true,
    needed: ({ settings, services }) => settings["vaultRemote"] !== undefined && services.includes("vpn"),
  },
});
