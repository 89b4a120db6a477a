/**
 * Starts a unit, shows what it logs from then on, and ends as it does. One that runs already is followed. systemd tries a
 * failed one again where its file says so, which counts as running.
 */
const FOLLOW = `unit=$1
show() { systemctl show --property "$1" --value -- "$unit"; }
[ "$(show LoadState)" = loaded ] || { echo "$unit: expected a unit of this host, found none; run make up" >&2; exit 44; }
case $(show ActiveState) in activating|active|reloading) echo "$unit runs already" >&2 ;; esac
since=$(date +%s)
systemctl start --no-block -- "$unit" || exit 1
journalctl --quiet --no-pager --output cat --follow --lines all --since "@$since" --unit "$unit" & log=$!
trap 'kill "$log" 2>/dev/null' EXIT
sleep 0.3
while :; do
  case $(show ActiveState) in inactive|failed) break ;; esac
  sleep 0.5
done
sleep 0.7
result=$(show Result) code=$(show ExecMainStatus)
echo "$unit: $result" >&2
[ "$result" = success ] && exit 0
[ "$code" -gt 0 ] 2>/dev/null && [ "$code" -lt 255 ] && exit "$code"
exit 1`;

/** The command on the host that runs a job, and gives its result. */
export const followCommand = (unit: string): string[] => ["sh", "-c", FOLLOW, "vpai", unit];
