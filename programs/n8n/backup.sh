# Workflows and credentials as n8n itself exports them, for people: what a restore takes is n8n's database. Credentials stay encrypted.
# usage: backup.sh dump|verify <file of the key>
. "$HERE/tools.sh"

# Where it writes within the container.
PLACE=/tmp/backup

# The first of its container's processes to go when memory is short: n8n itself has to stay. usage: export_into <command> <folder>
export_into() {
  local said
  inside sh -c 'rm -rf "$2" && mkdir -p "$2" && echo 1000 > /proc/self/oom_score_adj && exec n8n "$1" --backup --output="$2/"' \
    export "$1" "$PLACE" > "$OUT/said" 2>&1 || true
  said=$(sed -n 's/.*Successfully exported \([0-9]*\) .*/\1/p' "$OUT/said")
  # Having none is an error to it.
  if [ -z "$said" ] && grep -q 'No .* found with specified filters' "$OUT/said"; then said=0; fi
  [ -n "$said" ] || fail "n8n could not export its $2: $(tail -n 5 "$OUT/said")"
  rm "$OUT/said"
  inside tar -C "$PLACE" -cf - . > "$OUT/$2.tar"
  inside rm -rf "$PLACE"
  printf '%s\n' "$said" > "$OUT/$2.count"
}

dump() {
  version "n8n $(inside n8n --version | tail -n 1)"
  export_into export:workflow workflows
  export_into export:credentials credentials
  # Tells one key from another, and says nothing of it.
  sha256sum < "$1" | cut -c 1-16 > "$OUT/encryption-key.fingerprint"
  printf 'encryptionKey\t%s\n' "$(cat "$OUT/encryption-key.fingerprint")"
}

verify() {
  local kind expected found
  for kind in workflows credentials; do
    expected=$(cat "$OUT/$kind.count")
    found=$(tar --list --file "$OUT/$kind.tar" | grep -c '\.json$' || true)
    [ "$found" = "$expected" ] || fail "expected $expected $kind, found $found"
    rows "$kind" "$found"
  done
}

"$@"
