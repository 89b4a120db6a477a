import type { Login } from "../../model/connection";

/**
 * What both clients, ssh2 and OpenSSH, are held to. Nothing of it, and nothing else, comes from the user's or the machine's own
 * SSH config.
 */

/** How long a connection may take until its login is decided, in seconds. */
export const LOGIN_SECONDS = 15;

/** A silent connection is asked for a sign of life every `seconds`; it ends when `unanswered` of them stayed so: after 50 s. */
export const KEEPALIVE = { seconds: 10, unanswered: 4 } as const;

/** How long a login shell may take over the first command, in seconds: longer than a dead connection takes to be noticed. */
export const SHELL_SECONDS = 60;

/** Signatures that a host may prove its pinned key with: an RSA key makes no more SHA-1 ones. */
export function hostKeyAlgorithms({ hostKey }: Pick<Login, "hostKey">): string[] {
  const type = keyType(hostKey);
  return type === "ssh-rsa" ? ["rsa-sha2-512", "rsa-sha2-256"] : [type];
}

/** `ssh-ed25519` of `ssh-ed25519 AAAA…`. */
export const keyType = (publicKey: string): string => publicKey.trim().split(/\s+/)[0] ?? "";

/** The key's bytes in base64, the second field of `ssh-ed25519 AAAA…`. */
export const keyBlob = (publicKey: string): string => publicKey.trim().split(/\s+/)[1] ?? "";
