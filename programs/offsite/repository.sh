# The encrypted repository: how Restic is run, whether it is the one that it was, and which snapshots it has. Part of offsite.sh.
# shellcheck shell=busybox disable=SC2153 # STORE and the rest are offsite.sh's.

# How long Restic waits for somebody else's lock at a time, and how often: a lock that nobody renews is stale after 30 minutes.
LOCK_PATIENCE=2m LOCK_TRIES=18

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
