import type { Connection } from "../../model/connection";

export type { Connection };

/** The name under which OpenSSH looks a host's key up. */
const knownHostName = ({ host, port }: Connection): string => (port === 22 ? host : `[${host}]:${port}`);

/**
 * Options for OpenSSH's `ssh` that trust the pinned host key and nothing else. The key is handed over by
 * KnownHostsCommand, so no file has to exist on the machine that runs a refresh.
 */
export function sshOptions(connection: Connection): string[] {
  const options: Record<string, string> = {
    StrictHostKeyChecking: "yes",
    UserKnownHostsFile: "/dev/null",
    GlobalKnownHostsFile: "/dev/null",
    KnownHostsCommand: `/bin/echo ${knownHostName(connection)} ${connection.hostKey}`,
    HostKeyAlgorithms: keyType(connection.hostKey),
    BatchMode: "yes",
    ConnectTimeout: "15",
    // A host that vanishes in the middle of a command ends it after a minute, not never.
    ServerAliveInterval: "15",
    ServerAliveCountMax: "4",
    LogLevel: "ERROR",
  };
  if (connection.identityFile !== undefined) {
    options["IdentityFile"] = optionPath(connection.identityFile);
    options["IdentitiesOnly"] = "yes";
  }
  return Object.entries(options).flatMap(([name, value]) => ["-o", `${name}=${value}`]);
}

/** A path as an option of OpenSSH: `%` would start a token there, and a space would end the word. */
function optionPath(file: string): string {
  const literal = file.replaceAll("%", "%%");
  return /[\s"'\\]/.test(literal) ? `"${literal.replaceAll(/["\\]/g, "\\$&")}"` : literal;
}

/** `ssh-ed25519` of `ssh-ed25519 AAAA…`. */
export const keyType = (publicKey: string): string => publicKey.trim().split(/\s+/)[0] ?? "";

/** The key's bytes in base64, the second field of `ssh-ed25519 AAAA…`. */
export const keyBlob = (publicKey: string): string => publicKey.trim().split(/\s+/)[1] ?? "";
