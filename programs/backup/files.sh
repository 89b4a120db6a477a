# Files of a folder as they are, and the SQLite databases among them as of one moment, each.
# usage: files.sh <verb> <folder>
. "$HERE/tools.sh"

# Where databases are found, as tar names them; each copy is called by its number.
LIST=$OUT/databases

# Where a database's owner finds the copies, as the part's folder is root's alone. SQLite sorts what does not fit in memory there, too.
COPIES=(--volume "$OUT/sqlite:/sqlite" --env SQLITE_TMPDIR=/sqlite)

is_database() {
  local magic=''
  IFS= read -r -N 15 magic 2> /dev/null < "$1" || true
  [ "$magic" = "SQLite format 3" ]
}

find_databases() {
  local file
  while IFS= read -r -d '' file; do
    is_database "$1/$file" || continue
    [[ $file != *$'\n'* ]] || fail "expected a database's name on one line, found ${file@Q}"
    printf './%s\n' "$file"
  done < <(find "$1" -xdev -type f -size +99c -printf '%P\0' 2> /dev/null | sort --zero-terminated)
}

# As its owner, since SQLite writes beside a database even to read it.
copy_database() {
  local owner
  owner=$(stat --format %u:%g "$1/$2")
  chown "$owner" "$OUT/sqlite"
  MOUNTS=("${COPIES[@]}" --volume "$1:/data")
  node_in "$owner" none sqlite.mjs copy "/data/$2" "/sqlite/$3"
  chown 0:0 "$OUT/sqlite" "$OUT/sqlite/$3"
}

dump() {
  local folder=$1 number=0 database code=0
  [ -d "$folder" ] || fail "expected the folder $folder, found none"
  find_databases "$folder" > "$LIST"
  if [ -s "$LIST" ]; then mkdir "$OUT/sqlite"; fi
  while IFS= read -r -u 3 database; do
    number=$((number + 1))
    stat --format '%u:%g %a' "$folder/$database" >> "$OUT/owners"
    copy_database "$folder" "$database" "$number"
  done 3< "$LIST"
  # What is beside a database belongs to it alone, and was read with it.
  tar --create --file "$OUT/files.tar" --directory "$folder" --sort name --numeric-owner --one-file-system \
    --no-wildcards --anchored --exclude-from <(companions "$LIST") . ||
    code=$?
  # 1: a file changed while it was read, which is what copying files as they are means.
  [ "$code" -le 1 ] || fail "tar ended with $code"
}

# Its databases are read where they are, as their owners.
count() {
  local folder=$1 database owner
  mkdir -p "$FOLDER/backups"
  OUT=$(mktemp -d "$FOLDER/backups/.count-XXXXXX")
  LIST=$OUT/databases
  mkdir "$OUT/sqlite"
  trap 'rm -rf "$OUT"' EXIT
  find_databases "$folder" > "$LIST"
  rows files "$(find "$folder" -xdev ! -type d ! -type s -printf './%P\n' | grep -c -vxFf <(companions "$LIST") || true)"
  find "$folder" -xdev -type f -newermt "$SINCE" -printf './%P\n' | grep -vxFf <(companions "$LIST") | sort |
    sed 's|^\./|newer\t|' || true
  while IFS= read -r -u 3 database; do
    owner=$(stat --format %u:%g "$folder/$database")
    chown "$owner" "$OUT" "$OUT/sqlite"
    MOUNTS=("${ROOM_TO_SORT[@]}" --volume "$folder:/data")
    node_in "$owner" none sqlite.mjs check "/data/$database" "${database#./}"
  done 3< "$LIST"
}

# Databases, and what is beside each of them. usage: companions <list>
companions() { sed 'p; h; s/$/-wal/p; g; s/$/-shm/p; g; s/$/-journal/' "$1"; }

verify() {
  local number=0 database
  rows files "$(tar --list --file "$OUT/files.tar" | grep -c -v '/$' || true)"
  [ -s "$LIST" ] || return 0
  while IFS= read -r -u 3 database; do
    number=$((number + 1))
    [ -f "$OUT/sqlite/$number" ] || fail "expected a copy of $database"
    MOUNTS=("${COPIES[@]}")
    node_in 0:0 none sqlite.mjs check "/sqlite/$number" "${database#./}"
  done 3< "$LIST"
}

# Puts the copies of databases where they were. usage: place_databases <folder>
place_databases() {
  local number=0 database owner mode
  while IFS= read -r -u 3 database && IFS=' ' read -r -u 4 owner mode; do
    number=$((number + 1))
    cp "$OUT/sqlite/$number" "$1/$database"
    chown "$owner" "$1/$database"
    chmod "$mode" "$1/$database"
  done 3< "$LIST" 4< "$OUT/owners"
}

# Makes the folder that was copied. usage: unpack <where, which is not there yet>
unpack() {
  local expected found
  expected=$(($(tar --list --file "$OUT/files.tar" | grep -c -v '/$' || true) + $(wc -l < "$LIST")))
  mkdir "$1"
  tar --extract --file "$OUT/files.tar" --directory "$1" --numeric-owner --same-owner --preserve-permissions
  if [ -s "$LIST" ]; then place_databases "$1"; fi
  found=$(find "$1" ! -type d -printf x | wc -c)
  [ "$found" = "$expected" ] || fail "expected $expected files, found $found"
}

prepare() {
  verify "$@" > /dev/null
  rm -rf "$1.restoring"
  unpack "$1.restoring"
}

# As files, each in its place, and not as the archive that they are kept in.
extract() {
  local differences
  unpack "$TARGET"
  differences=$(compare "$TARGET")
  [ -z "$differences" ] || fail "expected files as the set has them, found others: $differences"
}

# Every byte, owner and right of the folder, and every database as it was placed, while nobody writes there.
compare() {
  local number=0 database
  tar --compare --file "$OUT/files.tar" --directory "$1" --numeric-owner 2>&1 | grep -v ': Mod time differs$' | head -n 20 || true
  [ -s "$LIST" ] || return 0
  while IFS= read -r -u 3 database; do
    number=$((number + 1))
    cmp --silent "$OUT/sqlite/$number" "$1/$database" || printf '%s: contents differ\n' "$database"
  done 3< "$LIST"
}

switch() { switch_folders "$1"; }

revert() { revert_folders "$1"; }

settle() { settle_folders "$1"; }

discard() { rm -rf "$1.restoring"; }

"$@"
