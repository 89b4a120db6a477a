/** How to log in to a host. */
export interface Connection {
  /** Address or name. */
  host: string;
  port: number;
  /** Login user: root, or one with `sudo` without password and membership in the `docker` group. */
  user: string;
  /** The host's public key as in known_hosts, without the name: `ssh-ed25519 AAAA…`. */
  hostKey: string;
  /** Private key file, `~` allowed. Default: the keys of the SSH agent. */
  identityFile?: string;
}
