import { setTimeout as sleep } from "node:timers/promises";
import type { Transport } from "../ssh/transport";

/** Somebody who has the packages of a host to himself at the moment. */
interface LockHolder {
  pid: number;
  /** Command line of the process. */
  command: string;
}

/** Prints process and command line of whoever has one of the locks of apt and dpkg, by a lock that the kernel knows of. */
const HOLDER = `for file in /var/lib/dpkg/lock-frontend /var/lib/dpkg/lock /var/lib/apt/lists/lock /var/cache/apt/archives/lock; do
  inode=$(stat -c %i "$file" 2>/dev/null) || continue
  for pid in $(awk -v inode="$inode" '$2 == "POSIX" && $6 ~ (":" inode "$") { print $5 }' /proc/locks); do
    for open in /proc/"$pid"/fd/*; do
      [ "$(readlink "$open")" = "$file" ] || continue
      echo "$pid $(tr '\\0' ' ' < "/proc/$pid/cmdline")"; exit
    done
  done
done`;

/** Who holds a lock of apt or dpkg; undefined when nobody does. */
export async function lockHolder(host: Transport): Promise<LockHolder | undefined> {
  const [, pid, command = ""] = /^(\d+) (.*)$/m.exec(await host.script(HOLDER, [], { reads: true })) ?? [];
  return pid === undefined ? undefined : { pid: Number(pid), command: command.trim() };
}

/**
 * Waits until nobody holds a lock of apt or dpkg.
 * @param patience in seconds
 * @returns seconds that are left
 * @throws when somebody still does, with the process
 */
export async function untilUnlocked(host: Transport, patience: number): Promise<number> {
  const deadline = Date.now() + patience * 1000;
  for (;;) {
    const holder = await lockHolder(host);
    if (holder === undefined) return Math.max(1, Math.round((deadline - Date.now()) / 1000));
    if (Date.now() >= deadline) throw new Error(heldBy(host, holder, patience));
    await sleep(Math.min(2000, Math.max(100, deadline - Date.now())));
  }
}

/** What is said of a lock that was waited for in vain. */
export const heldBy = ({ name }: Transport, { pid, command }: LockHolder, patience: number): string =>
  `${name}: expected the lock of apt and dpkg within ${patience} s, found it held by process ${pid} (${command}): ` +
  `wait until that has ended, or look at it (\`ps -fp ${pid}\`), then run up again`;
