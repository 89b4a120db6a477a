# Releases: what a service keeps, copied right before another image takes it on (docs/releases.md). Part of backup.sh, which reads this
# for its verbs:
#   release <service> <how many stay> <reference of its image> <id> <reference of the next one> <id> <revision of its files>
#           <folder of its configuration files, or -> < what the engine makes its container from
#   releases <service>
# The way back to one: rollback.sh.
#
# A release is a set like that of a night, of one service's data alone. Releases are ordered by their number, whatever the clock says.
# shellcheck shell=bash disable=SC2034,SC2153 # FOLDER and the rest are backup.sh's, and rollback.sh uses what is set here.

# Seconds that the copies of somebody else may take until it is our turn.
PATIENCE_FOR_OTHERS=${RELEASE_PATIENCE:-900}

# What the engine made the service's container from, and its configuration files.
VERSION=_version

# Releases of the service, the oldest first.
releases_there() {
  local one
  for one in "$STORE"/[0-9]*/manifest.json; do
    [ -f "$one" ] || continue
    one=$(basename "$(dirname "$one")")
    printf '%s\t%s\n' "$(number "$one" sequence)" "$one"
  done | sort -n | cut -f 2
}

# Chooses a service's own data: TAKEN has its parts, CHOSEN its items, ONLY_OF what of each part, all of it where that is empty.
# usage: own_data <service>
declare -A ONLY_OF
own_data() {
  local line part fields
  TAKEN=() CHOSEN=()
  STORE=$FOLDER/releases/$1
  for line in "${OWN[@]}"; do
    IFS=$'\t' read -r -a fields <<< "$line"
    [ "${fields[0]}" = "$1" ] || continue
    part=${fields[1]}
    TAKEN+=("$(part_named "$part")")
    ONLY_OF[$part]=$(printf '%s\n' "${fields[@]:2}")
    while IFS= read -r line; do CHOSEN+=("$line"); done < <(items_among "$part" "${ONLY_OF[$part]}")
  done
  [ "${#TAKEN[@]}" -gt 0 ] || fail "expected a service that keeps data of its own, found $1"
  # A server that holds others' data takes them on while it runs: it is concerned by its own image alone.
  find_concerned
}

# Items of a part: those named, or all. usage: items_among <part> <names, one a line>
items_among() {
  local line fields
  for line in "${ITEMS[@]}"; do
    IFS=$'\t' read -r -a fields <<< "$line"
    [ "${fields[0]}" = "$1" ] || continue
    [ -n "$2" ] && ! grep -qxF -- "${fields[1]}" <<< "$2" || printf '%s\t%s\n' "${fields[0]}" "${fields[1]}"
  done
}

# What a release will need: as the last one, else as its parts of the last night, else as the data themselves.
estimate_release() {
  local last part sum=0
  last=$(releases_there | tail -n 1)
  if [ -n "$last" ]; then
    echo $(($(number "$last" bytes) * 5 / 4))
    return
  fi
  last=$(STORE=$FOLDER/backups sets | tail -n 1)
  for part in "${TAKEN[@]}"; do
    part=$FOLDER/backups/${last:-none}/${part%%$'\t'*}
    [ -d "$part" ] || { estimate; return; }
    sum=$((sum + $(du --summarize --apparent-size --block-size=1 "$part" | cut -f 1)))
  done
  echo $((sum * 5 / 4))
}

# A tag, or what stands for one, as part of a file's name. usage: tag_of <reference>
tag_of() {
  local name=${1%@*}
  name=${name##*/}
  [[ $name == *:* ]] || name=:none
  printf '%s' "${name##*:}" | tr -c 'A-Za-z0-9._-' -
}

# usage: image_members <key> <reference> <id>
image_members() { printf '  "%s": { "reference": %s, "image": %s },\n' "$1" "$(text "$2")" "$(text "$3")"; }

release() {
  local service=$1 kept=$2 from=$3 from_id=$4 to=$5 to_id=$6 revision=$7 configs=$8 last number started part fields old
  read_plan
  own_data "$service"
  export ONLY NEXT=$to_id
  alone "$PATIENCE_FOR_OTHERS"
  settle_exchange
  sweep
  expect_room "$(estimate_release)"
  for part in "${TAKEN[@]}"; do
    IFS=$'\t' read -r -a fields <<< "$part"
    [ "${fields[1]}" != "$service" ] || WORK=$FOLDER method accept "${fields[@]}" ||
      fail "the next image of $service does not take on ${fields[0]}"
  done
  last=$(releases_there | tail -n 1)
  number=$((${last:+$(number "$last" sequence)} + 1)) started=$(date +%s)
  begin "$(date --date "@$started" +%Y%m%dT%H%M%SZ)-$(tag_of "$from")"
  mkdir "$WORK/$VERSION"
  cat > "$WORK/$VERSION/version.json"
  [ -s "$WORK/$VERSION/version.json" ] || fail "expected what the container of $service is made from, found nothing"
  [ "$configs" = - ] || [ ! -d "$configs" ] || cp -a "$configs" "$WORK/$VERSION/configs"
  add_to_manifest "$VERSION" "$service" version /dev/null
  for part in "${TAKEN[@]}"; do
    IFS=$'\t' read -r -a fields <<< "$part"
    ONLY=${ONLY_OF[${fields[0]}]}
    copy "${fields[@]}"
  done
  complete "$started" "$number" "  \"service\": $(text "$service"),
$(image_members from "$from" "$from_id")
$(image_members to "$to" "$to_id")
  \"revision\": $(text "$revision"),
"
  for old in $(releases_there | head -n "-$kept"); do
    mv -T "$STORE/$old" "$STORE/.partial-$old"
    rm -rf "$STORE/.partial-$old"
  done
  keep_images "$service"
  echo "$NAME: $((BYTES / 1024)) KiB, complete"
}

# Puts the versions of releases among those that were healthy, whose images are not pruned. usage: keep_images <service>
keep_images() {
  local one last=$FOLDER/last-healthy/$1.release
  mkdir -p "$FOLDER/last-healthy"
  find "$FOLDER/last-healthy" -mindepth 1 -maxdepth 1 -name "$1.release-*" -exec rm -rf {} +
  for one in $(releases_there); do
    mkdir -p "$last-$one"
    cp "$STORE/$one/$VERSION/version.json" "$last-$one/"
  done
}

releases() {
  local one
  STORE=$FOLDER/releases/$1
  for one in $(releases_there); do cat "$STORE/$one/manifest.json" && printf '\0'; done
}
