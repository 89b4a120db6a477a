import { setTimeout as sleep } from "node:timers/promises";
import type { Connection } from "../ssh/connection";
import { type CommandRunner, Transport } from "../ssh/transport";

/** Why a host wants a reboot, a line each: what packages ask for, a newer kernel, options of the kernel that it has not yet. */
const REASONS = `if [ -e /run/reboot-required ] || [ -e /var/run/reboot-required ]; then
  packages=$(sort -u /run/reboot-required.pkgs 2>/dev/null | tr '\\n' ' ')
  echo "packages ask for it\${packages:+: \${packages% }}"
fi
running=$(uname -r)
newest=$(ls /boot 2>/dev/null | sed -n "s/^vmlinuz-\\(.*-\${running##*-}\\)$/\\1/p" | sort -V | tail -n 1)
[ -z "$newest" ] || [ "$newest" = "$running" ] || echo "Linux $newest is installed, $running runs"
for option in cgroup_enable=memory; do
  if grep -qsw -- "$option" /boot/firmware/cmdline.txt && ! grep -qw -- "$option" /proc/cmdline; then
    echo "the kernel runs without $option"
  fi
done`;

/** Why a host wants a reboot; empty when it wants none. */
export const rebootReasons = async (host: CommandRunner): Promise<string[]> =>
  (await host.output(["sh", "-c", REASONS], { reads: true })).split("\n").filter((line) => line !== "");

/** Names one run of the system, of a container's, too, whose kernel runs on. */
const BOOT = "cat /proc/sys/kernel/random/boot_id; systemctl show --property UserspaceTimestampMonotonic --value";

const bootOf = (host: CommandRunner): Promise<string> => host.output(["sh", "-c", BOOT], { reads: true });

/** The answer to us is on its way before the system ends. */
const REBOOT = [
  "systemd-run",
  "--quiet",
  "--collect",
  "--on-active=1s",
  "--timer-property=AccuracySec=100ms",
  "systemctl",
  "reboot",
];

/**
 * Reboots a host.
 * @param patience seconds in which it has to be back and let us in
 * @returns seconds until it did
 * @throws when it is not back in time
 */
export async function reboot(connection: Connection, patience: number): Promise<number> {
  const before = new Transport(connection);
  const began = Date.now();
  const boot = await bootOf(before)
    .then(async (found) => {
      await before.output(REBOOT);
      return found;
    })
    .finally(() => before.close());
  for (;;) {
    await sleep(2000);
    if (await isBackSince(boot, connection)) return (Date.now() - began) / 1000;
    if (Date.now() - began > patience * 1000)
      throw new Error(
        `${connection.host}: expected it back within ${patience} s of its reboot, found that it does not let us in as ` +
          `${connection.user} on port ${connection.port}, or never went down: look at its console`,
      );
  }
}

async function isBackSince(boot: string, connection: Connection): Promise<boolean> {
  const host = new Transport(connection, 0);
  try {
    return (await bootOf(host)) !== boot;
  } catch {
    return false;
  } finally {
    host.close();
  }
}
