# Moves a PostgreSQL cluster to a higher major version: a new one beside it, filled from the old one by the new version's own programs
# (docs/releases.md#major-versions). Where both lie: postgresql-version.sh.
# usage: postgresql-major.sh <verb> <superuser>
#
# The old server and the new one run in containers of their own, with no network: they meet in a folder with the old one's socket.
#
# Parts of it: postgresql-servers.sh runs both, postgresql-places.sh lets clusters change places.
. "$HERE/tools.sh"

SUPERUSER=$2
OLD=$CONTAINER.old NEW=$CONTAINER.new
# Below the data folder, so that it takes its place by a rename. No server looks into it.
STAGE=$DATA/.${NEXT:-0}.new

. "$HERE/postgresql-servers.sh"
. "$HERE/postgresql-places.sh"

find_cluster() { bash "$HERE/postgresql-version.sh" "$DATA"; }

found() { find_cluster; }

# Which major version the image reads, as it says itself.
reads() { docker image inspect --format '{{range .Config.Env}}{{println .}}{{end}}' "$IMAGE" | sed -n 's/^PG_MAJOR=//p'; }

# What dumps leave out, or cannot read.
UNMOVABLE="
SELECT 'the tablespace ' || spcname FROM pg_tablespace WHERE spcname NOT IN ('pg_default', 'pg_global')
UNION ALL SELECT 'the database ' || datname || ', which nobody may connect to' FROM pg_database WHERE NOT datallowconn AND datname <> 'template0'
UNION ALL SELECT 'the prepared transaction ' || gid FROM pg_prepared_xacts
UNION ALL SELECT 'the replication slot ' || slot_name FROM pg_replication_slots
UNION ALL SELECT 'the locale provider ' || provider || ' of template1'
  FROM (SELECT coalesce(to_jsonb(d) ->> 'datlocprovider', 'c') AS provider FROM pg_database d WHERE datname = 'template1') one
  WHERE provider <> 'c'"

# usage: databases <function that asks>
databases() { "$1" template1 <<< "SELECT datname FROM pg_database WHERE datallowconn ORDER BY datname"; }

# Makes the new cluster and starts its server, while the old one is in use. Fails where something of the old one could not come along.
prepare() {
  local found version path bytes encoding collate ctype database extensions owner
  [ "$(reads)" = "$NEXT" ] || fail "expected an image of PostgreSQL $NEXT, found one of $(reads)"
  owner=$(stat --format %u:%g "$DATA")
  is_up "$CONTAINER" || serve_old
  found=$(ask_old template1 <<< "$UNMOVABLE")
  [ -z "$found" ] || fail "expected what a dump brings along, found $(tr '\n' ';' <<< "$found" | sed 's/;$//; s/;/; /g'): remove it first"
  IFS=$'\t' read -r encoding collate ctype < <(ask_old template1 <<< \
    "SELECT pg_encoding_to_char(encoding), datcollate, datctype FROM pg_database WHERE datname = 'template1'")
  rm -rf "$STAGE"
  install -d -m 0700 "$STAGE" "$STAGE/$NEXT"
  chown "$owner" "$STAGE" "$STAGE/$NEXT"
  docker run --rm --label "dev.vpai.backup=$FOLDER" --user "$owner" --network none --cap-drop ALL --security-opt no-new-privileges \
    --read-only --tmpfs /tmp --volume "$STAGE:/var/lib/postgresql" --entrypoint initdb "$IMAGE" \
    --pgdata "/var/lib/postgresql/$NEXT/docker" --username "$SUPERUSER" --auth-local trust --auth-host reject --data-checksums \
    --encoding "$encoding" --lc-collate "$collate" --lc-ctype "$ctype" > "$WORK/initdb.log" 2>&1 ||
    { cat "$WORK/initdb.log" >&2; fail "the new cluster could not be made"; }
  IFS=$'\t' read -r version path bytes < <(find_cluster)
  # Who may connect, and what ALTER SYSTEM has set: a setting that the new version does not know is found here.
  cp --preserve "$DATA/$path"/{pg_hba.conf,pg_ident.conf,postgresql.auto.conf} "$STAGE/$NEXT/docker/"
  serve_new
  extensions=$(for database in $(databases ask_old); do ask_old "$database" <<< "SELECT extname FROM pg_extension"; done | sort -u)
  found=$(comm -23 <(echo "$extensions") <(ask "$NEW" /var/run/postgresql template1 <<< "SELECT name FROM pg_available_extensions" | sort -u))
  [ -z "$found" ] || fail "expected the old cluster's extensions in the image of $NEXT, too, found it without ${found//$'\n'/, }"
}

