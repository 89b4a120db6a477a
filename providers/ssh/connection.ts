import type { Connection } from "../../model/connection";
import { hostKeyAlgorithms, KEEPALIVE, LOGIN_SECONDS } from "./policy";

export type { Connection };

/** The name under which OpenSSH looks a host's key up. */
const knownHostName = ({ host, port }: Connection): string => (port === 22 ? host : `[${host}]:${port}`);

/**
 * Options for OpenSSH's `ssh` that trust the pinned host key and nothing else. No config file is read, neither the user's nor the
 * machine's: a shared master connection there would let a wrong key pass, a `RemoteCommand` would break every call. The
 * key is handed over by KnownHostsCommand, so no file has to exist on the machine that runs a refresh.
 */
export function sshOptions(connection: Connection): string[] {
  const options: Record<string, string> = {
    StrictHostKeyChecking: "yes",
    UserKnownHostsFile: "/dev/null",
    GlobalKnownHostsFile: "/dev/null",
    KnownHostsCommand: `/bin/echo ${knownHostName(connection)} ${connection.hostKey}`,
    HostKeyAlgorithms: hostKeyAlgorithms(connection).join(","),
    BatchMode: "yes",
    PreferredAuthentications: "publickey",
    ...identityOptions(connection),
    ConnectTimeout: String(LOGIN_SECONDS),
    ServerAliveInterval: String(KEEPALIVE.seconds),
    ServerAliveCountMax: String(KEEPALIVE.unanswered),
    LogLevel: "ERROR",
  };
  return ["-F", "none", ...Object.entries(options).flatMap(([name, value]) => ["-o", `${name}=${value}`])];
}

/** One key, whose private part may be with the agent, or all keys of the agent: as ssh2 is told, too. */
const identityOptions = ({ identityFile }: Connection): Record<string, string> =>
  identityFile === undefined
    ? { IdentityFile: "none" }
    : { IdentityFile: optionPath(identityFile), IdentitiesOnly: "yes" };

/** A path as an option of OpenSSH: `%` would start a token there, and a space would end the word. */
function optionPath(file: string): string {
  const literal = file.replaceAll("%", "%%");
  return /[\s"'\\]/.test(literal) ? `"${literal.replaceAll(/["\\]/g, "\\$&")}"` : literal;
}
