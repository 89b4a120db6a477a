# The hosts' sets: which there are, how one is fetched, looked through and brought into the repository. Part of offsite.sh.
# shellcheck shell=busybox disable=SC2153 # STORE and the rest are offsite.sh's.

# Bytes of the disk that stay free in any case.
MARGIN=${OFFSITE_MARGIN:-1073741824}

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
