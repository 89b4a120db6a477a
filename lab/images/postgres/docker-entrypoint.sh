#!/bin/bash
# Starts PostgreSQL under the contract of the official image: the same variables, first-start steps and user.
set -euo pipefail

fail() {
  printf 'entrypoint: %s\n' "$1" >&2
  exit 1
}

# setting NAME [DEFAULT]: the value of NAME, or the content of the file that NAME_FILE names, or the default.
setting() {
  local name=$1 file="${1}_FILE"
  if [ -n "${!name:-}" ] && [ -n "${!file:-}" ]; then
    fail "both $name and $file are set: give one of them"
  fi
  if [ -n "${!file:-}" ]; then
    [ -r "${!file}" ] || fail "$file names ${!file}, which user $(id -u) cannot read"
    printf '%s' "$(<"${!file}")"
  else
    printf '%s' "${!name:-${2:-}}"
  fi
}

run_script() {
  case $1 in
    *.sh)
      # As in the official image: an executable script runs by itself, any other runs inside this shell.
      # shellcheck disable=SC1090
      if [ -x "$1" ]; then "$1"; else . "$1"; fi
      ;;
    *.sql) run_sql <"$1" ;;
    *.sql.gz) gunzip -c "$1" | run_sql ;;
    *.sql.xz) xz -dc "$1" | run_sql ;;
    *.sql.zst) zstd -dc "$1" | run_sql ;;
    *) printf 'entrypoint: ignoring %s\n' "$1" ;;
  esac
}

run_sql() {
  psql -v ON_ERROR_STOP=1 --no-password --no-psqlrc --username "$POSTGRES_USER" --dbname "$POSTGRES_DB" "$@"
}

create_cluster() {
  local method=${POSTGRES_HOST_AUTH_METHOD:-scram-sha-256}
  if [ -z "$POSTGRES_PASSWORD" ] && [ "$method" != trust ]; then
    fail 'the database is empty and no superuser password is given: set POSTGRES_PASSWORD_FILE (or POSTGRES_PASSWORD)'
  fi
  local arguments
  read -r -a arguments <<<"$(setting POSTGRES_INITDB_ARGS)"
  if [ -n "${POSTGRES_INITDB_WALDIR:-}" ]; then
    arguments+=(--waldir "$POSTGRES_INITDB_WALDIR")
  fi
  # The password travels in a pipe: never an argument, never a file.
  if [ -n "$POSTGRES_PASSWORD" ]; then
    initdb --username="$POSTGRES_USER" --pwfile=<(printf '%s\n' "$POSTGRES_PASSWORD") "${arguments[@]}"
  else
    initdb --username="$POSTGRES_USER" "${arguments[@]}"
  fi
  printf '\nhost all all all %s\n' "$method" >>"$PGDATA/pg_hba.conf"
}

fill_cluster() {
  # Nothing outside may connect before the scripts have run, so this server listens on its socket alone.
  local options
  options=$(printf '%q ' "$@" -c listen_addresses= -c unix_socket_directories=/var/run/postgresql -p "${PGPORT:-5432}")
  PGPASSWORD=$POSTGRES_PASSWORD
  export PGPASSWORD POSTGRES_USER POSTGRES_DB
  PGUSER=$POSTGRES_USER pg_ctl --pgdata "$PGDATA" --options "$options" --wait start
  if [ "$POSTGRES_DB" != postgres ]; then
    POSTGRES_DB=postgres run_sql -v database="$POSTGRES_DB" <<<'CREATE DATABASE :"database";'
  fi
  local script
  for script in /docker-entrypoint-initdb.d/*; do
    [ -e "$script" ] || continue
    printf 'entrypoint: running %s\n' "$script"
    run_script "$script"
  done
  pg_ctl --pgdata "$PGDATA" --mode fast --wait stop
  unset PGPASSWORD
}

case ${1:-postgres} in
  -*) set -- postgres "$@" ;;
esac
if [ "${1:-}" != postgres ]; then
  exec "$@"
fi

if [ "$(id -u)" = 0 ]; then
  install -d -m 0700 "$PGDATA"
  find "$PGDATA" /var/run/postgresql ! -user postgres -exec chown postgres {} +
  if [ -n "${POSTGRES_INITDB_WALDIR:-}" ]; then
    install -d -o postgres -m 0700 "$POSTGRES_INITDB_WALDIR"
  fi
  exec setpriv --reuid postgres --regid postgres --init-groups "$0" "$@"
fi

install -d -m 0700 "$PGDATA"
shift
if [ ! -s "$PGDATA/PG_VERSION" ]; then
  # The two variables are exported empty of their files, as scripts of the official image expect them.
  POSTGRES_USER=$(setting POSTGRES_USER postgres)
  POSTGRES_DB=$(setting POSTGRES_DB "$POSTGRES_USER")
  POSTGRES_PASSWORD=$(setting POSTGRES_PASSWORD)
  create_cluster
  fill_cluster "$@"
  printf 'entrypoint: first start complete\n'
fi
unset POSTGRES_PASSWORD
# Given first, so that the same setting among the arguments wins: compiled in is /tmp.
exec postgres -c unix_socket_directories=/var/run/postgresql "$@"
