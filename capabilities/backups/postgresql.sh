# Every database of a PostgreSQL server, or those of ONLY, and its roles.
# usage: postgresql.sh <verb> <superuser> [+<database that must be there>…] [-<database that is left out>…]
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
  if [ -n "$ONLY" ]; then
    while IFS= read -r one; do
      grep -qxF -- "$one" <<< "$all" || fail "expected the database $one, found none of that name"
    done <<< "$ONLY"
    all=$ONLY
  fi
  while IFS= read -r one; do
    [[ $one =~ ^[A-Za-z0-9_][A-Za-z0-9_.-]*$ ]] || fail "expected databases whose names are file names, found ${one@Q}"
  done <<< "$all"
  echo "$all"
}

SUPERUSER=$2

dump() {
  local database all
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

# Rows of every table of a database, as count_rows tells those of a dump. usage: rows_in <database> <name to tell them under>
rows_in() {
  query "$1" <<SQL
SELECT format('SELECT %L || count(*) FROM %s', E'rows\\t$2.' || name || E'\\t', name)
FROM (SELECT format('%I.%I', nspname, relname) AS name FROM pg_class JOIN pg_namespace n ON n.oid = relnamespace
      WHERE relkind = 'r' AND nspname NOT IN ('pg_catalog', 'information_schema')) tables
\\gexec
SQL
}

# A lower major version cannot read what a higher one has written; into a higher one the data are brought (postgresql-major.sh).
accept() {
  local now next
  now=$(query postgres <<< "SELECT current_setting('server_version_num')::int / 10000")
  next=$(docker image inspect --format '{{range .Config.Env}}{{println .}}{{end}}' "$NEXT" | sed -n 's/^PG_MAJOR=//p')
  [ -z "$next" ] || [ "$next" -ge "$now" ] ||
    fail "expected PostgreSQL $now or higher in the next image, found $next, which cannot read the data: keep the version, or go back" \
      "with the data by make rollback (docs/releases.md)"
}

count() { rows_in "$ITEM" "$ITEM"; }

# Beside the one in use, with its owner and rights, and every row of the dump.
prepare() {
  local new=${ITEM}_restoring owner missing
  [ -f "$OUT/$ITEM.dump" ] || fail "expected the database $ITEM in the set, found none"
  owner=$(query postgres <<< "SELECT quote_ident(pg_get_userbyid(datdba)) FROM pg_database WHERE datname = '$ITEM'")
  [ -n "$owner" ] || fail "expected a database $ITEM to replace, found none: have make up make an empty one (docs/runbook.md#data-is-gone)"
  discard
  query postgres > /dev/null <<SQL
CREATE DATABASE "$new" OWNER $owner TEMPLATE template0;
REVOKE ALL ON DATABASE "$new" FROM PUBLIC;
SELECT format('GRANT %s ON DATABASE %I TO %s', privilege_type, '$new',
              CASE grantee WHEN 0 THEN 'PUBLIC' ELSE quote_ident(pg_get_userbyid(grantee)) END)
FROM pg_database, aclexplode(coalesce(datacl, acldefault('d', datdba))) WHERE datname = '$ITEM'
\\gexec
SQL
  inside pg_restore --username "$SUPERUSER" --dbname "$new" --exit-on-error --single-transaction < "$OUT/$ITEM.dump"
  missing=$(comm -23 <(count_rows "$OUT/$ITEM.dump" "$ITEM" | sort) <(rows_in "$new" "$ITEM" | sort))
  [ -z "$missing" ] || fail "expected rows that are not there: $missing"
}

# Both names change in one transaction, or none. usage: rename <database> <to> <other> <to>
rename() {
  query postgres > /dev/null <<SQL
BEGIN;
SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname IN ('$1', '$3') AND pid <> pg_backend_pid();
ALTER DATABASE "$1" RENAME TO "$2";
ALTER DATABASE "$3" RENAME TO "$4";
COMMIT;
SQL
}

switch() {
  rename "$ITEM" "${ITEM}_before_$STAMP" "${ITEM}_restoring" "$ITEM"
  aside "the database ${ITEM}_before_$STAMP"
}

revert() {
  rename "$ITEM" "${ITEM}_restoring" "${ITEM}_before_$STAMP" "$ITEM"
  echo "the database $ITEM is again what it was; what was restored is ${ITEM}_restoring"
}

settle() {
  local kept
  kept=$(query postgres <<< "SELECT 1 FROM pg_database WHERE datname = '${ITEM}_before_$STAMP'")
  [ -z "$kept" ] || revert
}

# Whoever still fills it, as for a restore that was killed, goes with it.
discard() {
  query postgres > /dev/null <<SQL
SET client_min_messages = warning;
DROP DATABASE IF EXISTS "${ITEM}_restoring" WITH (FORCE);
SQL
}

"$@"
