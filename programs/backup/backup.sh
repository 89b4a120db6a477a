#!/bin/bash
# Makes one complete, dated set of copies of a host's data, or none at all (docs/backups.md).
# usage: backup.sh <folder of the platform> <first part of containers' names> <image with Node> run
#        backup.sh … list | manifests
#        backup.sh … check <set>
#        backup.sh … what <set> [service]
#        backup.sh … restore <set> [service]
#        backup.sh … rehearse <set>        as restore of everything, and tells what came back before anybody uses it
#        backup.sh … recovering [set]      notes that this host waits for a set from elsewhere, or tells which
#        backup.sh … revert <moment of a restore> [service]
#        backup.sh … serve '<list | get <set>>'
#        backup.sh … accept <set> < its files, as tar has them
#        backup.sh … extract | target …    lays a set out to look at: see extract.sh
#        backup.sh … release | releases | since | rollback | undo …: see releases.sh
#        backup.sh … migrate | holds | fits …: see migrate.sh
#
# Beside it lie the plan, which says what is copied, and a program for each method. A set is built in a hidden folder and renamed
# when everything in it was read back; sets are told apart, and ordered, by the number in front, whatever the clock says.
set -euo pipefail
umask 077
export LC_ALL=C TZ=UTC0

FOLDER=$1 PREFIX=$2 IMAGE=$3
shift 3
HERE=$(cd "$(dirname "$0")" && pwd)
STORE=$FOLDER/backups
SECRETS=$FOLDER/secrets/$(basename "$HERE")
export FOLDER PREFIX IMAGE HERE

# Sets that stay on the host: tonight's, and those of three nights on which nobody came for them.
KEPT=4
# Seconds that who comes for the sets waits for a run that is under way: half as long as a run may take.
RUN_PATIENCE=5400
# Bytes of the disk that a run leaves free in any case.
MARGIN=${BACKUP_MARGIN:-$((1024 * 1024 * 1024))}

fail() { echo "backup: $*" >&2; exit 1; }

# Complete sets, the oldest first.
sets() {
  find "$STORE" -mindepth 2 -maxdepth 2 -name manifest.json -printf '%h\n' | sed 's|.*/||' |
    grep -E '^[0-9]{6}-[0-9]{8}T[0-9]{6}Z$' | sort || true
}

# A number of a set's manifest. usage: number <set> <key>
number() { sed -n "s/^  \"$2\": \([0-9]*\),\$/\1/p" "$STORE/$1/manifest.json"; }

moment() { date --date "$1" +%Y-%m-%dT%H:%M:%SZ; }

# Where what is written goes; empty: into the store.
DISK=

free() { df --output=avail --block-size=1 -- "${DISK:-$STORE}" | tail -n 1; }

# Text as JSON has it.
text() {
  local value=$1
  value=${value//\\/\\\\} value=${value//\"/\\\"} value=${value//$'\t'/\\t} value=${value//$'\n'/\\n}
  [[ $value != *[[:cntrl:]]* ]] || fail "expected a text without control characters, found ${value@Q}"
  printf '"%s"' "$value"
}

# Reads the plan: PARTS, ITEMS and OWN have its lines, SOURCES the folders that the data lie in, UNITS the services that are systemd's,
# VERSIONS how data pass from one major version to the next.
read_plan() {
  local line
  PARTS=() ITEMS=() SOURCES=() UNITS=() OWN=() VERSIONS=() HOST=
  while IFS= read -r line || [ -n "$line" ]; do
    line=${line//'{folder}'/$FOLDER}
    case $line in
      host$'\t'*) HOST=${line#*$'\t'} ;;
      source$'\t'*) SOURCES+=("${line#*$'\t'}") ;;
      part$'\t'*) PARTS+=("${line#*$'\t'}") ;;
      item$'\t'*) ITEMS+=("${line#*$'\t'}") ;;
      unit$'\t'*) UNITS+=("${line#*$'\t'}") ;;
      own$'\t'*) OWN+=("${line#*$'\t'}") ;;
      versions$'\t'*) VERSIONS+=("${line#*$'\t'}") ;;
      *) fail "$HERE/plan: expected host, source, part, item, unit, own or versions, found ${line@Q}" ;;
    esac
  done < "$HERE/plan"
  [ "${#PARTS[@]}" -gt 0 ] || fail "$HERE/plan: expected what is to be copied, found nothing"
}

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

