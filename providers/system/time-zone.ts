import type { Aspect } from "./aspect";

/**
 * Not by timedatectl, which tells the kernel, too: one that was never told takes it that its clock ran in that zone, and moves the
 * clock, and a lab machine's kernel is the one of all. cron reads the zone when it starts.
 */
const SET = `set -eu
[ -e "/usr/share/zoneinfo/$1" ] || { echo "expected the time zone $1, found none of that name: install tzdata, or name another one" >&2; exit 45; }
ln -s "../usr/share/zoneinfo/$1" /etc/localtime.new
mv -T /etc/localtime.new /etc/localtime
systemctl try-restart cron.service`;

/** The zone of a host's clock: of its logs, timers and cron jobs. */
export const timeZone: Aspect<string> = {
  observe: async (host) =>
    (await host.output(["readlink", "/etc/localtime"], { reads: true })).trim().replace(/^.*\/zoneinfo\//, ""),
  ensure: async (host, wanted) => void (await host.script(SET, [wanted])),
};
