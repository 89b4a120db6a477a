#!/bin/sh
# Brings hosts' sets of backups into an encrypted repository elsewhere, and keeps that in order (docs/backups.md#copies-elsewhere).
# usage: offsite.sh push      takes every set that is not there yet
#        offsite.sh upkeep    forgets what is older than is kept, frees its room, and reads a part of what stays
#        offsite.sh give <host> <set>    writes a set's files, as tar has them
#
# It runs in Restic's own image, whose shell is BusyBox'. Beside it lie `hosts`, the hosts by name, whether each may be away, and after how
# many seconds its copies are overdue; `ssh/config`, how they are logged in to; and its parts, for the repository and for the hosts' sets.
# RESTIC_REPOSITORY is in its environment.
set -eu
umask 077
export LC_ALL=C TZ=UTC

SELF=$0
HERE=$(dirname "$0")
SECRETS=${OFFSITE_SECRETS:-/run/secrets}
STORE=${OFFSITE_STORE:-/srv/offsite}
METRICS=${OFFSITE_METRICS:-/srv/metrics}
# Where a set lies while it is pushed: always the same place, so that Restic finds in it what yesterday's had.
SETS=$STORE/sets

# Seconds that one of the two jobs waits for the other one.
PATIENCE=${OFFSITE_PATIENCE:-7200}
# Of so many parts of the repository, one is read at each upkeep.
PARTS=8
DAY=86400

export RESTIC_CACHE_DIR=$STORE/cache RESTIC_PASSWORD_FILE=$SECRETS/password

say() { echo "offsite: $*"; }
fail() { echo "offsite: $*" >&2; exit 1; }

# Notes its input for the next run: all of it, or what was noted before stays, also where the disk is full. usage: note <file of the store>
note() { cat > "$STORE/.note" && mv -f "$STORE/.note" "$STORE/$1"; }

# shellcheck source=repository.sh
. "$HERE/repository.sh"
# shellcheck source=sets.sh
. "$HERE/sets.sh"

# Takes up to 300 numbers of processes. Restic takes a lock of this host for one of the living while some process has its owner's number,
# and each container begins to count anew: numbers that differ from run to run tell yesterday's from today's.
other_numbers() {
  local left
  left=$(($(date +%s) % 300))
  while [ "$left" -gt 0 ]; do
    (:)
    left=$((left - 1))
  done
}

# Holds the lock of both jobs until this program ends.
alone() {
  other_numbers
  mkdir -p "$STORE"
  exec 9> "$STORE/.lock"
  timeout "$PATIENCE" flock 9 || fail "another job has been at the repository for more than $PATIENCE s; nothing was done"
  expect_time_goes_on
}

# Expects this host's clock to be later than when the last run ended: one that was set back would have snapshots take the places of others.
expect_time_goes_on() {
  local now last
  now=$(date +%s) last=$(cat "$STORE/clock" 2> /dev/null || echo 0)
  [ "$now" -ge "${last:-0}" ] || fail "this host's clock says $(moment_of "$now"), and said $(moment_of "$last") before." \
    "Nothing was done. If it is right now: remove $STORE/clock"
  echo "$now" | note clock
  trap 'date +%s | note clock' EXIT
}

# 2026-11-29T02:55:00Z of a number of seconds.
moment_of() { date -u -d "@$1" +%Y-%m-%dT%H:%M:%SZ; }

metric() { printf '# TYPE %s gauge\n' "$1"; }

