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
#        backup.sh … release | releases …: see releases.sh
#        backup.sh … since | rollback | undo …: see rollback.sh
#        backup.sh … migrate | holds | fits …: see migrate.sh
#
# Beside it lie the plan, which says what is copied, a program for each method, and the parts of this one. A set is built in a hidden
# folder and renamed when everything in it was read back; sets are told apart, and ordered, by the number in front, whatever the clock
# says.
set -euo pipefail
umask 077
export LC_ALL=C TZ=UTC0

FOLDER=$1 PREFIX=$2 IMAGE=$3
shift 3
HERE=$(cd "$(dirname "$0")" && pwd)
STORE=$FOLDER/backups
SECRETS=$FOLDER/secrets/$(basename "$HERE")
export FOLDER PREFIX IMAGE HERE

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
  # A full disk is no reason to leave there what fills it, or to leave half of the data changed.
  case $verb in discard | revert | settle) room=$MARGIN ;; esac
  if [ "$room" -le 0 ]; then
    echo "backup: the disk of ${DISK:-$STORE} is full" >&2
    return 1
  fi
  [ "$secret" = - ] || secret=$SECRETS/$secret
  (
    # What would take the last of the disk is ended, and with it the run.
    ulimit -f $((room / 1024 + 1))
    PART=$name SERVICE=$service CONTAINER=$PREFIX$service SECRET=$secret ROOM=$room OUT=$WORK/$name \
      exec bash "$HERE/$program.sh" "$verb" "$@"
  ) < /dev/null
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

# usage: expect_name <what is to be the name of a set>
expect_name() {
  [[ $1 =~ ^[0-9]{6}-[0-9]{8}T[0-9]{6}Z$ ]] || fail "expected the name of a set, found ${1@Q}"
}

expect_set() {
  [ -f "$STORE/${1:-}/manifest.json" ] || fail "expected one of the sets $(sets | tr '\n' ' '), found ${1:-none}"
}

# shellcheck source=plan.sh
. "$HERE/plan.sh"
# shellcheck source=set.sh
. "$HERE/set.sh"
# shellcheck source=services.sh
. "$HERE/services.sh"
# shellcheck source=settle.sh
. "$HERE/settle.sh"
# shellcheck source=restore.sh
. "$HERE/restore.sh"
# shellcheck source=transfer.sh
. "$HERE/transfer.sh"

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
    # shellcheck source=rollback.sh
    . "$HERE/rollback.sh"
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
