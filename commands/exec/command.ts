/**
 * Runs a command as the user of a unit, in its folder, with the environment of its program, as that runs, but none of its sandbox.
 * What systemd tells a program of its own run stays with that one.
 */
const AS_UNIT = `unit=$1; shift
show() { systemctl show --property "$1" --value -- "$unit"; }
user=$(show User); folder=$(show WorkingDirectory); pid=$(show MainPID); environment=()
if [ "\${pid:-0}" = 0 ]; then echo "$unit does not run: the command goes without its environment" >&2
else while IFS= read -r -d '' entry; do
  case $entry in NOTIFY_SOCKET=*|JOURNAL_STREAM=*|INVOCATION_ID=*|SYSTEMD_EXEC_PID=*) ;; *) environment+=("$entry") ;; esac
done <"/proc/$pid/environ"; fi
cd "\${folder:-/}" && exec env "\${environment[@]}" \\
  setpriv --reuid "\${user:-root}" --regid "$(id -g "\${user:-root}")" --init-groups -- "$@"`;

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
    : ["bash", "--norc", "-c", AS_UNIT, "vpai", service.unit, ...argv];
