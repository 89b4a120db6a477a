/** How a host is reached. The host key is pinned: a host that shows another one is refused. */
export interface Connection {
  /** Address or name of the host. */
  host: string;
  /** SSH port. */
  port: number;
  /** Login user; anything but `root` needs `sudo` without a password and membership in the `docker` group. */
  user: string;
  /** The host's public key as in known_hosts, without the name: `ssh-ed25519 AAAA…`. */
  hostKey: string;
  /** Key file, `~` allowed; with a passphrase, or as a `.pub` file, the SSH agent has the private part. Default: all keys of the agent. */
  identityFile?: string;
}
