# Sets that leave the host, and those that come to it. Part of backup.sh, which reads this for its verbs:
#   list | manifests
#   recovering [set]
#   serve '<list | get <set>>'
#   accept <set> < its files, as tar has them
# shellcheck shell=bash disable=SC2153 # FOLDER and the rest are backup.sh's.

manifests() {
  local one
  for one in $(sets); do cat "$STORE/$one/manifest.json" && printf '\0'; done
}

# Waits until nobody makes a set: who comes for tonight's one is not sent away with yesterday's.
await_run() {
  [ -e "$STORE/.lock" ] || return 0
  exec 8< "$STORE/.lock"
  flock --shared --timeout "$RUN_PATIENCE" 8 || fail "a run has been under way for more than $RUN_PATIENCE s"
  exec 8<&-
}

list() {
  local one
  for one in $(sets); do echo "$one $(number "$one" bytes)"; done
}

# What another host may ask for by a key that is for nothing else: which sets there are, and one of them, as tar has it.
# usage: serve <what it asks for>
serve() {
  case ${1:-} in
    list)
      await_run
      list
      ;;
    'get '*)
      expect_name "${1#get }"
      expect_set "${1#get }"
      exec tar --create --directory "$STORE/${1#get }" .
      ;;
    *) fail "expected list or get with the name of a set, found ${1@Q}" ;;
  esac
}

# Which set this host waits for, whose data are another computer's: until they are back, what it has itself is nothing to keep.
# usage: recovering [set]
recovering() {
  if [ -z "${1:-}" ]; then
    cat "$STORE/.recovering" 2> /dev/null || true
    return
  fi
  expect_name "$1"
  alone
  echo "$1" > "$STORE/.recovering.new"
  sync "$STORE/.recovering.new"
  mv -fT "$STORE/.recovering.new" "$STORE/.recovering"
}

# Takes a set that was elsewhere in among the host's own: all of it, as it was written, or nothing. usage: accept <set>
accept() {
  expect_name "${1:-}"
  read_plan
  alone
  [ ! -e "$STORE/$1" ] || fail "$STORE/$1 is there already; nothing was replaced"
  [ -z "${2:-}" ] || expect_room "$2"
  WORK=$STORE/.partial-$1
  rm -rf "$WORK"
  mkdir "$WORK"
  trap 'rm -rf "$WORK"' EXIT
  tar --extract --no-same-owner --directory "$WORK" || fail "$1 did not come whole; nothing was made"
  check "$WORK"
  grep -qxF "  \"host\": $(text "$HOST")," "$WORK/manifest.json" || fail "expected a set of $HOST, found another host's; nothing was made"
  find "$WORK" -exec sync {} +
  mv -nT "$WORK" "$STORE/$1"
  trap - EXIT
  sync "$STORE"
  echo "$1 is there, as it was written"
}
