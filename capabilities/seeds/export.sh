# Makes the sanitised databases of a set of backups, in a server of their own that nobody can reach (docs/seeds.md).
# usage: export.sh <folder of the set> <container of the server> <superuser> <uid:gid> <database>…
#
# Standard input has a line for each database and script: its name, look or sanitise, and the script in base64. Standard output is the
# databases' dumps and `rows`, as tar has them: all, or none. Exit code 4: the rules say nothing of something; standard error says of what.
set -euo pipefail
umask 077
export LC_ALL=C

SET=$1 CONTAINER=$2 SUPERUSER=$3 USER_OF_SERVER=$4
shift 4
# Seconds after which the server ends whatever becomes of this program, and with it all that is in it.
LIFE=10800
# Bytes of the disk that stay free in any case.
MARGIN=${SEED_MARGIN:-1073741824}

fail() { echo "$*" >&2; exit 1; }

STORE=$(dirname "$(dirname "$SET")")
[ -d "$SET" ] || fail "expected the set $SET, found none"
IMAGE=$(docker inspect --format '{{.Image}}' "$CONTAINER")
LABEL=dev.vpai.seed=$STORE

# What was restored, its sanitised form and its dump lie there at once.
NEED=$(($(du --summarize --block-size=1 "$SET" | cut -f 1) * 4 + MARGIN))
FREE=$(df --output=avail --block-size=1 "$STORE" | tail -n 1)
[ "$FREE" -ge "$NEED" ] || fail "expected $((NEED / 1048576)) MiB free on the disk of $STORE, found $((FREE / 1048576)) MiB; nothing was made"

exec 9> "$STORE/.seed-lock"
flock --nonblock 9 || fail "another seed is being made on this host; nothing was made"
rm -rf "$STORE"/.seed-??????
WORK=$(mktemp -d "$STORE/.seed-XXXXXX")
SERVER=
clear_away() {
  [ -z "$SERVER" ] || docker rm --force --volumes "$SERVER" > /dev/null 2>&1 || true
  rm -rf "$WORK"
}
trap clear_away EXIT
trap 'exit 143' TERM HUP PIPE
trap 'exit 130' INT

while read -r database kind script; do
  base64 --decode <<< "$script" > "$WORK/$database.$kind.sql"
done

# What an export that was killed has left.
# shellcheck disable=SC2046 # Ids have no blanks.
LEFT=$(docker ps --all --quiet --filter "label=$LABEL")
[ -z "$LEFT" ] || docker rm --force --volumes $LEFT > /dev/null 2>&1 || true

# Nothing in it outlives it, so nothing has to reach the disk in order.
SERVER=$(docker run --detach --rm --label "$LABEL" --network none --user "$USER_OF_SERVER" --cap-drop ALL \
  --security-opt no-new-privileges --memory 512m --memory-swap 512m --cpus 1 --log-driver none \
  --volume /var/lib/postgresql --tmpfs /var/run/postgresql:mode=1777 --tmpfs /tmp:mode=1777 \
  --env POSTGRES_HOST_AUTH_METHOD=trust --env "POSTGRES_USER=$SUPERUSER" --entrypoint timeout "$IMAGE" \
  "$LIFE" docker-entrypoint.sh postgres -c fsync=off -c full_page_writes=off -c synchronous_commit=off \
  -c autovacuum=off -c shared_buffers=64MB -c max_wal_size=256MB -c log_statement=none -c log_min_error_statement=panic)

inside() { docker exec --interactive "$SERVER" "$@"; }
# An error's details would quote what it is about.
query() { inside psql --username "$SUPERUSER" --no-psqlrc --quiet --no-align --tuples-only --set ON_ERROR_STOP=1 --set VERBOSITY=terse --dbname "$1"; }
restore() {
  inside pg_restore --username "$SUPERUSER" --no-owner --no-privileges --no-comments --exit-on-error --dbname "$@" \
    2> >(grep '^pg_restore: error:' >&2)
}

waited=0
until inside pg_isready --quiet --host 127.0.0.1 --username "$SUPERUSER" < /dev/null; do
  [ "$waited" -lt 120 ] || fail "the server of its own does not answer; nothing was made"
  sleep 1
  waited=$((waited + 1))
done

# Form first: what nobody has a rule for never gets there.
: > "$WORK/unknown"
for database in "$@"; do
  [ -f "$SET/$database.dump" ] || fail "expected $database in the set, found none"
  query postgres <<< "CREATE DATABASE \"$database\" TEMPLATE template0"
  restore "$database" --section pre-data < "$SET/$database.dump"
  query "$database" < "$WORK/$database.look.sql" > "$WORK/$database.look"
  sed -n "s/^unknown\t/$database: /p" "$WORK/$database.look" >> "$WORK/unknown"
done
if [ -s "$WORK/unknown" ]; then
  cat "$WORK/unknown" >&2
  exit 4
fi

# The rows of the tables that are filled, and where sequences are.
wanted() {
  inside pg_restore --list < "$SET/$1.dump" | awk -F '\t' '
    NR == FNR { if ($1 == "filled") wanted[$2 " " $3] = 1; next }
    / SEQUENCE SET / { print; next }
    match($0, / TABLE DATA /) {
      rest = substr($0, RSTART + 12)
      # Behind the table is its owner, of whom nobody knows how many words he has.
      for (table in wanted) if (substr(rest, 1, length(table) + 1) == table " ") { print; next }
    }' "$WORK/$1.look" -
}

for database in "$@"; do
  wanted "$database" | inside sh -c 'cat > /tmp/list'
  restore "$database" --section data --use-list /tmp/list < "$SET/$database.dump"
  query "$database" < "$WORK/$database.sanitise.sql" > /dev/null
  # Keys and constraints come last: a row that refers to one that stayed behind is found here.
  restore "$database" --section post-data < "$SET/$database.dump"
  while IFS=$'\t' read -r schema table; do
    query "$database" <<< "DROP TABLE $schema.$table CASCADE"
  done < <(sed -n 's/^absent\t//p' "$WORK/$database.look")
  inside pg_dump --username "$SUPERUSER" --format custom --compress 6 --no-owner --no-privileges --no-comments --no-publications \
    --no-subscriptions --no-security-labels --no-large-objects --dbname "$database" < /dev/null > "$WORK/$database.dump"
  query "$database" >> "$WORK/rows" << SQL
SELECT format('SELECT %L || count(*) FROM %s', E'$database\t' || called || E'\t', oid::regclass)
FROM (SELECT c.oid, CASE WHEN nspname = 'public' THEN relname::text ELSE nspname || '.' || relname END AS called
      FROM pg_class c JOIN pg_namespace n ON n.oid = relnamespace
      WHERE relkind = 'r' AND nspname NOT IN ('pg_catalog', 'information_schema')) tables ORDER BY called
\gexec
SQL
done

cd "$WORK"
tar --create --owner 0 --group 0 rows -- "${@/%/.dump}"