# usage: expect_room [bytes that will be written]
expect_room() {
  local need there
  need=$((${1:-$(estimate)} + MARGIN)) there=$(free)
  [ "$there" -ge "$need" ] ||
    fail "expected $((need / 1048576)) MiB free on the disk of ${DISK:-$STORE}, of which $((MARGIN / 1048576)) MiB stay free; found" \
      "$((there / 1048576)) MiB. Nothing was written: make room$([ -n "$DISK" ] || echo ", or remove an old set there")"
}

# Runs a part's method. usage: method <verb> <name> <service> <method> <secret's file or -> [argument...]
method() {
  local verb=$1 name=$2 service=$3 program=$4 secret=$5 room
  shift 5
  room=$(($(free) - MARGIN / 2))
  [ "$room" -gt 0 ] || fail "the disk of ${DISK:-$STORE} is full"
  [ "$secret" = - ] || secret=$SECRETS/$secret
  (
    # What would take the last of the disk is ended, and with it the run.
    ulimit -f $((room / 1024 + 1))
    PART=$name SERVICE=$service CONTAINER=$PREFIX$service SECRET=$secret ROOM=$room OUT=$WORK/$name \
      exec bash "$HERE/$program.sh" "$verb" "$@"
  ) < /dev/null
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

# Whether a set holds exactly the files that it says, as they were written. usage: check <folder of a set>
check() {
  local there said
  [ -f "$1/SHA256SUMS" ] && [ -f "$1/manifest.json" ] || fail "$1: expected a set of backups, found none"
  (cd "$1" && sha256sum --check --strict --quiet SHA256SUMS >&2) || fail "$1: a file is not as it was written"
  said=$(sed 's/^[0-9a-f]*  //' "$1/SHA256SUMS" | sort)
  there=$(cd "$1" && find . -type f ! -path ./SHA256SUMS -printf '%P\n' | sort)
  [ "$said" = "$there" ] || fail "$1: expected the files of its SHA256SUMS and no others"
}

# Holds the lock, which all that is copied on this host shares, until this program ends. usage: alone [seconds that it may take]
alone() {
  mkdir -p "$STORE" "$FOLDER/backups"
  exec 9> "$FOLDER/backups/.lock"
  flock --timeout "${1:-0}" 9 || fail "another run is under way in $FOLDER/backups; nothing was done"
}

# From here on nothing depends on whoever asked: what is said goes to a file, too, and on without him.
go_on_alone() {
  : > "$STORE/.log"
  exec > >(exec tee -p --append "$STORE/.log" 9>&-) 2> >(exec tee -p --append "$STORE/.log" >&2 9>&-)
  trap '' HUP PIPE
}

# What a run that was killed has left: it no longer holds the lock, so nobody works there.
sweep() {
  local left
  find "$STORE" -mindepth 1 -maxdepth 1 -name '.partial-*' -exec rm -rf {} +
  left=$(docker ps --all --quiet --filter "label=dev.vpai.backup=$FOLDER")
  # shellcheck disable=SC2086 # Ids have no blanks.
  [ -z "$left" ] || docker rm --force $left > /dev/null
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

# Items of the plan, as `<part><tab><item>`: all, or those of a service. usage: items [service]
items() {
  local line fields part
  for line in "${ITEMS[@]}"; do
    IFS=$'\t' read -r -a fields <<< "$line"
    part=$(part_named "${fields[0]}")
    IFS=$'\t' read -r -a part <<< "$part"
    if [ -z "${1:-}" ] || [ "${part[1]}" = "$1" ] || [[ $'\t'$line$'\t' == *$'\t'*$'\t'*$'\t'"$1"$'\t'* ]]; then
      printf '%s\t%s\n' "${fields[0]}" "${fields[1]}"
    fi
  done
}

part_named() {
  local one
  for one in "${PARTS[@]}"; do [ "${one%%$'\t'*}" != "$1" ] || { echo "$one"; return; }; done
  fail "$HERE/plan: expected a part $1, found none"
}

# Services that use an item. usage: users <part> <item>
users() {
  local line
  for line in "${ITEMS[@]}"; do
    [[ $line != "$1"$'\t'"$2"$'\t'* ]] || tr '\t' '\n' <<< "${line#*$'\t'*$'\t'}"
  done
}

# A verb of an item's method. usage: on_item <verb> <part><tab><item>
on_item() {
  local fields
  IFS=$'\t' read -r -a fields <<< "$(part_named "${2%%$'\t'*}")"
  ITEM=${2#*$'\t'} method "$1" "${fields[@]}"
}

# Chooses what comes back: CHOSEN has its items, CONCERNED the services that use them. usage: choose [service]
choose() {
  mapfile -t CHOSEN < <(items "${1:-}")
  [ "${#CHOSEN[@]}" -gt 0 ] || fail "expected a service whose data come back from a set, found ${1:-none}"
  find_concerned
}

find_concerned() {
  local one
  mapfile -t CONCERNED < <(for one in "${CHOSEN[@]}"; do users "${one%%$'\t'*}" "${one#*$'\t'}"; done | sort -u)
}

# usage: expect_name <what is to be the name of a set>
expect_name() {
  [[ $1 =~ ^[0-9]{6}-[0-9]{8}T[0-9]{6}Z$ ]] || fail "expected the name of a set, found ${1@Q}"
}

expect_set() {
  [ -f "$STORE/${1:-}/manifest.json" ] || fail "expected one of the sets $(sets | tr '\n' ' '), found ${1:-none}"
}

what() {
  read_plan
  expect_set "${1:-}"
  choose "${2:-}"
  tell_chosen
}

tell_chosen() {
  local one
  for one in "${CHOSEN[@]}"; do echo "replaces ${one//$'\t'/ }"; done
  for one in "${CONCERNED[@]}"; do ! is_there "$one" || echo "stops $one"; done
}

# Whether a service is a unit of systemd; the others are containers.
is_unit() { [[ " ${UNITS[*]} " == *" $1 "* ]]; }

is_there() {
  if is_unit "$1"; then
    systemctl cat -- "$1.service" > /dev/null 2>&1
  else
    docker inspect --format x "$PREFIX$1" > /dev/null 2>&1
  fi
}

is_running() {
  if is_unit "$1"; then
    case $(systemctl is-active -- "$1.service" || true) in active | activating | reloading) ;; *) return 1 ;; esac
  else
    [ "$(docker inspect --format '{{.State.Running}}' "$PREFIX$1" 2> /dev/null)" = true ]
  fi
}

# Stops or starts a service. usage: control stop|start <service>
control() {
  if is_unit "$2"; then systemctl "$1" -- "$2.service"; else docker "$1" "$PREFIX$2" > /dev/null; fi
}

# How a service is; what nobody asks is healthy while it runs.
state_of() {
  if is_unit "$1"; then
    systemctl is-active -- "$1.service" || true
  else
    docker inspect --format '{{if .State.Health}}{{.State.Health.Status}}{{else}}{{.State.Status}}{{end}}' "$PREFIX$1"
  fi
}

# Stops the services that use what is replaced: none of the others. usage: stop_concerned [what is noted beforehand: see note_exchange]
stop_concerned() {
  local one
  STOPPED=()
  # One of another host asks again until what it uses is back.
  for one in "${CONCERNED[@]}"; do ! is_running "$one" || STOPPED+=("$one"); done
  [ "$#" -eq 0 ] || note_exchange "$@"
  for one in "${STOPPED[@]}"; do control stop "$one"; done
  DOWN=$(date +%s)
}

# Notes what a restore has in hand before it stops anybody: killed at any moment, it leaves what the next run settles by this.
# usage: note_exchange <set that comes back, or - where what there was comes back>
note_exchange() {
  local note=$STORE/.restoring
  {
    printf 'set\t%s\nmoment\t%s\n' "$1" "$STAMP"
    printf 'item\t%s\n' "${CHOSEN[@]}"
    [ "${#STOPPED[@]}" -eq 0 ] || printf 'stopped\t%s\n' "${STOPPED[@]}"
  } > "$note.new"
  sync "$note.new"
  mv -fT "$note.new" "$note"
  trap settle_exchange EXIT
  trap 'exit 143' TERM
  trap 'exit 130' INT
}

# usage: note_step switching|switched
note_step() {
  echo "$1" >> "$STORE/.restoring"
  sync "$STORE/.restoring"
}

forget_exchange() {
  rm -f "$STORE/.restoring"
  trap - EXIT
}

# What a restore has left that did not come to its end: data that were not all replaced are those of before again, and who was stopped
# for it is started.
settle_exchange() (
  STORE=$FOLDER/backups
  STAMP='' CHOSEN=() STOPPED=()
  note=$STORE/.restoring set='' step=stopping
  [ -e "$note" ] || exit 0
  while IFS=$'\t' read -r key value; do
    case $key in
      set) set=$value ;;
      moment) STAMP=$value ;;
      item) CHOSEN+=("$value") ;;
      stopped) STOPPED+=("$value") ;;
      switching | switched) step=$key ;;
    esac
  done < "$note"
  export STAMP
  WORK=$STORE/$set
  if [ "$step" = switching ]; then
    put_back_chosen || fail "what was in use before $STAMP could not be put back; who uses it stays stopped. The next run tries again" \
      "($note)"
  fi
  [ "$step" = switched ] || [ "$set" = - ] || discard
  for one in "${STOPPED[@]}"; do
    ! is_there "$one" || is_running "$one" || control start "$one" || fail "$one could not be started. The next run tries again ($note)"
  done
  rm "$note"
  case $step in
    switched) echo "a restore of $STAMP was cut short with all data in their places; who was stopped for it is started" ;;
    *) echo "a restore of $STAMP was cut short; the data are those of before, and who was stopped for it is started" ;;
  esac
)

