# The way back to a release (docs/releases.md). Part of backup.sh, which reads this, after releases.sh, for its verbs:
#   since <service> <release>      what it has now, by part: rows, files newer than the release, configuration files that differ;
#                                  and what a rollback replaces and stops
#   rollback <service> <release> <moment>   data, configuration and image of then; the container to start is <name>.rollback
#   undo <service> <release> <moment of a rollback>
# shellcheck shell=bash disable=SC2034,SC2153 # FOLDER and the rest are backup.sh's, and its other files use what is set here.

# A rollback itself goes back where somebody does not become healthy.
WAY_BACK=''

expect_release() {
  [[ ${1:-} != */* ]] && [ -n "${1:-}" ] && [ -f "$STORE/$1/manifest.json" ] ||
    fail "expected one of the releases $(releases_there | tr '\n' ' '), found ${1:-none}"
}

# Whether a release's image reads data of an earlier version than those in use: then all of these make way for those of before, which are
# kept. WAY is "versions" or "items"; KEPT says where they are, and of when. usage: choose_way <service> <release>
choose_way() {
  local release kept_for now
  WAY=items
  versions_of "$1" || return 0
  IMAGE=$(sed -n 's/^  "from": { .*"image": "\(.*\)" },$/\1/p' "$STORE/$2/manifest.json")
  export IMAGE
  find_version
  now=$(versions reads) || fail "expected the image of $2 on the host, which says what data it reads, found none"
  if [ -z "$now" ] || [ -z "$FOUND" ] || [ "$now" = "$FOUND" ]; then return 0; fi
  [ "$now" -lt "$FOUND" ] || fail "expected a release of version $FOUND, which the data are of, or an earlier one; found one of $now"
  IFS=$'\t' read -r kept_for release KEPT < <(versions before) || fail "the data that $2 had are nowhere any more; its dumps are in $STORE/$2"
  [ "$kept_for" = "$now" ] && { [ "$release" = "$2" ] || [ "$release" = - ]; } ||
    fail "expected the data of version $now that $2 had, found those of version $kept_for that $release had: go back to $release first"
  KEPT="${KEPT#*$'\t'}, as of ${KEPT%%$'\t'*}"
  WAY=versions
}

# All that a rollback stops, the service first. usage: stopped_with <service>
stopped_with() {
  local one
  printf '%s\n' "$1"
  for one in "${@:2}"; do [ "$one" = "$1" ] || printf '%s\n' "$one"; done
}

since() {
  local one service=$1
  read_plan
  own_data "$service"
  expect_release "${2:-}"
  WORK=$STORE/$2
  choose_way "$service" "$2"
  SINCE=$(sed -n 's/^  "started": "\(.*\)",$/\1/p' "$WORK/manifest.json")
  export SINCE
  for one in "${CHOSEN[@]}"; do
    on_item count "$one" | sed "s/^/${one%%$'\t'*}\t/" || fail "what ${one//$'\t'/ } holds now could not be counted"
  done
  if [ -d "$WORK/$VERSION/configs" ]; then
    diff --recursive --brief "$WORK/$VERSION/configs" "$FOLDER/configs/$service" |
      sed -E "s|^Files .*/configs/(.*) and .*|\1|; s|^Only in .*: (.*)|\1|; s/^/config\tdiffers\t/" || true
  fi
  weigh_chosen
  mapfile -t CONCERNED < <(stopped_with "$service" "${CONCERNED[@]}" | sort)
  if [ "$WAY" = versions ]; then
    printf 'does\treplaces all data of %s, which are of version %s, by those of before: %s\n' "$service" "$FOUND" "$KEPT"
    CHOSEN=() LACKING=()
  fi
  tell_chosen | sed 's/^/does\t/'
}

# The container that was made for it takes the place of the one in use, with its configuration files. usage: swap <service>
swap() {
  local name=$PREFIX$1 last=$FOLDER/last-healthy/$1
  mkdir -p "$last" &&
    docker stop "$name" > /dev/null &&
    docker rename "$name" "$name.before-$STAMP" &&
    docker rename "$name.rollback" "$name" &&
    mv -T "$last" "$last.before-$STAMP" &&
    cp -a "$WORK/$VERSION" "$last"
}

# The same, backwards, as far as it came. usage: swap_back <service>
swap_back() {
  local name=$PREFIX$1 last=$FOLDER/last-healthy/$1
  if docker inspect --format x "$name.before-$STAMP" > /dev/null 2>&1; then
    docker stop "$name" > /dev/null 2>&1 || true
    docker rename "$name" "$name.rollback" 2> /dev/null || true
    docker rename "$name.before-$STAMP" "$name" || return 1
  fi
  if [ -d "$last.before-$STAMP" ]; then
    rm -rf "$last"
    mv -T "$last.before-$STAMP" "$last"
  fi
}

# By this name the state's version is known, which the next `up` takes away; where one has the name already, that is it.
# usage: keep_aside <service>
keep_aside() {
  local name=$PREFIX$1
  if docker inspect --format x "$name.failed" > /dev/null 2>&1; then
    docker rm --force "$name.before-$STAMP" > /dev/null
  else
    docker rename "$name.before-$STAMP" "$name.failed"
    echo "its container is kept, stopped, as $name.failed"
  fi
}

# Whether a container stays as it is for a while, once it is healthy. usage: stays <service>
stays() {
  local name=$PREFIX$1 format='{{.State.StartedAt}} {{.RestartCount}}' began
  began=$(docker inspect --format "$format" "$name")
  sleep "${RELEASE_SETTLE:-15}"
  [ "$(docker inspect --format "$format" "$name")" = "$began" ] || fail "$1 was healthy, and started again"
  case $(state_of "$1") in healthy | running) ;; *) fail "$1 was healthy, and is $(state_of "$1")" ;; esac
}

