# What every method has at hand; each begins with it. PART is the part's name, OUT its folder in the set, SERVICE whose data it is,
# CONTAINER that one's container, SECRET the file of what it logs in with, ROOM the bytes that may be written.
# ITEM and STAMP are what comes back, and when, where that is what is done. ONLY has the items that are dumped, one a line; empty: all.
#
# Verbs: dump and verify. Of what can be brought back, also prepare (beside what is in use), switch (puts that aside, and says where),
# revert (switches back), discard (what was prepared), count (what ITEM has now, as verify tells it; files newer than SINCE).
# settle (what was in use takes its place again where a switch or revert was cut short, or was one of several; else nothing).
# Of a folder, compare (tells what differs in ITEM from the copy; default: nothing is told).
# extract (lays ITEM out in TARGET, to look at, and compares it with the copy; default: its files as they were written).
# Of a server's data, accept (whether the program of the image NEXT can take them on as they are; default: it can).
set -euo pipefail
ONLY=${ONLY-}
accept() { :; }
compare() { :; }

# Files of the copy that are ITEM, each with a NUL: all, or those that are called after it.
item_files() {
  local file name
  [ -d "$OUT" ] || return 0
  while IFS= read -r -d '' file; do
    name=${file##*/}
    if [ "$ITEM" = all ] || [ "${name%.*}" = "$ITEM" ]; then printf '%s\0' "$file"; fi
  done < <(find "$OUT" -type f -printf '%P\0' | sort --zero-terminated)
}

# Bytes of these; nothing where there are none.
item_size() {
  local file sizes=''
  while IFS= read -r -d '' file; do sizes+="$(stat --format %s "$OUT/$file") "; done < <(item_files)
  [ -z "$sizes" ] || echo $((${sizes// /+}0))
}

extract() {
  local wrong
  mkdir -p "$TARGET"
  item_files | (cd "$OUT" && xargs --null cp --parents --target-directory "$TARGET" --)
  wrong=$(cd "$(dirname "$TARGET")" && find "$PART" -type f -exec sha256sum {} + | sort |
    comm -23 - <(sort "$(dirname "$OUT")/SHA256SUMS"))
  [ -z "$wrong" ] || fail "expected files as they were written, found others: $wrong"
}

# Facts for the manifest.
version() { printf 'version\t%s\n' "$1"; }
rows() { printf 'rows\t%s\t%s\n' "$1" "$2"; }

# Says where what was in use is now.
aside() { echo "what was in use is now $1"; }

fail() { echo "$PART: $*" >&2; exit 1; }

# Runs a command in the service's container, with the standard input of the caller.
inside() { docker exec --interactive "$CONTAINER" "$@"; }

# Id of the image that the service's container is of, or of the container that is to take its place.
own_image() { docker inspect --format '{{.Image}}' "${RUNS_IN:-$CONTAINER}"; }

# Runs a throw-away container, with no rights and little memory. usage: apart <uid:gid> <network> [docker's options] <image> …
apart() {
  local user=$1 network=$2
  shift 2
  docker run --rm --interactive --label "dev.vpai.backup=$FOLDER" --user "$user" --network "$network" \
    --cap-drop ALL --security-opt no-new-privileges --log-driver none --read-only \
    --memory "$MEMORY" --memory-swap "$MEMORY" --cpus 0.5 --ulimit "fsize=$ROOM" "$@"
}

# A program of Node that sees the part's folder at /part. usage: node_in <uid:gid> <network> <program> [argument…]
node_in() {
  local user=$1 network=$2 program=$3
  shift 3
  apart "$user" "$network" --volume "$HERE:/programs:ro" --volume "$OUT:/part" "${MOUNTS[@]}" --entrypoint node \
    "$IMAGE" --disable-warning=ExperimentalWarning --max-old-space-size=80 "/programs/$program" "$@"
}
MOUNTS=()
MEMORY=128m

# The same, where 127.0.0.1 is the service's: it is reached there whatever networks it is on.
node_beside() { node_in 0:0 "container:$CONTAINER" "$@"; }

# Folders that take each other's place, for methods whose data are a folder. The new one is at $1.restoring.
switch_folders() {
  [ ! -e "$1.before-$STAMP" ] || fail "$1.before-$STAMP is there already"
  mv -T "$1" "$1.before-$STAMP"
  mv -T "$1.restoring" "$1" || { mv -T "$1.before-$STAMP" "$1"; return 1; }
  aside "$1.before-$STAMP"
}

revert_folders() {
  [ -d "$1.before-$STAMP" ] || fail "expected $1.before-$STAMP, found none"
  mv -T "$1" "$1.restoring"
  mv -T "$1.before-$STAMP" "$1" || { mv -T "$1.restoring" "$1"; return 1; }
  echo "$1 is again what it was; what was restored is $1.restoring"
}

# Between the two renames of either, there is no folder at $1.
settle_folders() {
  [ -d "$1.before-$STAMP" ] || return 0
  if [ -e "$1" ]; then revert_folders "$1"; else mv -T "$1.before-$STAMP" "$1"; fi
}
