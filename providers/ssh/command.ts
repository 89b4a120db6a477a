import type { Connection } from "./connection";
import { patientOptions } from "./engine-options";
import { remoteCommand } from "./quote";

/** `argv` as root: another login user may use sudo without a password. */
export const asRoot = ({ user }: Pick<Connection, "user">, argv: readonly string[]): readonly string[] =>
  user === "root" ? argv : ["sudo", "-n", "--", ...argv];

/**
 * The command line of OpenSSH that runs `argv` on a host as root, with this terminal's input and output.
 * @param terminal whether the command gets a terminal of its own there
 */
export function sshCommand(connection: Connection, argv: readonly string[], terminal: boolean): string[] {
  const { user, host, port } = connection;
  return [
    ...["ssh", ...patientOptions(connection), "-p", String(port), terminal ? "-tt" : "-T"],
    ...[`${user}@${host}`, "--", remoteCommand(asRoot(connection, argv))],
  ];
}