# Everything, by the new version's programs: roles with their verifiers; each database with its owner, locale, rights and settings, then
# all that is in it, in one transaction; what the planner knows of it. The databases that every cluster has are there already.
FILL='
superuser=$1
sql() { psql --host /var/run/postgresql --username "$superuser" --no-psqlrc --quiet --set ON_ERROR_STOP=1 --dbname template1 > /dev/null; }
pg_dumpall --host /old --username "$superuser" --roles-only | grep -vxF -e "CREATE ROLE $superuser;" -e "CREATE ROLE \"$superuser\";" | sql
psql --host /old --username "$superuser" --no-psqlrc --no-align --tuples-only --dbname template1 \
  --command "SELECT datname FROM pg_database WHERE datallowconn ORDER BY datname" > /tmp/databases
while IFS= read -r database; do
  pg_dump --host /old --username "$superuser" --format custom --create --schema-only --dbname "$database" > /tmp/schema
  pg_restore --create --list /tmp/schema | grep -E " (ACL|COMMENT|SECURITY LABEL) - DATABASE " > /tmp/list || true
  pg_restore --create --use-list /tmp/list --file - /tmp/schema |
    sed -E "/^[\\]connect /d; /^CREATE DATABASE (postgres|template1) /d" | sql
  pg_dump --host /old --username "$superuser" --format custom --compress 0 --dbname "$database" |
    pg_restore --host /var/run/postgresql --username "$superuser" --exit-on-error --single-transaction --dbname "$database"
done < /tmp/databases
vacuumdb --host /var/run/postgresql --username "$superuser" --all --analyze-only --quiet'

# All that has to be the same, of every database. usage: inventory <folder of the socket> < SQL
INVENTORY='
cat > /tmp/inventory.sql
ask() { psql --host "$1" --username "$2" --no-psqlrc --no-align --tuples-only --quiet --field-separator "	" --set ON_ERROR_STOP=1 "${@:3}"; }
ask "$1" "$2" --dbname template1 --command "SELECT datname FROM pg_database WHERE datallowconn ORDER BY datname" > /tmp/databases
while IFS= read -r database; do
  ask "$1" "$2" --dbname "$database" --file /tmp/inventory.sql > /tmp/lines
  sed "s/^/$database	/" /tmp/lines
done < /tmp/databases'
inventory() { in_new bash -euo pipefail -c "$INVENTORY" inventory "$1" "$SUPERUSER" < "$HERE/postgresql-inventory.sql"; }

# Fills the new cluster, while nobody uses the old one, and proves that both hold the same.
convert() {
  local database
  is_up "$OLD" || serve_old
  for database in $(databases ask_old); do
    [[ $database =~ ^[A-Za-z0-9_][A-Za-z0-9_.-]*$ ]] || fail "expected databases whose names are file names, found ${database@Q}"
  done
  in_new bash -euo pipefail -c "$FILL" fill "$SUPERUSER" < /dev/null
  inventory /old > "$WORK/before"
  inventory /var/run/postgresql > "$WORK/after"
  if ! diff "$WORK/before" "$WORK/after" > "$WORK/differences"; then
    head -n 20 "$WORK/differences" >&2
    fail "expected the same in the new cluster as in the old one, found $(grep -c '^[<>]' "$WORK/differences") lines that differ"
  fi
  awk -F '\t' '$2 == "rows" { tables++; rows += $4 } $2 == "role" { roles[$3] } $2 == "extension" { names[$3] }
    END { for (one in roles) count++; for (one in names) extensions++
      printf "equal in both: %d rows of %d tables, with their content; %d roles; %d extensions\n", rows, tables, count, extensions }' "$WORK/before"
  docker stop "$OLD" "$NEW" > /dev/null
  [ "$(docker inspect --format '{{.State.ExitCode}}' "$NEW")" = 0 ] || fail "the new server did not end well"
  docker rm --volumes "$OLD" "$NEW" > /dev/null
  sync --file-system "$STAGE"
  touch "$STAGE/complete"
}

drop() {
  docker rm --force --volumes "$OLD" "$NEW" > /dev/null 2>&1 || true
  rm -rf "$STAGE"
}

"$@"
