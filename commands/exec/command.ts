/** Runs a command as the user of a unit, in its folder, with its environment but none of its sandbox. */
const AS_UNIT = `unit=$1; shift
user=$(systemctl show --property User --value -- "$unit")
folder=$(systemctl show --property WorkingDirectory --value -- "$unit")
cd "\${folder:-/}" && exec setpriv --reuid "\${user:-root}" --regid "$(id -g "\${user:-root}")" --init-groups -- "$@"`;

/**
 * The command on the host that runs `argv` where a service runs: in its container, or as its unit's user.
 * @param terminal whether there is a terminal to talk to
 */
export const execCommand = (
  service: { container: string } | { unit: string },
  argv: readonly string[],
  terminal: boolean,
): string[] =>
  "container" in service
    ? ["docker", "exec", "--interactive", ...(terminal ? ["--tty"] : []), service.container, ...argv]
    : ["sh", "-c", AS_UNIT, "vpai", service.unit, ...argv];