# Somebody may have started who uses them meanwhile.
put_back_chosen() {
  local one
  find_concerned
  for one in "${CONCERNED[@]}"; do
    is_running "$one" || continue
    [[ " ${STOPPED[*]} " == *" $one "* ]] || STOPPED+=("$one")
    control stop "$one" || return 1
  done
  for one in "${CHOSEN[@]}"; do on_item settle "$one" || return 1; done
}

start_stopped() {
  local one
  for one in "${STOPPED[@]}"; do control start "$one" || echo "$one could not be started" >&2; done
}

# Seconds that a service gets to become healthy again.
PATIENCE=${BACKUP_PATIENCE:-300}

expect_health() {
  local one found waited=0
  for one in "${STOPPED[@]}"; do
    while :; do
      found=$(state_of "$one")
      case $found in healthy | running | active) break ;; esac
      [ "$waited" -lt "$PATIENCE" ] || fail "$one is $found after $PATIENCE s${WAY_BACK-. To have back what there was: revert $STAMP}"
      sleep 1
      waited=$((waited + 1))
    done
    echo "$one is back, after $(($(date +%s) - DOWN)) s"
  done
}

# Carries out a verb on every chosen item; where one fails, another verb on those before. usage: each <verb> <verb that undoes it>
each() {
  local one finished=()
  for one in "${CHOSEN[@]}"; do
    if ! on_item "$1" "$one"; then
      for one in "${finished[@]}"; do on_item "$2" "$one" >&2 || echo "${one//$'\t'/ } stays as it is now" >&2; done
      return 1
    fi
    finished+=("$one")
  done
}

