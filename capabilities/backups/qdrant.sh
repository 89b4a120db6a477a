# A snapshot of every collection of a Qdrant. ITEM is a collection.
# usage: qdrant.sh <verb> <port> <folder of its data> <the same as it sees it> [collection that must be there…]
. "$HERE/tools.sh"

PORT=$2 SNAPSHOTS=$3/snapshots/${ITEM:-} SEEN=$4/snapshots/${ITEM:-}

ask() { node_beside qdrant.mjs "$1" "$PORT" "${@:2}" < "$SECRET"; }

dump() {
  local only=()
  if [ -n "$ONLY" ]; then mapfile -t only <<< "$ONLY"; fi
  if [ "${#only[@]}" -gt 0 ]; then ask save "${only[@]/#/+}"; else ask save "${@:4}"; fi
}

count() { ask count "$ITEM"; }

# Each is an archive; its checksum was compared with the server's when it came.
verify() {
  local file
  for file in "$OUT"/*.snapshot; do
    [ -e "$file" ] || continue
    tar --list --file "$file" > /dev/null || fail "$(basename "$file") cannot be read"
  done
}

# Where the server finds it: the folders belong to its user, and one that is new has none of them yet.
prepare() {
  [ -f "$OUT/$ITEM.snapshot" ] || fail "expected the collection $ITEM in the set, found none"
  tar --list --file "$OUT/$ITEM.snapshot" > /dev/null
  mkdir -p "$SNAPSHOTS"
  cp "$OUT/$ITEM.snapshot" "$SNAPSHOTS/restoring.snapshot"
  chown --reference "$2" "$2/snapshots" "$SNAPSHOTS" "$SNAPSHOTS/restoring.snapshot"
}

switch() {
  local kept
  kept=$(ask keep "$ITEM")
  mv "$SNAPSHOTS/$kept" "$SNAPSHOTS/before-$STAMP.snapshot"
  if ! ask recover "$ITEM" "file://$SEEN/restoring.snapshot" > /dev/null; then
    ask recover "$ITEM" "file://$SEEN/before-$STAMP.snapshot" > /dev/null
    return 1
  fi
  discard
  aside "$SNAPSHOTS/before-$STAMP.snapshot"
}

revert() {
  [ -f "$SNAPSHOTS/before-$STAMP.snapshot" ] || fail "expected $SNAPSHOTS/before-$STAMP.snapshot, found none"
  ask recover "$ITEM" "file://$SEEN/before-$STAMP.snapshot" > /dev/null
  echo "the collection $ITEM is again what it was"
}

settle() { [ ! -f "$SNAPSHOTS/before-$STAMP.snapshot" ] || revert; }

discard() { rm -f "$SNAPSHOTS/restoring.snapshot"; }

"$@"
