# All databases of a Redis, as of one moment.
# usage: redis.sh <verb> <folder of its data>
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

count() { rows keys "$(ask INFO keyspace | sed -n 's/^db[0-9]*:keys=\([0-9]*\),.*/\1/p' | awk '{ sum += $1 } END { print sum + 0 }')"; }

# A Redis that keeps a log of what it is told reads that log and no snapshot: it is made from the snapshot here, once.
BECOME='set -e
redis-server --dir /data --port 0 --unixsocket /data/socket --appendonly no --save "" --daemonize yes --logfile /data/log >/dev/null
ask() { redis-cli -s /data/socket "$@"; }
waited=0
until [ "$(ask ping 2>/dev/null)" = PONG ]; do waited=$((waited + 1)); [ $waited -lt 600 ]; sleep 1; done
ask config set appendonly yes >/dev/null
until ask info persistence | grep -q "^aof_rewrite_in_progress:0" && ask info persistence | grep -q "^aof_rewrite_scheduled:0"; do sleep 1; done
ask info persistence | grep -q "^aof_last_bgrewrite_status:ok"
ask info keyspace | sed -n "s/^db.*:keys=\([0-9]*\),.*/\1/p" | { sum=0; while read -r keys; do sum=$((sum + keys)); done; echo "$sum"; }
ask shutdown nosave
while [ -e /data/socket ]; do sleep 0.1; done
rm -f /data/log'

prepare() {
  local new=$1.restoring owner expected found
  expected=$(verify "$@" | sed -n 's/^rows\tkeys\t//p')
  owner=$(stat --format %u:%g "$1")
  rm -rf "$new"
  mkdir --mode "$(stat --format %a "$1")" "$new"
  cp "$OUT/dump.rdb" "$new/dump.rdb"
  chown -R "$owner" "$new"
  # As much as the Redis itself may use.
  MEMORY=$(docker inspect --format '{{.HostConfig.Memory}}' "$CONTAINER")
  found=$(apart "$owner" none --volume "$new:/data" --entrypoint sh "$(own_image)" -c "$BECOME")
  [ -d "$new/appendonlydir" ] || fail "expected a log made from the snapshot, found none"
  # Keys whose time has come are gone by now.
  [ "$found" -le "$expected" ] || fail "expected $expected keys, found $found"
  [ "$found" -gt 0 ] || [ "$expected" -eq 0 ] || fail "expected $expected keys, found none"
}

switch() { switch_folders "$1"; }

revert() { revert_folders "$1"; }

settle() { settle_folders "$1"; }

discard() { rm -rf "$1.restoring"; }

"$@"
