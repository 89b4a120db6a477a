import { stringify } from "yaml";

/** What a new server needs at its first boot. */
export interface FirstBoot {
  /** Private host key in OpenSSH format: the key that the stack has pinned. */
  hostPrivateKey: string;
  /** The same key's public half. */
  hostPublicKey: string;
}

/**
 * The `#cloud-config` of a server: its generated host key instead of keys of its own, logins by key only, and the
 * Docker engine of its distribution.
 */
export function cloudInit({ hostPrivateKey, hostPublicKey }: FirstBoot): string {
  const document = {
    ssh_deletekeys: true,
    // With keys given, cloud-init generates none.
    ssh_keys: { ed25519_private: hostPrivateKey, ed25519_public: hostPublicKey },
    ssh_pwauth: false,
    disable_root: false,
    package_update: true,
    packages: ["docker.io", "docker-cli", "ca-certificates"],
    runcmd: [["systemctl", "enable", "--now", "docker"]],
  };
  return `#cloud-config\n${stringify(document, { lineWidth: 0 })}`;
}
