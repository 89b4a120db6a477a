/** How one SSH server is logged in to. The host key is pinned: a host that shows another one is refused. */
export interface Login {
  /** Address or name of the host. */
  host: string;
  /** SSH port. */
  port: number;
  /** Login user. */
  user: string;
  /** The host's public key as in known_hosts, without the name: `ssh-ed25519 AAAA…`. */
  hostKey: string;
  /** Key file, `~` allowed; with a passphrase, or as a `.pub` file, the SSH agent has the private part. Default: all keys of the agent. */
  identityFile?: string;
}

/** How a host is reached. A user other than `root` needs `sudo` without a password and membership in the `docker` group. */
export interface Connection extends Login {
  /** Where the way to the host begins, which forwards to its address and port. Default: it is reached directly. */
  jump?: Login;
}
