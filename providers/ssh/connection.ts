import type { Connection, Login } from "../../model/connection";
import { hostKeyAlgorithms, KEEPALIVE, LOGIN_SECONDS } from "./policy";
import { commandLine } from "./quote";

export type { Connection, Login };

/** What messages call an SSH server. */
export const nameOf = ({ user, host, port }: Login): string => `${user}@${host}:${port}`;

/** Equal for two connections that are the same in everything that a login depends on, the pinned keys among it. */
export const keyOf = ({ jump, ...host }: Connection): string =>
  JSON.stringify([fieldsOf(host), jump && fieldsOf(jump)]);

const fieldsOf = ({ user, host, port, hostKey, identityFile }: Login): unknown[] => [
  user,
  host,
  port,
  hostKey,
  identityFile,
];

/**
 * Options for OpenSSH's `ssh` that trust the pinned host key and nothing else, and go by the jump host where there is one. No
 * config file is read, neither the user's nor the machine's: a shared master connection there would let a wrong key pass, a
 * `RemoteCommand` would break every call.
 */
export const sshOptions = (connection: Connection): string[] =>
  asArguments({
    ...loginOptions(connection),
    ...(connection.jump === undefined ? {} : { ProxyCommand: proxyCommand(jumpCommand(connection.jump, connection)) }),
  });

/** Each as `-o Name=value`, behind what keeps every config file out. */
export const asArguments = (options: Readonly<Record<string, string>>): string[] => [
  ...["-F", "none"],
  ...Object.entries(options).flatMap(([name, value]) => ["-o", `${name}=${value}`]),
];

/** The name under which OpenSSH looks a host's key up. */
const knownHostName = ({ host, port }: Login): string => (port === 22 ? host : `[${host}]:${port}`);

/** Of one login. The key is handed over by KnownHostsCommand, so no file has to exist on the machine that runs a refresh. */
export const loginOptions = (login: Login): Record<string, string> => ({
  StrictHostKeyChecking: "yes",
  UserKnownHostsFile: "/dev/null",
  GlobalKnownHostsFile: "/dev/null",
  KnownHostsCommand: `/bin/echo ${knownHostName(login)} ${login.hostKey}`,
  HostKeyAlgorithms: hostKeyAlgorithms(login).join(","),
  BatchMode: "yes",
  PreferredAuthentications: "publickey",
  ...identityOptions(login),
  ConnectTimeout: String(LOGIN_SECONDS),
  ServerAliveInterval: String(KEEPALIVE.seconds),
  ServerAliveCountMax: String(KEEPALIVE.unanswered),
  LogLevel: "ERROR",
});

/** The command whose input and output are a stream to the target's SSH server, from the jump host. */
export const jumpCommand = (jump: Login, { host, port }: Login): string[] => [
  ...["ssh", ...sshOptions(jump), "-W", `[${host}]:${port}`],
  ...["-p", String(jump.port), `${jump.user}@${jump.host}`],
];

/** A command for the option ProxyCommand, where `%` would start a token. */
export const proxyCommand = (argv: readonly string[]): string => commandLine(argv).replaceAll("%", "%%");

/** One key, whose private part may be with the agent, or all keys of the agent: as ssh2 is told, too. */
const identityOptions = ({ identityFile }: Login): Record<string, string> =>
  identityFile === undefined
    ? { IdentityFile: "none" }
    : { IdentityFile: optionPath(identityFile), IdentitiesOnly: "yes" };

/** A path as an option of OpenSSH: `%` would start a token there, and a space would end the word. */
function optionPath(file: string): string {
  const literal = file.replaceAll("%", "%%");
  return /[\s"'\\]/.test(literal) ? `"${literal.replaceAll(/["\\]/g, "\\$&")}"` : literal;
}