# Takes away what was prepared, also what could not be finished.
discard() {
  local one
  for one in "${CHOSEN[@]}"; do on_item discard "$one" || true; done
}

# Waits for a service that was started. usage: answers <service>
answers() {
  local waited
  for ((waited = 0; waited < PATIENCE; waited++)); do
    case $(state_of "$1") in healthy | running | active) return ;; esac
    sleep 1
  done
  return 1
}

# Puts what a set has in the place of what is in use; who uses that is stopped then. usage: replace <set> [service]
replace() {
  read_plan
  expect_set "${1:-}"
  choose "${2:-}"
  alone
  go_on_alone
  settle_exchange
  WORK=$STORE/$1
  check "$WORK"
  STAMP=$(date +%Y%m%dT%H%M%S)
  export STAMP
  # Beside what is in use, which goes on.
  if ! each prepare discard; then
    discard
    fail "nothing was replaced"
  fi
  stop_concerned "$1"
  note_step switching
  if ! each switch revert; then
    start_stopped
    discard
    forget_exchange
    fail "nothing was replaced"
  fi
  note_step switched
  if [ -z "${2:-}" ]; then rm -f "$STORE/.recovering"; fi
}

restore() {
  replace "$@"
  start_stopped
  forget_exchange
  expect_health
  echo "$1 is restored. To have back what there was: revert $STAMP"
}

