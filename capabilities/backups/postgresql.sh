# Every database of a PostgreSQL server, and its roles.
# usage: postgresql.sh dump|verify <superuser> [+<database that must be there>…] [-<database that is left out>…]
. "$HERE/tools.sh"

query() { inside psql --username "$SUPERUSER" --no-psqlrc --no-align --tuples-only --set ON_ERROR_STOP=1 --dbname "$1"; }

# The databases that are dumped: all but templates, and but those that somebody says need no copy.
databases() {
  local all one
  all=$(query postgres <<< "SELECT datname FROM pg_database WHERE datallowconn AND NOT datistemplate ORDER BY 1")
  for one in "${@:2}"; do
    case $one in
      +*) grep -qxF -- "${one#+}" <<< "$all" || fail "expected the database ${one#+}, found none of that name" ;;
      -*) all=$(grep -vxF -- "${one#-}" <<< "$all" || true) ;;
    esac
  done
  while IFS= read -r one; do
    [[ $one =~ ^[A-Za-z0-9_][A-Za-z0-9_.-]*$ ]] || fail "expected databases whose names are file names, found ${one@Q}"
  done <<< "$all"
  echo "$all"
}

dump() {
  local database all
  SUPERUSER=$1
  all=$(databases "$@")
  version "PostgreSQL $(query postgres <<< 'SHOW server_version')"
  # With their verifiers, so that logins work at once after a restore; no password can be read from those.
  inside pg_dumpall --username "$SUPERUSER" --roles-only > "$OUT/roles.sql"
  for database in $all; do
    # As they are: what keeps the sets compresses them, and finds what did not change since yesterday.
    inside pg_dump --username "$SUPERUSER" --format custom --compress 0 --lock-wait-timeout 60000 --dbname "$database" \
      > "$OUT/$database.dump"
  done
}

# Reads a dump to its end, and counts the rows that it brings back.
count_rows() {
  inside pg_restore --file - < "$1" | awk -v database="$2" '
    copying && $0 == "\\." { printf "rows\t%s.%s\t%.0f\n", database, table, count; copying = 0; next }
    copying { count++; next }
    /^COPY .* FROM stdin;$/ {
      match(substr($0, 6), /^("([^"]|"")*"|[^". (]+)\.("([^"]|"")*"|[^". (]+)/)
      table = substr($0, 6, RLENGTH); copying = 1; count = 0
    }
    END { exit copying }'
}

verify() {
  local file
  grep -q '^-- PostgreSQL database cluster dump complete' "$OUT/roles.sql" || fail "the roles are not complete"
  for file in "$OUT"/*.dump; do count_rows "$file" "$(basename "$file" .dump)"; done
}

"$@"
