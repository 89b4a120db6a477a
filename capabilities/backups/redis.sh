# All databases of a Redis, as of one moment.
# usage: redis.sh dump|verify
. "$HERE/tools.sh"

# Seconds that a snapshot may take.
PATIENCE=600

# One command's answer. The password goes by standard input: neither an argument nor a variable shows it.
ask() {
  local answer
  answer=$({ printf 'AUTH default "%s"\n' "$(sed 's/[\\"]/\\&/g' "$SECRET")"; printf '%s\n' "$*"; } |
    inside redis-cli --no-auth-warning | tr -d '\r')
  [ "${answer%%$'\n'*}" = OK ] || fail "expected a login, found: ${answer%%$'\n'*}"
  printf '%s\n' "$answer" | tail -n +2
}

# A figure of the server's. usage: info <section> <key>
info() { ask INFO "$1" | sed -n "s/^$2://p"; }

idle() { [ "$(info persistence rdb_bgsave_in_progress)" = 0 ] && [ "$(info persistence aof_rewrite_in_progress)" = 0 ]; }

dump() {
  local before answer waited=0 quiet=0
  version "Redis $(info server redis_version)"
  before=$(ask LASTSAVE)
  # Two snapshots in one second could not be told apart.
  sleep 1.1
  answer=$(ask BGSAVE SCHEDULE)
  [[ $answer == Background\ saving\ * ]] || fail "expected a snapshot to begin, found: $answer"
  until [ "$(ask LASTSAVE)" -gt "$before" ]; do
    [ "$waited" -lt "$PATIENCE" ] || fail "no snapshot within $PATIENCE s"
    # One that waits for a rewrite of the log begins a moment after that has ended.
    if idle; then quiet=$((quiet + 1)); else quiet=0; fi
    [ "$quiet" -lt 3 ] || fail "Redis wrote no snapshot ($(info persistence rdb_last_bgsave_status)); its log says why"
    sleep 1
    waited=$((waited + 1))
  done
  inside cat /data/dump.rdb > "$OUT/dump.rdb"
}

verify() {
  local said
  said=$(apart 0:0 none --volume "$OUT:/part:ro" --entrypoint redis-check-rdb "$(own_image)" /part/dump.rdb) ||
    fail "$said"
  grep -q 'RDB looks OK' <<< "$said" || fail "$said"
  rows keys "$(sed -n 's/.*\] \([0-9][0-9]*\) keys read$/\1/p' <<< "$said")"
}

"$@"
