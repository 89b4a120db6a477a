# What a restore has in hand: noted while it is, and settled by whoever comes next where it was cut short. Part of backup.sh, which
# reads this.
# shellcheck shell=bash disable=SC2034,SC2153 # FOLDER and the rest are backup.sh's, and its other files use what is set here.

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