# Writes what the host's collector reads. The age of what was never there counts from the first run on.
report() {
  local host away overdue time
  [ -s "$STORE/since" ] || date +%s | note since
  : > "$STORE/.figures"
  while read -r host away overdue; do
    time=$(newest "$host" '.time // empty')
    time=$([ -z "$time" ] && cat "$STORE/since" || seconds "$time")
    {
      printf 'backup_last_success_timestamp_seconds{backup="%s-offsite"} %s\n' "$host" "$time"
      printf 'backup_overdue_after_seconds{backup="%s-offsite"} %s\n' "$host" "$overdue"
      printf 'backup_size_bytes{backup="%s-offsite"} %s\n' "$host" "$(newest "$host" '.bytes // 0')"
      printf 'backup_exit_code{backup="%s-offsite"} %s\n' "$host" "$(cat "$STORE/exit/$host" 2> /dev/null || echo 0)"
    } >> "$STORE/.figures"
  done < "$HERE/hosts"
  mkdir -p "$METRICS"
  for name in backup_last_success_timestamp_seconds backup_overdue_after_seconds backup_size_bytes backup_exit_code; do
    metric "$name"
    grep "^$name{" "$STORE/.figures" || true
  done > "$METRICS/.offsite.new"
  chmod 0644 "$METRICS/.offsite.new"
  mv -f "$METRICS/.offsite.new" "$METRICS/offsite.prom"
}

push() {
  local host away overdue code failed=0
  alone
  # What a run that was killed has left.
  rm -rf "$SETS" "$STORE"/.stream "$STORE"/.said
  give_keys
  open_repository
  note_snapshots
  mkdir -p "$STORE/exit"
  while read -r host away overdue; do
    code=0
    # A program of its own, too: the other hosts have their turn all the same.
    sh "$SELF" collect "$host" "$away" < /dev/null || code=$?
    # Where a set has filled the disk, the others and the notes of this run need its room.
    rm -rf "$SETS" "$STORE"/.stream
    [ "$code" -eq 0 ] || failed=1
    echo "$code" | note "exit/$host"
  done < "$HERE/hosts"
  note_snapshots
  report
  [ "$failed" -eq 0 ] || fail "not every host's sets are in the repository"
  say "every set that could be reached is in the repository"
}

# How many snapshots of each host stay (docs/requirements.md#backups).
forget() {
  repository forget --quiet --group-by host --keep-daily 7 --keep-weekly 4 --keep-monthly 6 --keep-yearly 2
}

# Notes what was read last, and when.
upkeep() {
  local part
  alone
  give_keys
  open_repository
  if [ -s "$STORE/incomplete" ]; then
    # shellcheck disable=SC2046 # Ids have no blanks.
    repository forget --quiet $(cat "$STORE/incomplete")
    : > "$STORE/incomplete"
  fi
  forget
  repository prune --quiet --max-unused 5%
  part=$(cat "$STORE/part" 2> /dev/null || echo 0)
  part=$((${part:-0} % PARTS + 1))
  repository check --quiet --read-data-subset "$part/$PARTS" || fail "the repository is damaged: docs/backups.md#a-damaged-repository"
  echo "$part" | note part
  printf '{ "moment": "%s", "part": %s, "of": %s }\n' "$(date -u +%Y-%m-%dT%H:%M:%SZ)" "$part" "$PARTS" | note checked.json
  note_snapshots
  say "the repository is in order; part $part of $PARTS was read"
}

# Writes a set's files. usage: give <host> <set>
give() {
  local id
  give_keys
  id=$(restic snapshots --json --no-lock --host "$1" --tag "set=$2" | jq --raw-output '(. // []) | sort_by(.time) | last | .id // empty')
  [ -n "$id" ] || fail "$1: expected the copy of $2 in the repository, found none"
  exec restic dump --no-lock --archive tar "$id:$SETS/$1" /
}

case ${1:-} in
  push | upkeep)
    # The first process of a container is only told to end if it listens, and with it everything in the container ends.
    trap 'exit 143' TERM INT
    sh "$SELF" "do-$1" &
    wait "$!"
    ;;
  do-push) push ;;
  do-upkeep) upkeep ;;
  collect) collect "$2" "$3" ;;
  take) take "$2" "$3" "$4" ;;
  forget) forget ;;
  give) give "$2" "$3" ;;
  *) fail "expected push, upkeep or give, found ${1:-nothing}" ;;
esac
