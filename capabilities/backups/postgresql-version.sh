# Tells which major version's cluster a folder holds: `<version><tab><path below it><tab><bytes>`; nothing where it holds none.
# usage: postgresql-version.sh <data folder>
#
# A cluster lies where the official images put it: `<version>/docker`, and before 18 `data` or the folder itself. One whose control
# file has another name is out of service, as after a migration: it counts only where there is no other.
set -euo pipefail

clusters() {
  local one
  for one in "$1"/[0-9]*/docker "$1/data" "$1"; do
    case $(basename "$(dirname "$one")") in *[!0-9]*) [ "${one##*/}" != docker ] || continue ;; esac
    [ -s "$one/PG_VERSION" ] && [ -e "$one/global/$2" ] || continue
    printf '%s\t%s\n' "$(cut -d . -f 1 "$one/PG_VERSION")" "$one"
  done | sort -n | tail -n 1
}

FOUND=$(clusters "$1" pg_control)
[ -n "$FOUND" ] || FOUND=$(clusters "$1" pg_control.old)
[ -n "$FOUND" ] || exit 0
CLUSTER=${FOUND#*$'\t'}
BYTES=$(du --summarize --block-size=1 "$CLUSTER" 2> /dev/null || true)
CLUSTER=${CLUSTER#"$1"}
CLUSTER=${CLUSTER#/}
printf '%s\t%s\t%s\n' "${FOUND%%$'\t'*}" "${CLUSTER:-.}" "${BYTES%%[!0-9]*}"
