# Making a set: in a hidden folder, which gets its name when all in it was read back. Part of backup.sh, which reads this for its verb:
#   run
# shellcheck shell=bash disable=SC2153 # FOLDER and the rest are backup.sh's.

# Sets that stay on the host: tonight's, and those of three nights on which nobody came for them.
KEPT=4

moment() { date --date "$1" +%Y-%m-%dT%H:%M:%SZ; }

# What a set will need, as far as it can be told: as much as the last one and a quarter more, else as much as the data themselves.
estimate() {
  local last
  last=$(sets | tail -n 1)
  if [ -n "$last" ]; then
    echo $(($(number "$last" bytes) * 5 / 4))
  else
    { [ "${#SOURCES[@]}" -eq 0 ] || du --summarize --total --block-size=1 -- "${SOURCES[@]}" 2> /dev/null || true; } |
      awk -F '\t' '{ sum = $1 } END { printf "%.0f\n", sum }'
  fi
}

# A part's place in the manifest. usage: describe <name> <service> <method> <file of facts>
describe() {
  local name=$1 service=$2 program=$3 facts=$4 separator='' file path sum size key value
  printf '    {\n      "name": %s,\n      "service": %s,\n      "method": %s,\n' \
    "$(text "$name")" "$(text "$service")" "$(text "$program")"
  while IFS=$'\t' read -r key value; do
    [ "$key" = rows ] || printf '      %s: %s,\n' "$(text "$key")" "$(text "$value")"
  done < "$facts"
  printf '      "rows": {'
  while IFS=$'\t' read -r key path value; do
    [ "$key" = rows ] || continue
    [[ $value =~ ^[0-9]+$ ]] || fail "$name: expected a number of rows for $path, found ${value@Q}"
    printf '%s\n        %s: %s' "$separator" "$(text "$path")" "$value"
    separator=,
  done < "$facts"
  printf '%s},\n      "files": [' "${separator:+$'\n      '}"
  separator=''
  while IFS= read -r -d '' file; do
    [[ $file != *[\\$'\n']* ]] || fail "$name: expected plain file names, found ${file@Q}"
    sum=$(sha256sum < "$WORK/$name/$file") size=$(stat --format %s "$WORK/$name/$file")
    printf '%s\n        { "path": %s, "bytes": %s, "sha256": "%s" }' "$separator" "$(text "$file")" "$size" "${sum%% *}"
    separator=,
    BYTES=$((BYTES + size))
    printf '%s  %s\n' "${sum%% *}" "$name/$file" >> "$WORK/SHA256SUMS"
  done < <(find "$WORK/$name" -type f -printf '%P\0' | sort --zero-terminated)
  [ -n "$separator" ] || fail "$name: expected files, found none"
  printf '\n      ]\n    }'
}

# Removes sets beyond those that stay; older is what has a smaller number.
retire() {
  local old
  for old in $(sets | head -n "-$KEPT"); do
    mv -T "$STORE/$old" "$STORE/.partial-$old"
    rm -rf "$STORE/.partial-$old"
  done
}

# A set that is being built, in a hidden folder that goes with this program. usage: begin <its name>
begin() {
  NAME=$1 WORK=$STORE/.partial-$1 BYTES=0 PARTS_SEPARATOR=''
  mkdir "$WORK"
  trap 'rm -rf "$WORK"' EXIT
  trap 'exit 143' TERM
  trap 'exit 130' INT
  : > "$WORK/.parts"
}

# Adds a part's place in the manifest. usage: add_to_manifest <name> <service> <method> <file of facts>
add_to_manifest() {
  {
    printf '%s' "$PARTS_SEPARATOR"
    describe "$@"
  } >> "$WORK/.parts"
  PARTS_SEPARATOR=$',\n'
}

# Copies a part into the set. usage: copy <name> <service> <method> <secret's file or -> [argument...]
copy() {
  mkdir "$WORK/$1"
  : > "$WORK/.facts"
  # Read back from the disk: a copy that nobody can read is none.
  method dump "$@" >> "$WORK/.facts" || fail "$1 could not be copied; this run leaves no set"
  method verify "$@" >> "$WORK/.facts" || fail "the copy of $1 cannot be read; this run leaves no set"
  add_to_manifest "${@:1:3}" "$WORK/.facts"
  rm "$WORK/.facts"
  echo "$1: $(du --summarize --block-size=1024 "$WORK/$1" | cut -f 1) KiB"
}

# Gives the set its name, complete as it is. usage: complete <moment of its begin> <number> <further members of the manifest>
complete() {
  {
    printf '{\n  "format": 1,\n  "set": %s,\n  "host": %s,\n  "sequence": %s,\n' "$(text "$NAME")" "$(text "$HOST")" "$2"
    printf '  "started": "%s",\n  "ended": "%s",\n  "bytes": %s,\n%s  "parts": [\n' \
      "$(moment "@$1")" "$(moment now)" "$BYTES" "$3"
    cat "$WORK/.parts"
    printf '\n  ]\n}\n'
  } > "$WORK/manifest.json"
  rm "$WORK/.parts"
  (cd "$WORK" && sha256sum manifest.json >> SHA256SUMS)
  check "$WORK"
  find "$WORK" -exec sync {} +
  mv -nT "$WORK" "$STORE/$NAME"
  [ ! -e "$WORK" ] || fail "$STORE/$NAME is there already; nothing was replaced"
  trap - EXIT
  sync "$STORE"
}

run() {
  local last started part fields number
  read_plan
  alone
  [ ! -e "$STORE/.recovering" ] || fail "this host waits for the data of $(recovering): no set is made of what it has until they are" \
    "back (make recover). If they never come: remove $STORE/.recovering"
  settle_exchange
  sweep
  expect_room
  last=$(sets | tail -n 1)
  started=$(date +%s) number=$((10#0${last:0:6} + 1))
  begin "$(printf '%06d-%s' "$number" "$(date --date "@$started" +%Y%m%dT%H%M%SZ)")"
  for part in "${PARTS[@]}"; do
    IFS=$'\t' read -r -a fields <<< "$part"
    copy "${fields[@]}"
  done
  complete "$started" "$number" ''
  retire
  echo "$NAME: ${#PARTS[@]} parts, $((BYTES / 1024)) KiB, complete"
}
