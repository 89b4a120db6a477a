# Every database of a CouchDB but the server's own: documents with their revisions, conflicts and attachments, and who may come in.
# ITEM is a database.
# usage: couchdb.sh <verb> <port> <administrator> [database that must be there…]
. "$HERE/tools.sh"

PORT=$2 ADMIN=$3

ask() { node_beside "$1" "$PORT" "$ADMIN" "${@:2}" < "$SECRET"; }

dump() {
  local only=()
  if [ -n "$ONLY" ]; then mapfile -t only <<< "$ONLY"; fi
  if [ "${#only[@]}" -gt 0 ]; then ask couchdb-dump.mjs "${only[@]/#/+}"; else ask couchdb-dump.mjs "${@:3}"; fi
}

count() { ask couchdb-dump.mjs "=$ITEM"; }

verify() { node_in 0:0 none couchdb-verify.mjs; }

# Makes a database what a file of the part's folder holds, whatever it was. usage: load <database>
load() { ask couchdb-load.mjs "$ITEM.ndjson" "$1"; }

# Beside the one in use: what loads here loads there.
prepare() {
  [ -f "$OUT/$ITEM.ndjson" ] || fail "expected the database $ITEM in the set, found none"
  load "${ITEM}_restoring"
}

# There are no other names for a database: it is read into a folder of its own, and made anew.
switch() {
  local before=$FOLDER/backups/before-$STAMP/$PART
  mkdir -p "$before/unfinished"
  OUT=$before/unfinished ask couchdb-dump.mjs "+$ITEM" > /dev/null
  mv -T "$before/unfinished/$ITEM.ndjson" "$before/$ITEM.ndjson"
  rmdir "$before/unfinished"
  if ! load "$ITEM"; then
    OUT=$before load "$ITEM"
    return 1
  fi
  discard
  aside "$before/$ITEM.ndjson"
}

revert() {
  OUT=$FOLDER/backups/before-$STAMP/$PART
  [ -f "$OUT/$ITEM.ndjson" ] || fail "expected $OUT/$ITEM.ndjson, found none"
  load "$ITEM"
  echo "the database $ITEM is again what it was"
}

# What it held was kept, whole, before anything else was loaded.
settle() { [ ! -f "$FOLDER/backups/before-$STAMP/$PART/$ITEM.ndjson" ] || revert; }

discard() { ask couchdb-load.mjs - "${ITEM}_restoring"; }

"$@"
