# What the plan says: which parts a host's data have, which items each, and who uses them. Part of backup.sh, which reads this.
# shellcheck shell=bash disable=SC2034,SC2153 # FOLDER and the rest are backup.sh's, and its other files use what is set here.

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

part_named() {
  local one
  for one in "${PARTS[@]}"; do [ "${one%%$'\t'*}" != "$1" ] || { echo "$one"; return; }; done
  fail "$HERE/plan: expected a part $1, found none"
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

# Bytes that a set has of an item; nothing where it has nothing of it. usage: size_of <part><tab><item>
size_of() {
  PART=${1%%$'\t'*} ITEM=${1#*$'\t'} OUT=$WORK/${1%%$'\t'*} bash -c '. "$HERE/tools.sh"; item_size'
}

# Chooses what comes back: CHOSEN has its items, CONCERNED the services that use them. usage: choose [service]
choose() {
  mapfile -t CHOSEN < <(items "${1:-}")
  [ "${#CHOSEN[@]}" -gt 0 ] || fail "expected a service whose data come back from a set, found ${1:-none}"
  find_concerned
}

# Weighs what comes back from the set in WORK: NEEDED has its bytes. What was requested after the set was made, so that it has nothing of
# that, is LACKING and stays as it is, unless it is what a person has named. usage: weigh_chosen [service that is named]
weigh_chosen() {
  local one size all=("${CHOSEN[@]}")
  CHOSEN=() LACKING=() NEEDED=0
  for one in "${all[@]}"; do
    size=$(size_of "$one")
    if [ -z "$size" ] && [ -z "${1:-}" ]; then
      LACKING+=("$one")
      continue
    fi
    CHOSEN+=("$one") NEEDED=$((NEEDED + ${size:-0}))
  done
  [ "${#CHOSEN[@]}" -gt 0 ] || fail "expected something of what the plan names in $WORK, found nothing"
  find_concerned
}

find_concerned() {
  local one
  mapfile -t CONCERNED < <(for one in "${CHOSEN[@]}"; do users "${one%%$'\t'*}" "${one#*$'\t'}"; done | sort -u)
}
