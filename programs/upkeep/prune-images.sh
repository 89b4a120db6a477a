#!/bin/sh
# Removes images that nothing needs, and keeps what rollback needs (docs/decisions/upkeep.md).
# usage: prune-images.sh <folder of the last healthy versions> <folder of systemd's units> <folder of its own>
#
# Kept is the image of every container, running or not; of every version that was healthy; and of every job, which has a container
# only while it runs: its unit names the image. What is needed by none is removed only when it was needed by none
# at the run before, too: an up pulls images before it makes their containers.
set -eu
last_healthy=$1 units=$2 own=$3

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# Each of these fails the run rather than letting an answer count as "nothing".
docker ps --all --quiet --no-trunc > "$work/containers"
docker image ls --all --quiet --no-trunc | sort -u > "$work/images"

: > "$work/kept"
while read -r container; do
  # One that went meanwhile needs nothing any more.
  docker inspect --format '{{.Image}}' "$container" >> "$work/kept" 2> /dev/null || true
done < "$work/containers"

for version in "$last_healthy"/*/version.json; do
  [ -e "$version" ] || continue
  # What a systemd unit runs is in no image.
  if grep -q '"programs":' "$version"; then continue; fi
  image=$(grep -o '"Image":"sha256:[0-9a-f]\{64\}"' "$version" | grep -o 'sha256:[0-9a-f]*' | sort -u)
  [ -n "$image" ] || { echo "$version: expected the id of an image, found none; nothing is removed" >&2; exit 1; }
  echo "$image" >> "$work/kept"
done

for unit in "$units"/*.service; do
  [ -f "$unit" ] || continue
  grep -o 'sha256:[0-9a-f]\{64\}' "$unit" >> "$work/kept" || true
done

sort -u "$work/kept" > "$work/kept.sorted"
comm -23 "$work/images" "$work/kept.sorted" > "$work/unneeded"

seen=$own/unneeded
[ -e "$seen" ] || : > "$seen"
removed=0 left=0
for image in $(comm -12 "$work/unneeded" "$seen"); do
  # Without --force: the engine itself refuses what a container or another image needs. One with several names goes name by name.
  names=$(docker image inspect --format '{{range .RepoTags}}{{.}} {{end}}{{range .RepoDigests}}{{.}} {{end}}' "$image" 2> /dev/null) || continue
  for name in $names; do docker image rm --no-prune "$name" > /dev/null 2>&1 || true; done
  docker image rm --no-prune "$image" > /dev/null 2>&1 || true
  if docker image inspect "$image" > /dev/null 2>&1; then left=$((left + 1)); else removed=$((removed + 1)); echo "removed: $image $names"; fi
done

cp "$work/unneeded" "$seen.new"
mv "$seen.new" "$seen"
echo "$removed images removed, $left in use by others, $(wc -l < "$work/unneeded") unneeded at this run, $(comm -12 "$work/images" "$work/kept.sorted" | wc -l) kept"
