import { writeFile } from "../host/write-file";
import type { Aspect } from "./aspect";

const FILE = "/var/lib/vpai/swap";
const UNIT = "var-lib-vpai-swap.swap";

/** MiB that have to be free beside the file. */
const RESERVE = 1024;

/** MiB of all swap; a file's own header is left out. */
const READ = "awk 'NR > 1 { kib += $3 + 4 } END { print int(kib / 1024) }' /proc/swaps";

/** Makes up what others lack of the size. Arguments: file, unit, MiB of all swap, MiB to spare. */
const MAKE = `set -eu
file=$1 unit=$2
systemctl stop "$unit" 2>/dev/null || :
rm -f "$file"; mkdir -p "$(dirname "$file")"
others=$(${READ})
size=$(($3 - others))
free=$(df -m --output=avail -- "$(dirname "$file")" | tail -n 1 | tr -d ' ')
[ "$free" -ge $((size + $4)) ] || {
  echo "expected $((size + $4)) MiB of free space for a swap file of $size MiB, found $free MiB: free some, or give the host a smaller one" >&2
  exit 45
}
(umask 077; fallocate -l "\${size}M" "$file" || dd if=/dev/zero of="$file" bs=1M count="$size" status=none)
mkswap --quiet "$file" >/dev/null
systemctl daemon-reload
systemctl enable --now --quiet "$unit"`;

/** MiB of swap that a host has at least, by a file of ours beside what it has. */
export const swap: Aspect<number> = {
  async observe(host, wanted) {
    const found = Number((await host.script(READ, [], { reads: true })).trim());
    return found >= wanted ? wanted : found;
  },
  async ensure(host, wanted) {
    const content = `[Swap]\nWhat=${FILE}\n\n[Install]\nWantedBy=swap.target\n`;
    await writeFile(host, { path: `/etc/systemd/system/${UNIT}`, content, owner: "0:0", mode: "0644" });
    await host.script(MAKE, [FILE, UNIT, String(wanted), String(RESERVE)]);
  },
};
