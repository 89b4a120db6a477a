#!/bin/sh
# Brings hosts' sets of backups into an encrypted repository elsewhere, and keeps that in order (docs/backups.md#copies-elsewhere).
# usage: offsite.sh push      takes every set that is not there yet
#        offsite.sh upkeep    forgets what is older than is kept, frees its room, and reads a part of what stays
#        offsite.sh give <host> <set>    writes a set's files, as tar has them
#
# It runs in Restic's own image, whose shell is BusyBox'. Beside it lie `hosts`, the hosts by name, whether each may be away, and after how
# many seconds its copies are overdue; and `ssh/config`, how they are logged in to. RESTIC_REPOSITORY is in its environment.
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

# Bytes of the disk that stay free in any case.
MARGIN=${OFFSITE_MARGIN:-1073741824}
# How long Restic waits for somebody else's lock at a time, and how often: a lock that nobody renews is stale after 30 minutes.
LOCK_PATIENCE=2m LOCK_TRIES=18
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

# The keys of the bucket, where Restic reads them: a file that goes with the container. A local repository has none.
give_keys() {
  [ -e "$SECRETS/access_key" ] || return 0
  AWS_SHARED_CREDENTIALS_FILE=$(mktemp)
  export AWS_SHARED_CREDENTIALS_FILE
  printf '[default]\naws_access_key_id = %s\naws_secret_access_key = %s\n' \
    "$(cat "$SECRETS/access_key")" "$(cat "$SECRETS/secret_key")" > "$AWS_SHARED_CREDENTIALS_FILE"
}

# Runs Restic. Locks of the dead are removed once they are stale, those of the living waited for.
repository() {
  local try=1 code
  while :; do
    code=0
    restic --retry-lock "$LOCK_PATIENCE" "$@" || code=$?
    if [ "$code" -ne 11 ] || [ "$try" -ge "$LOCK_TRIES" ]; then return "$code"; fi
    try=$((try + 1))
    restic unlock >&2
  done
}

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

# Expects the repository. At the very first time it is made; later on, one that is gone is for a person to look at.
open_repository() {
  local code=0 id
  id=$(restic cat config --no-lock 2> "$STORE/.said") || code=$?
  case $code in
    0)
      id=$(echo "$id" | jq --raw-output .id)
      if [ ! -s "$STORE/repository" ]; then echo "$id" | note repository; fi
      [ "$(cat "$STORE/repository")" = "$id" ] || fail "expected the repository $(cat "$STORE/repository") at $RESTIC_REPOSITORY," \
        "found $id. If that is meant: remove $STORE/repository"
      ;;
    10)
      [ ! -s "$STORE/repository" ] || fail "expected the repository $(cat "$STORE/repository") at $RESTIC_REPOSITORY, found none." \
        "Nothing was made. Bring it back (docs/backups.md#a-deletion-in-the-bucket); to begin anew, remove $STORE/repository"
      restic init --quiet
      restic cat config --no-lock | jq --raw-output .id | note repository
      ;;
    12) fail "the repository's password is another one (RESTIC_PASSWORD_FILE). Nothing was done" ;;
    *)
      cat "$STORE/.said" >&2
      fail "the repository $RESTIC_REPOSITORY cannot be read: exit code $code. Nothing was done"
      ;;
  esac
  restic unlock --quiet
}

