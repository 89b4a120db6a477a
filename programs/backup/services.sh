# Who uses the data: containers, and units of systemd. Part of backup.sh, which reads this.
# shellcheck shell=bash disable=SC2153 # FOLDER and the rest are backup.sh's.

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

start_stopped() {
  local one
  for one in "${STOPPED[@]}"; do control start "$one" || echo "$one could not be started" >&2; done
}

# Seconds that a service gets to become healthy again.
PATIENCE=${BACKUP_PATIENCE:-300}

# Waits for a service that was started. usage: answers <service>
answers() {
  local waited
  for ((waited = 0; waited < PATIENCE; waited++)); do
    case $(state_of "$1") in healthy | running | active) return ;; esac
    sleep 1
  done
  return 1
}

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
