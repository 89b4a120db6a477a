# What a set has in the place of what is in use, and the way back. Part of backup.sh, which reads this for its verbs:
#   what <set> [service]
#   restore <set> [service]
#   rehearse <set>
#   revert <moment of a restore> [service]
# shellcheck shell=bash disable=SC2034,SC2153 # FOLDER and the rest are backup.sh's, and its other files use what is set here.

what() {
  read_plan
  expect_set "${1:-}"
  choose "${2:-}"
  WORK=$STORE/$1
  weigh_chosen "${2:-}"
  tell_chosen
}

tell_chosen() {
  local one
  for one in "${CHOSEN[@]}"; do echo "replaces ${one//$'\t'/ }"; done
  for one in "${LACKING[@]}"; do echo "leaves ${one//$'\t'/ }, of which it has nothing"; done
  for one in "${CONCERNED[@]}"; do ! is_there "$one" || echo "stops $one"; done
}

# Stops the services that use what is replaced: none of the others. usage: stop_concerned <what is noted beforehand: see note_exchange>
stop_concerned() {
  local one
  STOPPED=()
  # One of another host asks again until what it uses is back.
  for one in "${CONCERNED[@]}"; do ! is_running "$one" || STOPPED+=("$one"); done
  note_exchange "$@"
  for one in "${STOPPED[@]}"; do control stop "$one"; done
  DOWN=$(date +%s)
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

# Puts what a set has in the place of what is in use; who uses that is stopped then. usage: replace <set> [service]
replace() {
  local one
  read_plan
  expect_set "${1:-}"
  choose "${2:-}"
  alone
  go_on_alone
  settle_exchange
  WORK=$STORE/$1
  check "$WORK"
  weigh_chosen "${2:-}"
  for one in "${LACKING[@]}"; do echo "$1 has nothing of ${one//$'\t'/ }, which stays as it is"; done
  # For a while they are there twice.
  expect_room "$NEEDED"
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
  note_lacking
  if [ -z "${2:-}" ]; then rm -f "$STORE/.recovering"; fi
}

# The way back is only for what was replaced.
note_lacking() {
  [ "${#LACKING[@]}" -gt 0 ] || return 0
  mkdir -p "$STORE/before-$STAMP"
  printf '%s\n' "${LACKING[@]}" > "$STORE/before-$STAMP/lacking"
}

# Leaves out what the restore of STAMP has not replaced.
without_lacking() {
  local note=$STORE/before-$STAMP/lacking
  [ -e "$note" ] || return 0
  mapfile -t CHOSEN < <(printf '%s\n' "${CHOSEN[@]}" | grep -vxFf "$note")
  [ "${#CHOSEN[@]}" -gt 0 ] || fail "expected what the restore of $STAMP has put aside, found that its set had nothing of it"
  find_concerned
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
  without_lacking
  stop_concerned -
  note_step switching
  each revert switch || { start_stopped; forget_exchange; fail "expected what the restore of $STAMP has put aside"; }
  start_stopped
  forget_exchange
  expect_health
}