# Notes which snapshots there are. Those that Restic could not finish are none.
note_snapshots() {
  touch "$STORE/incomplete"
  repository snapshots --json --no-lock > "$STORE/.snapshots"
  jq --rawfile incomplete "$STORE/incomplete" '($incomplete | split("\n")) as $bad
    | [(. // [])[] | select(.id as $id | $bad | index($id) | not)
      | { id: .short_id, host: .hostname, time, set: ((.tags // [])[] | select(startswith("set=")) | .[4:]),
          bytes: .summary.total_bytes_processed }]' "$STORE/.snapshots" > "$STORE/.noted"
  mv "$STORE/.noted" "$STORE/snapshots.json"
}

# What a host's newest snapshot says. usage: newest <host> <filter>
newest() { jq --raw-output --arg host "$1" "[.[] | select(.host == \$host)] | sort_by(.time) | last | $2" "$STORE/snapshots.json"; }

# Seconds since 1970 of a moment such as 2026-11-29T02:55:00.5Z.
seconds() { date -d "$(echo "$1" | cut -c 1-19 | tr T ' ')" +%s; }

visit() { ssh -F "$HERE/ssh/config" "$@"; }

free() { df -P -k "$STORE" | awk 'NR == 2 { printf "%.0f\n", $4 * 1024 }'; }

# Exit code for a set that is no good as its host has it: another try gets the same.
SPOILT=3
spoilt() { echo "offsite: $*" >&2; exit "$SPOILT"; }

# Whether what lies in a folder is the set that it says, as it was written. usage: expect_set <folder> <host> <set>
expect_set() {
  local said there
  [ -z "$(find "$1" ! -type f ! -type d)" ] || spoilt "$2: expected files in $3, found something else"
  [ -f "$1/SHA256SUMS" ] && [ -f "$1/manifest.json" ] || spoilt "$2: expected $3 with its sums, found it without"
  (cd "$1" && sha256sum -c SHA256SUMS > /dev/null) || spoilt "$2: a file of $3 is not as it was written"
  said=$(sed 's/^[0-9a-f]*  //' "$1/SHA256SUMS" | sort)
  there=$(cd "$1" && find . -type f ! -path ./SHA256SUMS | sed 's|^\./||' | sort)
  [ "$said" = "$there" ] || spoilt "$2: expected the files of SHA256SUMS in $3, and no others"
  [ "$(jq --raw-output '.host + " " + .set' "$1/manifest.json")" = "$2 $3" ] || spoilt "$2: expected the manifest of $3"
}

# Takes a set into a folder: all of it, or the run ends. usage: fetch <host> <set> <bytes> <folder>
fetch() {
  local there from
  there=$(free)
  [ "$there" -ge $(($3 + MARGIN)) ] || fail "$1: expected $((($3 + MARGIN) / 1048576)) MiB free on the disk of $STORE," \
    "of which $((MARGIN / 1048576)) MiB stay free, found $((there / 1048576)) MiB"
  mkfifo "$STORE/.stream"
  visit "$1" "get $2" > "$STORE/.stream" &
  from=$!
  tar -x -o -C "$4" < "$STORE/.stream" || fail "$1: $2 could not be unpacked"
  wait "$from" || fail "$1: $2 could not be fetched"
  rm "$STORE/.stream"
  expect_set "$4" "$1" "$2"
}

# The moment that a snapshot is given: that of the set, but always later than the host's others and never to come. A host that was taken
# over, or whose clock is wrong, cannot push older snapshots out of their places. usage: moment <host> <begun>
moment() {
  local now last set
  now=$(date +%s) set=$(seconds "$2") last=$(newest "$1" '.time // empty')
  last=$([ -z "$last" ] && echo 0 || seconds "$last")
  [ "$last" -le $((now + DAY)) ] || fail "$1: its newest snapshot is of $(moment_of "$last"), which is" \
    "more than a day to come: is this host's clock right?"
  if [ "$set" -gt "$now" ] || [ "$set" -le "$last" ]; then set=$now; fi
  if [ "$set" -le "$last" ]; then set=$((last + 1)); fi
  date -u -d "@$set" '+%Y-%m-%d %H:%M:%S'
}

# Brings one set into the repository. usage: take <host> <set> <bytes>
take() {
  local place=$SETS/$1 code=0 time bytes
  rm -rf "$SETS" "$STORE/.stream"
  mkdir -p "$place"
  fetch "$1" "$2" "$3" "$place"
  time=$(moment "$1" "$(jq --raw-output .started "$place/manifest.json")")
  repository backup --quiet --json --host "$1" --tag "set=$2" --time "$time" "$place" > "$STORE/.said" || code=$?
  bytes=$(find "$place" -type f -exec stat -c %s {} + | awk '{ sum += $1 } END { printf "%.0f\n", sum }')
  if [ "$code" -ne 0 ] || [ "$(jq --slurp 'last.total_bytes_processed' "$STORE/.said")" != "$bytes" ]; then
    repository snapshots --json --no-lock --host "$1" --tag "set=$2" | jq --raw-output '(. // [])[].id' >> "$STORE/incomplete"
    fail "$1: $2 is not in the repository: exit code $code"
  fi
  rm -rf "$SETS"
  say "$1: $2 is in the repository, $((bytes / 1024)) KiB"
}

# Whether a set is, or once was, in the repository, or is older than what is: by its number and by its moment, as one of them alone begins
# anew with a new computer or a wrong clock. usage: is_taken <host> <set>
is_taken() {
  local last
  last=$(newest "$1" '.set // empty')
  [ -n "$last" ] || return 1
  [ "${2%-*}" -le "${last%-*}" ] && [ "$(digits "$2")" -le "$(digits "$last")" ]
}

# 20261129025500 of 000042-20261129T025500Z.
digits() { echo "${1#*-}" | tr -d TZ; }

# Brings all sets of a host that the repository lacks, the oldest first. One that is no good is passed over, as it would keep all later
# ones out; anything else ends it, since each set comes after the one before. usage: collect <host> <may be away: yes or no>
collect() {
  local list code=0 set bytes result=0
  list=$STORE/.list
  visit "$1" list > "$list" || code=$?
  if [ "$code" -eq 255 ] && [ "$2" = yes ]; then
    say "$1 cannot be reached; its sets are taken when it is back"
    return 0
  fi
  [ "$code" -eq 0 ] || fail "$1 does not say which sets it has: exit code $code"
  [ -s "$list" ] || fail "$1: expected a set of backups, found none"
  ! grep -q -v -E '^[0-9]{6}-[0-9]{8}T[0-9]{6}Z [0-9]{1,15}$' "$list" || fail "$1: expected names of sets and their bytes"
  while read -r set bytes; do
    if ! is_taken "$1" "$set"; then
      code=0
      # A program of its own, as it ends at the first thing that is wrong; and what asks the host must not read the list.
      sh "$SELF" take "$1" "$set" "$bytes" < /dev/null || code=$?
      case $code in
        0) note_snapshots ;;
        "$SPOILT") result=$code ;;
        *) return "$code" ;;
      esac
    fi
  done < "$list"
  return "$result"
}

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
