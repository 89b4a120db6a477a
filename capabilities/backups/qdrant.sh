# A snapshot of every collection of a Qdrant.
# usage: qdrant.sh dump|verify <port> [collection that must be there…]
. "$HERE/tools.sh"

dump() { node_beside qdrant.mjs "$@" < "$SECRET"; }

# Each is an archive; its checksum was compared with the server's when it came.
verify() {
  local file
  for file in "$OUT"/*.snapshot; do
    [ -e "$file" ] || continue
    tar --list --file "$file" > /dev/null || fail "$(basename "$file") cannot be read"
  done
}

"$@"
