# Lays a set out in a folder of the host, to look at: nothing in use is read, replaced or stopped (docs/backups.md#look-into-a-set).
# Part of backup.sh, which reads this for its verbs:
#   target <folder> [bytes]            whether so much could be laid out there; nothing is written
#   extract <set> <folder> [service]   lays out all of a set, or what it has of a service
#
# The folder is root's alone, whoever owns the files in it; it is complete, or what it was before.
# shellcheck shell=bash disable=SC2153 # FOLDER and the rest are backup.sh's.

# Refuses a folder that nothing may be laid out in. TO is where it leads, DISK a folder on its disk. usage: expect_target <folder>
expect_target() {
  local own
  [[ ${1:-} == /* ]] || fail "expected the absolute path of a folder in TO, such as /srv/look, found ${1:-none}"
  TO=$(realpath --canonicalize-missing -- "$1")
  for own in "$FOLDER" "$FOLDER"/*/ "${SOURCES[@]}"; do
    own=$(realpath --canonicalize-missing -- "$own")
    [[ $TO/ != "$own"/* ]] || fail "expected a folder outside of the platform's own in TO, found $1, which lies in $own"
  done
  DISK=$TO
  if [ -e "$TO" ]; then
    [ -d "$TO" ] || fail "expected a folder in TO, found that $1 is none"
    [ -z "$(ls -A -- "$TO")" ] || fail "expected a folder in TO that is empty or not there yet, found something in $1"
  else
    DISK=$(dirname "$TO")
    [ -d "$DISK" ] || fail "expected a folder that is there above the one in TO, found no $DISK"
  fi
}

target() {
  read_plan
  expect_target "${1:-}"
  [ -z "${2:-}" ] || expect_room "$2"
}

# What the plan says of a service, as `<part><tab><item>`: its own parts, each of which is `all`, and what it has in others'.
# usage: plan_of <service>
plan_of() {
  local line part
  for line in "${PARTS[@]}"; do
    IFS=$'\t' read -r -a part <<< "$line"
    if [ "${part[1]}" = "$1" ]; then
      printf '%s\tall\n' "${part[0]}"
    else
      items "$1" | grep "^${part[0]}"$'\t' || true
    fi
  done
}

# All parts that a set has, whatever the plan says today, or what it has of a service. usage: pieces [service]
pieces() {
  if [ -n "${1:-}" ]; then
    plan_of "$1"
  else
    find "$WORK" -mindepth 1 -maxdepth 1 -type d -printf '%f\tall\n' | sort
  fi
}

# Chooses what is laid out: PIECES has it, NEEDED its bytes. usage: choose_pieces [service]
choose_pieces() {
  local one size
  PIECES=() NEEDED=0
  while IFS= read -r one; do
    size=$(size_of "$one")
    if [ -n "$size" ]; then
      PIECES+=("$one") NEEDED=$((NEEDED + size))
    else
      echo "the set has nothing of ${one//$'\t'/ }"
    fi
  done < <(pieces "${1:-}")
  [ "${#PIECES[@]}" -gt 0 ] || fail "expected a service of which $NAME has data, found ${1:-none}"
}

# Makes the folder root's alone. However this ends from here on, it is complete or what it was.
make_target() {
  BEFORE=''
  if [ -d "$TO" ]; then BEFORE=$(stat --format '%u:%g %a' -- "$TO"); else mkdir -- "$TO"; fi
  trap clear_target EXIT
  trap 'exit 129' HUP
  trap 'exit 130' INT
  trap 'exit 141' PIPE
  trap 'exit 143' TERM
  chown "$(id --user):$(id --group)" -- "$TO"
  chmod u=rwx,go=,a-s -- "$TO"
}

clear_target() {
  if [ -z "$BEFORE" ]; then
    rm -rf -- "$TO"
  else
    find "$TO" -mindepth 1 -delete
    chown "${BEFORE% *}" -- "$TO"
    chmod "${BEFORE#* }" -- "$TO"
  fi
}

# By its method; a part that the plan has no more, as its files were written. usage: lay_out <part><tab><item>
lay_out() {
  local part=${1%%$'\t'*} line fields
  ITEM=${1#*$'\t'} TARGET=$TO/$part
  export ITEM TARGET
  if line=$(part_named "$part" 2> /dev/null); then
    IFS=$'\t' read -r -a fields <<< "$line"
    method extract "${fields[@]}"
  else
    PART=$part OUT=$WORK/$part bash -c '. "$HERE/tools.sh"; extract'
  fi
}

# `<files> files, <bytes> bytes` of a folder. usage: amount <folder>
amount() { find "$1" ! -type d -printf '%s\n' | awk '{ bytes += $1 } END { printf "%d file%s, %.0f bytes", NR, NR == 1 ? "" : "s", bytes }'; }

tell_target() {
  local part
  for part in "$TO"/*/; do echo "$(basename "$part"): $(amount "$part")"; done
  echo "${1:-everything} of $NAME is laid out in $TO, as it was written: $(amount "$TO"). Secrets and people's data are in the clear" \
    "there, for root alone: remove it when it was looked at"
}

extract() {
  local one
  read_plan
  expect_set "${1:-}"
  NAME=$1 WORK=$STORE/$1
  expect_target "${2:-}"
  choose_pieces "${3:-}"
  expect_room "$NEEDED"
  alone
  check "$WORK"
  make_target
  for one in "${PIECES[@]}"; do lay_out "$one" || fail "${one//$'\t'/ } could not be laid out; $2 is what it was before"; done
  cp "$WORK/manifest.json" "$TO/manifest.json"
  tell_target "${3:-}"
  trap - EXIT
}