# Starts those of the stopped services that are asked what they hold, as Redis: a folder of files is read without anybody.
start_servers() {
  local one fields
  for one in "${CHOSEN[@]}"; do
    IFS=$'\t' read -r -a fields <<< "$(part_named "${one%%$'\t'*}")"
    [ "${fields[2]}" != files ] && [[ " ${STOPPED[*]} " == *" ${fields[1]} "* ]] || continue
    is_running "${fields[1]}" || control start "${fields[1]}"
    answers "${fields[1]}" || fail "${fields[1]} is $(state_of "${fields[1]}") after $PATIENCE s"
  done
}

# Lines for who asked, apart by tabs: `item <part> <item> <services that use it>`, `count <part> rows <what> <number>`,
# `differs <part> <what>`.
rehearse() {
  local one part
  replace "${1:-}"
  SINCE=$(sed -n 's/^  "started": "\(.*\)",$/\1/p' "$WORK/manifest.json")
  export SINCE
  start_servers
  for one in "${CHOSEN[@]}"; do
    part=${one%%$'\t'*}
    printf 'item\t%s\t%s\n' "$one" "$(users "$part" "${one#*$'\t'}" | paste --serial --delimiters '\t')"
    on_item compare "$one" | sed "s/^/differs\t$part\t/" || fail "what ${one//$'\t'/ } holds now could not be compared"
    on_item count "$one" | sed "s/^/count\t$part\t/" || fail "what ${one//$'\t'/ } holds now could not be counted"
  done
  start_stopped
  forget_exchange
  expect_health
  echo "$1 is restored. To have back what there was: revert $STAMP"
}

revert() {
  read_plan
  choose "${2:-}"
  alone
  go_on_alone
  settle_exchange
  WORK=$STORE
  STAMP=${1:?which restore}
  export STAMP
  stop_concerned -
  note_step switching
  each revert switch || { start_stopped; forget_exchange; fail "expected what the restore of $STAMP has put aside"; }
  start_stopped
  forget_exchange
  expect_health
}

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

case ${1:-} in
  run) run ;;
  manifests) manifests ;;
  what) what "${@:2}" ;;
  restore) restore "${@:2}" ;;
  rehearse) rehearse "${2:-}" ;;
  recovering) recovering "${2:-}" ;;
  revert) revert "${@:2}" ;;
  list) list ;;
  serve) serve "${2:-}" ;;
  accept) accept "${@:2}" ;;
  check)
    check "$STORE/${2:?which set}"
    echo "$2 is as it was written"
    ;;
  release | releases | since | rollback | undo)
    # shellcheck source=migrate.sh
    . "$HERE/migrate.sh"
    # shellcheck source=releases.sh
    . "$HERE/releases.sh"
    "$@"
    ;;
  migrate | holds | fits)
    # shellcheck source=migrate.sh
    . "$HERE/migrate.sh"
    "$@"
    ;;
  extract | target)
    # shellcheck source=extract.sh
    . "$HERE/extract.sh"
    "$@"
    ;;
  *) fail "expected run, list, manifests, check, what, restore, extract, target, rehearse, recovering, revert, serve or accept, or a release's or migration's verb, found ${1:-nothing}" ;;
esac
