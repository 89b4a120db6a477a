import type { Checklist } from "./checked";

/**
 * Algorithms that OpenSSH 9.6 (Ubuntu 24.04) and 10.0 (Debian 13) both know, and that ssh2, by which we log in ourselves, has at
 * least one of. An unknown name would be refused by `sshd -t`, so OpenSSH 9.9's `mlkem768x25519-sha256` is not among them.
 */
const KEY_EXCHANGE = [
  "sntrup761x25519-sha512@openssh.com",
  "curve25519-sha256",
  "curve25519-sha256@libssh.org",
  "diffie-hellman-group18-sha512",
  "diffie-hellman-group16-sha512",
];

const CIPHERS = [
  "chacha20-poly1305@openssh.com",
  "aes256-gcm@openssh.com",
  "aes128-gcm@openssh.com",
  "aes256-ctr",
  "aes192-ctr",
  "aes128-ctr",
];

/** Encrypt-then-MAC alone. */
const MACS = ["hmac-sha2-512-etm@openssh.com", "hmac-sha2-256-etm@openssh.com", "umac-128-etm@openssh.com"];

/**
 * What sshd of every host is held to: options as in sshd_config(5), values as `sshd -T` reports them, which writes the
 * names in lower-case letters. `Port` and `AllowUsers` are each host's own, and not among them.
 */
export const SSHD = {
  PermitRootLogin: {
    value: "no",
    source: "checklist",
    reason: "`without-password`, that is by key only, where we log in as root ourselves",
  },
  PubkeyAuthentication: { value: "yes", source: "own", reason: "keys are the only way in" },
  PasswordAuthentication: { value: "no", source: "checklist" },
  KbdInteractiveAuthentication: { value: "no", source: "checklist" },
  PermitEmptyPasswords: { value: "no", source: "checklist" },
  HostbasedAuthentication: { value: "no", source: "own", reason: "keys are the only way in" },
  AuthorizedKeysFile: {
    value: ".ssh/authorized_keys .ssh/authorized_keys2",
    source: "own",
    reason: "whoever may log in is in a file of the user's own, where the audit looks",
  },
  AuthorizedKeysCommand: { value: "none", source: "own", reason: "no program says who may log in" },
  TrustedUserCAKeys: { value: "none", source: "own", reason: "no authority says who may log in" },
  MaxAuthTries: { value: "2", source: "checklist" },
  LoginGraceTime: { value: "30", source: "checklist" },
  MaxSessions: { value: "10", source: "checklist" },
  MaxStartups: { value: "10:30:60", source: "checklist" },
  ClientAliveInterval: { value: "300", source: "checklist" },
  ClientAliveCountMax: { value: "3", source: "checklist" },
  LogLevel: { value: "VERBOSE", source: "checklist" },
  X11Forwarding: { value: "no", source: "checklist" },
  AllowAgentForwarding: { value: "no", source: "checklist" },
  PermitTunnel: { value: "no", source: "checklist" },
  AllowTcpForwarding: {
    value: "local",
    source: "checklist",
    accepts: ["no"],
    reason:
      "databases, programs and hosts behind a jump host are reached through the host; nothing listens on it for others",
  },
  AllowStreamLocalForwarding: {
    value: "no",
    source: "checklist",
    reason: "Docker over SSH runs a command and forwards no socket",
  },
  GatewayPorts: { value: "no", source: "own", reason: "no forwarded port is open to others" },
  PermitUserEnvironment: { value: "no", source: "own", reason: "a key's own file sets no variables of the login" },
  KexAlgorithms: { value: KEY_EXCHANGE.join(","), source: "checklist" },
  Ciphers: { value: CIPHERS.join(","), source: "checklist" },
  MACs: { value: MACS.join(","), source: "checklist" },
} as const satisfies Checklist;

/** Options that a host may have another value of. */
export type SshdOption = keyof typeof SSHD;

/** What `PermitRootLogin` is where we log in as root: by key only, under the name that `sshd -T` has for it. */
export const ROOT_BY_KEY = "without-password";
