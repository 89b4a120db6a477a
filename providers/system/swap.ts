import type { Aspect } from "./aspect";

const FILE = "/var/lib/vpai/swap";

/** MiB that have to be free beside the file. */
const RESERVE = 1024;

/** Prints MiB of all swap. Ours counts where it comes back with the next boot. A file's own header is left out of its size. */
const READ = `kept=$(grep -cs "^$1 " /etc/fstab)
awk -v file="$1" -v kept="$kept" 'NR > 1 && ($1 != file || kept > 0) { kib += $3 + 4 } END { print int(kib / 1024) }' /proc/swaps`;

/** Makes up what others lack of the size. Arguments: file, MiB of all swap, MiB to spare. */
const MAKE = `set -eu
mkdir -p "$(dirname "$1")"
others=$(awk -v file="$1" 'NR > 1 && $1 != file { kib += $3 + 4 } END { print int(kib / 1024) }' /proc/swaps)
size=$(($2 - others))
ours=$(stat -c %s "$1" 2>/dev/null || echo 0)
free=$(($(df -m --output=avail -- "$(dirname "$1")" | tail -n 1) + ours / 1048576))
[ "$free" -ge $((size + $3)) ] || {
  echo "expected $((size + $3)) MiB of free space for a swap file of $size MiB, found $free MiB: free some, or give the host less swap" >&2
  exit 45
}
swapoff "$1" 2>/dev/null || :
rm -f "$1"
(umask 077; fallocate -l "\${size}M" "$1" 2>/dev/null || dd if=/dev/zero of="$1" bs=1M count="$size" status=none)
mkswap "$1" >/dev/null
swapon "$1"
grep -qs "^$1 " /etc/fstab || {
  cp -p /etc/fstab /etc/fstab.candidate 2>/dev/null || : > /etc/fstab.candidate
  echo "$1 none swap sw 0 0" >> /etc/fstab.candidate
  sync /etc/fstab.candidate; mv -fT /etc/fstab.candidate /etc/fstab
}`;

/** MiB of swap that a host has at least, by a file of ours beside what it has. */
export const swap: Aspect<number> = {
  async observe(host, wanted) {
    const found = Number((await host.script(READ, [FILE], { reads: true })).trim());
    return found >= wanted ? wanted : found;
  },
  ensure: async (host, wanted) => void (await host.script(MAKE, [FILE, String(wanted), String(RESERVE)])),
};
