# Data that one major version of a program alone can read, and how they pass to a higher one (docs/releases.md#major-versions).
# Part of backup.sh, which reads this for its verbs:
#   migrate <service> <id of the next image> <its reference> <the release that was made before it, or ->
#   holds <service>                   tells the version of the data in use, where they are, and their bytes
#   fits <service> <id of an image>   lets a version start only on data that it reads: brings those of before back where nothing is
#                                     lost by that, and fails otherwise
#
# The plan says which services have such data, and by which method they pass on. What a method does is beside what is in use; only
# its `switch` is not, and that is a rename.
# shellcheck shell=bash disable=SC2153 # FOLDER and the rest are backup.sh's.

# Finds how a service's data pass on. usage: versions_of <service>
versions_of() {
  local line fields
  for line in "${VERSIONS[@]}"; do
    IFS=$'\t' read -r -a fields <<< "$line"
    [ "${fields[0]}" = "$1" ] || continue
    VERSIONED=$1 VERSION_METHOD=${fields[1]} VERSION_ARGUMENTS=("${fields[@]:3}")
    DATA=${fields[2]}
    export DATA
    return 0
  done
  return 1
}

# Runs a verb of its method. usage: versions <verb>
versions() {
  PART=$VERSIONED SERVICE=$VERSIONED CONTAINER=$PREFIX$VERSIONED bash "$HERE/$VERSION_METHOD.sh" "$1" "${VERSION_ARGUMENTS[@]}" < /dev/null
}

expect_versions() { versions_of "$1" || fail "expected a service whose data are of one version, found $1"; }

# The version of the data in use, as far as there are any: FOUND, and their BYTES.
find_version() {
  FOUND='' BYTES=0
  IFS=$'\t' read -r FOUND _ BYTES < <(versions found) || true
}

# Id of the image that reads the data of now: what runs, else what was healthy last. usage: image_in_use <service>
image_in_use() {
  docker inspect --format '{{.Image}}' "$PREFIX$1" 2> /dev/null ||
    sed -n 's/.*"Image": *"\(sha256:[0-9a-f]*\)".*/\1/p' "$FOLDER/last-healthy/$1/version.json" 2> /dev/null | head -n 1
}

# As much again as there is, beside what stays free in any case.
expect_room_for_another() {
  local there
  there=$(df --output=avail --block-size=1 "$DATA" | tail -n 1)
  [ "$there" -ge $((BYTES + MARGIN)) ] ||
    fail "expected $(((BYTES + MARGIN) / 1048576)) MiB free on the disk of $DATA, as the data are there twice for a while and" \
      "$((MARGIN / 1048576)) MiB stay free; found $((there / 1048576)) MiB. Nothing was stopped: make room"
}

holds() {
  read_plan
  expect_versions "$1"
  versions found
}

migrate() {
  local service=$1 reference=$3 before
  IMAGE=$2 RELEASE=${4:--}
  read_plan
  expect_versions "$service"
  STORE=$FOLDER/backups
  alone "$RUN_PATIENCE"
  settle_exchange
  sweep
  export IMAGE
  versions settle
  find_version
  NEXT=$(versions reads)
  [[ $NEXT =~ ^[0-9]+$ ]] || fail "expected $reference to say which version it reads, found ${NEXT:-nothing}"
  if [ -z "$FOUND" ]; then
    echo "$service: no data yet"
    return
  fi
  if [ "$FOUND" = "$NEXT" ]; then
    echo "$service: data of version $FOUND, $BYTES bytes"
    return
  fi
  [ "$FOUND" -lt "$NEXT" ] || fail "expected an image of version $FOUND or higher, as $service's data are of $FOUND, found $reference." \
    "Nothing was stopped: keep version $FOUND, or go back with the data: make rollback SERVICE=$service"
  expect_room_for_another
  go_on_alone
  IMAGE_BEFORE=$(image_in_use "$service") STAMP=$(date +%Y%m%dT%H%M%S) WORK=$STORE/.partial-migration
  [ -n "$IMAGE_BEFORE" ] || fail "expected a container $PREFIX$service of version $FOUND, whose data these are, found none: run up with" \
    "an image of that version first"
  MEMORY_BYTES=$(docker inspect --format '{{.HostConfig.Memory}}' "$PREFIX$service" 2> /dev/null || echo 0)
  [ "$MEMORY_BYTES" -gt 0 ] || MEMORY_BYTES=$((1024 * 1024 * 1024))
  export IMAGE_BEFORE NEXT RELEASE STAMP WORK MEMORY_BYTES
  mkdir "$WORK"
  # Held as long as somebody works on this. Programs that the method leaves running look at it: they end with us, killed or not.
  ALIVE=$WORK/alive
  export ALIVE
  : > "$ALIVE"
  chmod 0644 "$ALIVE"
  exec 6< "$ALIVE"
  flock 6
  MIGRATING=$service DOWN=''
  trap abandon EXIT
  trap 'exit 143' TERM
  trap 'exit 130' INT
  echo "$service: $((BYTES / 1048576)) MiB of version $FOUND are brought into version $NEXT; it serves until that is prepared"
  versions prepare || fail "$service's data could not be brought into version $NEXT; nobody was stopped"
  before=$FOUND
  ! is_running "$service" || { DOWN=$(date +%s) && control stop "$service"; }
  versions convert || fail "$service's data could not be brought into version $NEXT; those of version $FOUND are as they were, and serve"
  note_what_fits "$service"
  versions switch || fail "$service's data of version $NEXT could not take their place; those of version $FOUND serve"
  trap - EXIT
  rm -rf "$WORK"
  echo "$service: data of version $NEXT, $BYTES bytes, in place of those of $before${DOWN:+; it has been down for $(($(date +%s) - DOWN)) s}"
}

# Nothing of a migration that failed is left, and who was stopped for it serves.
abandon() {
  versions drop || true
  versions settle || true
  rm -rf "$WORK"
  [ -z "$DOWN" ] || control start "$MIGRATING" || echo "$MIGRATING could not be started" >&2
}

# From now on no version of the service starts before somebody has looked whether it reads the data: whoever brings back an earlier
# one finds here whom to ask. usage: note_what_fits <service>
note_what_fits() {
  local note=$FOLDER/last-healthy/$1.fits
  mkdir -p "$FOLDER/last-healthy"
  printf '%s\n' /bin/bash "$HERE/backup.sh" "$FOLDER" "$PREFIX" - fits "$1" > "$note.new"
  mv -T "$note.new" "$note"
}

fits() {
  local service=$1
  IMAGE=$2
  export IMAGE
  read_plan
  expect_versions "$service"
  STORE=$FOLDER/backups
  alone "$RUN_PATIENCE"
  settle_exchange
  versions settle
  find_version
  NEXT=$(versions reads)
  if [ -z "$FOUND" ] || [ "$FOUND" = "$NEXT" ]; then return; fi
  [ "$NEXT" -lt "$FOUND" ] || fail "expected data of version $NEXT, found those of $FOUND: the next up brings them into $NEXT"
  STAMP=$(date +%Y%m%dT%H%M%S)
  export STAMP
  versions unused || fail "expected data of version $NEXT, found those of $FOUND, which have been used since they were made of them." \
    "Going back loses what was written since, so nobody does it unasked: make rollback SERVICE=$service shows what that is"
  ! is_running "$service" || control stop "$service"
  # Not one moment was between the look and the stop in which it could have begun.
  versions unused || { control start "$service"; fail "expected data of version $NEXT, found those of $FOUND in use by now"; }
  versions back
}
