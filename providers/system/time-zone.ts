import type { Aspect } from "./aspect";

/**
 * What `timedatectl` does, without its word to the kernel: the first one after a boot moves the clock, of a container's whole machine, too.
 * systemd sees the link change, cron reads the zone when it starts.
 */
const SET = `set -eu
[ -e "/usr/share/zoneinfo/$1" ] || { echo "expected the time zone $1, found none of that name: install tzdata, or name another one" >&2; exit 45; }
ln -sfn "/usr/share/zoneinfo/$1" /etc/.localtime.candidate
mv -fT /etc/.localtime.candidate /etc/localtime
if [ -e /etc/timezone ]; then echo "$1" > /etc/timezone; fi
systemctl try-restart cron.service`;

/** The zone of a host's clock: of its logs, timers and cron jobs. */
export const timeZone: Aspect<string> = {
  observe: async (host) =>
    (await host.output(["readlink", "/etc/localtime"], { reads: true })).trim().replace(/^.*\/zoneinfo\//, ""),
  ensure: async (host, wanted) => void (await host.script(SET, [wanted])),
};