# What a rollback or its undoing that was cut short has left of containers. usage: settle_containers <service>
settle_containers() {
  drop_prepared "$1"
  ! docker inspect --format x "$PREFIX$1.before-$STAMP" > /dev/null 2>&1 || keep_aside "$1"
}

# All data of before, where what is now was put in their place. Nobody serves either meanwhile. usage: put_back_versions <service>
put_back_versions() {
  versions_of "$1" || return 1
  ! is_running "$1" || control stop "$1" || return 1
  ! versions is_aside || versions forth
}

# A server takes its data back while it runs; whoever else uses them does not. usage: serve_own <service>
serve_own() {
  [[ $(users_of_chosen) == *" $1 "* ]] && return
  is_running "$1" || control start "$1" || return 1
  answers "$1"
}

drop_prepared() { docker rm --force "$PREFIX$1.rollback" > /dev/null 2>&1 || true; }

begin_change() {
  read_plan
  own_data "$1"
  expect_release "${2:-}"
  alone "$PATIENCE_FOR_OTHERS"
  go_on_alone
  settle_exchange
  WORK=$STORE/$2
}

rollback() {
  local service=$1
  begin_change "$@"
  check "$WORK"
  choose_way "$service" "$2"
  docker inspect --format x "$PREFIX$service.rollback" > /dev/null || fail "expected a container $PREFIX$service.rollback, found none"
  STAMP=${3:-}
  [[ $STAMP =~ ^[0-9]{8}T[0-9]{6}$ ]] || fail "expected a moment such as 20261129T230500, found ${STAMP:-none}"
  export STAMP
  # What becomes of data beside those in use is for the program of then.
  RUNS_IN=$PREFIX$service.rollback
  export RUNS_IN
  if [ "$WAY" = items ]; then prepare_items "$service"; fi
  stop_concerned "$2" "$service"
  mapfile -t STOPPED < <(stopped_with "$service" "${STOPPED[@]}")
  note_step switching
  if ! exchange "$service"; then
    start_stopped
    discard
    drop_prepared "$service"
    forget_exchange
    fail "nothing was replaced"
  fi
  if ! { swap "$service" && start_stopped && is_running "$service" && (expect_health && stays "$service"); }; then
    docker logs --tail 30 "$PREFIX$service" >&2 || true
    put_back "$service"
    forget_exchange
    fail "the version of $2 does not serve; everything is as it was before"
  fi
  note_step switched
  keep_aside "$service"
  forget_exchange
  echo "$service is what it was at $2. To have back what there was: undo $STAMP"
}

# Beside what is in use, which goes on. What came to the service with a later version is not of this release, and stays.
# usage: prepare_items <service>
prepare_items() {
  weigh_chosen
  (expect_room "$NEEDED") && each prepare discard && return
  discard
  drop_prepared "$1"
  fail "nothing was replaced"
}

# What is in use makes way for what there was. usage: exchange <service>
exchange() {
  if [ "$WAY" = items ]; then
    each switch revert
  else
    ! is_running "$1" || control stop "$1"
    versions back
  fi
}

# Everything as it was before a rollback. usage: put_back <service>
put_back() {
  local one
  for one in "${STOPPED[@]}"; do [ "$one" = "$1" ] || ! is_running "$one" || control stop "$one" || true; done
  swap_back "$1" || echo "expected the container of before, found that it could not be put back: $PREFIX$1.before-$STAMP" >&2
  if [ "$WAY" = versions ]; then
    versions forth || echo "expected the data of before, found that they could not be put back: they are where it is said above" >&2
    start_stopped
    (expect_health) || true
    drop_prepared "$1"
    return
  fi
  serve_own "$1" || true
  each revert switch || echo "expected the data of before, found that they could not be put back: they are where it is said above" >&2
  discard
  start_stopped
  (expect_health) || true
  drop_prepared "$1"
}

users_of_chosen() {
  local one
  printf ' '
  for one in "${CHOSEN[@]}"; do users "${one%%$'\t'*}" "${one#*$'\t'}"; done | tr '\n' ' '
}

undo() {
  local service=$1 name=$PREFIX$1
  begin_change "$@"
  STAMP=${3:?which rollback}
  export STAMP
  [ -d "$FOLDER/last-healthy/$service.before-$STAMP" ] || fail "expected what the rollback of $STAMP has put aside, found none"
  docker inspect --format x "$name.failed" > /dev/null 2>&1 || fail "expected the container $name.failed, found none"
  # As the rollback did.
  weigh_chosen
  WAY=items
  ! versions_of "$service" || ! versions is_aside || WAY=versions
  stop_concerned "$2" "$service"
  mapfile -t STOPPED < <(stopped_with "$service" "${STOPPED[@]}")
  docker rename "$name.failed" "$name.before-$STAMP"
  note_step switching
  put_back "$service"
  forget_exchange
  echo "$service is again what it was before the rollback of $STAMP"
}
