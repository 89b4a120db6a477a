# What a restore has in hand: noted while it is, and settled by whoever comes next where it was cut short. Part of backup.sh, which
# reads this.
# shellcheck shell=bash disable=SC2034,SC2153 # FOLDER and the rest are backup.sh's, and its other files use what is set here.

# Where that is noted: there is one for all, as there is one lock.
NOTE=$FOLDER/backups/.restoring

# Notes what a restore has in hand before it stops anybody: killed at any moment, it leaves what the next run settles by this.
# usage: note_exchange <set that comes back, or - where what there was comes back> [service whose container changes with its data]
note_exchange() {
  {
    printf 'set\t%s\nmoment\t%s\n' "$1" "$STAMP"
    printf 'item\t%s\n' "${CHOSEN[@]}"
    [ "${#STOPPED[@]}" -eq 0 ] || printf 'stopped\t%s\n' "${STOPPED[@]}"
    [ -z "${2:-}" ] || printf 'way\t%s\nservice\t%s\n' "$WAY" "$2"
  } > "$NOTE.new"
  sync "$NOTE.new"
  mv -fT "$NOTE.new" "$NOTE"
  trap settle_exchange EXIT
  trap 'exit 143' TERM
  trap 'exit 130' INT
}

# usage: note_step switching|switched
note_step() {
  echo "$1" >> "$NOTE"
  sync "$NOTE"
}

forget_exchange() {
  rm -f "$NOTE"
  trap - EXIT
}

# What a restore has left that did not come to its end: data that were not all replaced are those of before again, and who was stopped
# for it is started.
settle_exchange() (
  STORE=$FOLDER/backups
  STAMP='' CHOSEN=() STOPPED=() WAY=items
  set='' step=stopping service='' used=''
  [ -e "$NOTE" ] || exit 0
  while IFS=$'\t' read -r key value; do
    case $key in
      set) set=$value ;;
      moment) STAMP=$value ;;
      item) CHOSEN+=("$value") ;;
      stopped) STOPPED+=("$value") ;;
      way) WAY=$value ;;
      service) service=$value STORE=$FOLDER/releases/$value ;;
      switching | switched) step=$key ;;
    esac
  done < "$NOTE"
  export STAMP
  WORK=$STORE/$set
  if [ -n "$service" ]; then
    # shellcheck source=migrate.sh
    . "$HERE/migrate.sh"
    # shellcheck source=releases.sh
    . "$HERE/releases.sh"
    # shellcheck source=rollback.sh
    . "$HERE/rollback.sh"
    [[ " ${STOPPED[*]} " == *" $service "* ]] || STOPPED+=("$service")
  fi
  if [ "$step" = switching ]; then
    put_back_chosen "$service" || fail "what was in use before $STAMP could not be put back; who uses it stays stopped. The next run" \
      "tries again ($NOTE)"
  fi
  [ -z "$service" ] || settle_containers "$service"
  # What somebody has written meanwhile goes out of use, and stays where it is told.
  [ "$step" = switched ] || [ "$set" = - ] || [ -n "$used" ] || [ "$WAY" = versions ] || discard
  for one in "${STOPPED[@]}"; do
    ! is_there "$one" || is_running "$one" || control start "$one" || fail "$one could not be started. The next run tries again ($NOTE)"
  done
  rm "$NOTE"
  case $step in
    switched) echo "a restore of $STAMP was cut short with all data in their places; who was stopped for it is started" ;;
    *) echo "a restore of $STAMP was cut short; the data are those of before, and who was stopped for it is started" ;;
  esac
)

# Somebody may have started who uses them meanwhile. usage: put_back_chosen [service whose container changed with its data]
put_back_chosen() {
  local one
  find_concerned
  for one in "${CONCERNED[@]}"; do
    is_running "$one" || continue
    used=yes
    [[ " ${STOPPED[*]} " == *" $one "* ]] || STOPPED+=("$one")
    control stop "$one" || return 1
  done
  [ -z "${1:-}" ] || swap_back "$1" || return 1
  if [ "$WAY" = versions ]; then
    put_back_versions "$1"
    return
  fi
  [ -z "${1:-}" ] || serve_own "$1" || return 1
  for one in "${CHOSEN[@]}"; do on_item settle "$one" || return 1; done
}
