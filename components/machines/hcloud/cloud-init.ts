import { stringify } from "yaml";
import type { MachineConfig } from "../../../config";

/** What a new server needs at its first boot. */
export interface FirstBoot {
  /** Private host key in OpenSSH format: the key that the stack has pinned. */
  hostPrivateKey: string;
  /** The same key's public half. */
  hostPublicKey: string;
  /** Hetzner's name of the system. */
  image: Extract<MachineConfig, { kind: "hcloud" }>["image"];
  /** Login name. */
  user: string;
  /** Public key that it logs in with. */
  loginKey: string;
}

/** The distribution's own engine, and its command line where that is a package of its own. */
const ENGINE: Record<FirstBoot["image"], readonly string[]> = {
  "debian-13": ["docker.io", "docker-cli"],
  "ubuntu-24.04": ["docker.io"],
};

/**
 * The `#cloud-config` of a server: its generated host key instead of keys of its own, logins by key only, and the
 * Docker engine of its distribution.
 */
export function cloudInit({ hostPrivateKey, hostPublicKey, image, user, loginKey }: FirstBoot): string {
  const document = {
    ssh_deletekeys: true,
    // With keys given, cloud-init generates none.
    ssh_keys: { ed25519_private: hostPrivateKey, ed25519_public: hostPublicKey },
    ssh_pwauth: false,
    disable_root: false,
    package_update: true,
    ...(user === "root" ? {} : { groups: ["docker"], users: ["default", loginUser(user, loginKey)] }),
    packages: [...ENGINE[image], "ca-certificates"],
    runcmd: [["systemctl", "enable", "--now", "docker"]],
  };
  return `#cloud-config\n${stringify(document, { lineWidth: 0 })}`;
}

/** Hetzner hands the key to root alone. */
const loginUser = (name: string, key: string): object => ({
  name,
  groups: "docker",
  shell: "/bin/bash",
  lock_passwd: true,
  sudo: "ALL=(ALL) NOPASSWD:ALL",
  ssh_authorized_keys: [key.trim()],
});
