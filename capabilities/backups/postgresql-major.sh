# Moves a PostgreSQL cluster to a higher major version: a new one beside it, filled from the old one by the new version's own programs
# (docs/releases.md#major-versions). Where both lie: postgresql-version.sh.
# usage: postgresql-major.sh <verb> <superuser>
#
# The old server and the new one run in containers of their own, with no network: they meet in a folder with the old one's socket.
. "$HERE/tools.sh"

SUPERUSER=$2
OLD=$CONTAINER.old NEW=$CONTAINER.new
# Below the data folder, so that it takes its place by a rename. No server looks into it.
STAGE=$DATA/.${NEXT:-0}.new
# Seconds that a server may take to start, which is how long it may take to read its log again.
PATIENCE_TO_START=600

find_cluster() { bash "$HERE/postgresql-version.sh" "$DATA"; }

found() { find_cluster; }

# Which major version the image reads, as it says itself.
reads() { docker image inspect --format '{{range .Config.Env}}{{println .}}{{end}}' "$IMAGE" | sed -n 's/^PG_MAJOR=//p'; }

# Note of a cluster that is kept: where it is, what came after it, when, as part of which release. usage: kept <version>
kept() { echo "$DATA/.kept-$1"; }
noted() { sed -n "s/^$2\t//p" "$1"; }

# Whether the cluster of a version was not touched since it took its place: no server starts without writing this file.
control_of() { sha256sum < "$DATA/$1/docker/global/pg_control" | cut -d ' ' -f 1; }

# A server that ends when nobody is left who holds the lock of this migration, however that went: another one may be started on its
# cluster then.
WHILE_LOCKED='postgres "$@" & server=$!
trap "kill -INT $server" INT TERM
while kill -0 $server 2> /dev/null; do
  flock --nonblock --shared /alive true && kill -INT $server
  sleep 1 & wait $!
done
wait $server'

# Runs a server apart from everybody. usage: serve <name> <folder of its socket> <image> <volume>… -- <option of the server>…
serve() {
  local name=$1 socket=$2 image=$3 volumes=() waited owner
  shift 3
  for (( ; $# > 0; )); do
    [ "$1" != -- ] || { shift; break; }
    volumes+=(--volume "$1")
    shift
  done
  owner=$(stat --format %u:%g "$DATA")
  mkdir -p "$socket"
  echo 'local all all trust' > "$socket/pg_hba.conf"
  chown -R "$owner" "$socket"
  docker run --detach --name "$name" --label "dev.vpai.backup=$FOLDER" --user "$owner" --network none --cap-drop ALL \
    --security-opt no-new-privileges --read-only --tmpfs /tmp --shm-size 128m --stop-timeout 300 \
    --memory "$((MEMORY_BYTES / 2))" --memory-swap "$((MEMORY_BYTES / 2))" \
    --volume "$socket:/var/run/postgresql" --volume "$ALIVE:/alive:ro" "${volumes[@]}" --entrypoint bash "$image" \
    -c "$WHILE_LOCKED" postgres "$@" \
    -c listen_addresses= -c unix_socket_directories=/var/run/postgresql -c hba_file=/var/run/postgresql/pg_hba.conf \
    -c max_parallel_workers_per_gather=0 -c max_parallel_maintenance_workers=0 -c max_locks_per_transaction=1024 \
    -c shared_buffers=64MB -c maintenance_work_mem=64MB -c log_min_messages=warning -c autovacuum=off > /dev/null
  for ((waited = 0; waited < PATIENCE_TO_START; waited++)); do
    ! docker exec "$name" pg_isready --quiet --host /var/run/postgresql || return 0
    [ "$(docker inspect --format '{{.State.Running}}' "$name")" = true ] || break
    sleep 1
  done
  docker logs --tail 20 "$name" >&2
  fail "expected the server $name to answer, found that it does not"
}

serve_old() {
  local version path bytes
  IFS=$'\t' read -r version path bytes < <(find_cluster)
  [ "$version" -lt "$NEXT" ] || fail "expected a cluster older than $NEXT, found one of $version, $bytes bytes"
  # Two servers on one cluster spoil it.
  if is_up "$CONTAINER"; then fail "expected $CONTAINER to be stopped, found that it runs"; fi
  # Nobody writes to it any more, us included.
  serve "$OLD" "$WORK/old" "$IMAGE_BEFORE" "$DATA:/var/lib/postgresql" -- \
    -D "/var/lib/postgresql/$path" -c default_transaction_read_only=on
}

# What is loaded in one transaction with the table it is for needs no log; what is there when that ends is on the disk.
serve_new() {
  serve "$NEW" "$WORK/new" "$IMAGE" "$STAGE:/var/lib/postgresql" "$WORK/old:/old" -- \
    -D "/var/lib/postgresql/$NEXT/docker" -c wal_level=minimal -c max_wal_senders=0 -c checkpoint_timeout=1h -c max_wal_size=1GB
}

is_up() { [ "$(docker inspect --format '{{.State.Running}}' "$1" 2> /dev/null)" = true ]; }

# Asks the old server: the one in use as long as that runs. usage: ask_old <database> < SQL
ask_old() {
  local server=$OLD
  ! is_up "$CONTAINER" || server=$CONTAINER
  ask "$server" /var/run/postgresql "$1"
}

# usage: ask <container whose psql it is> <folder of the socket> <database> < SQL
ask() {
  docker exec --interactive "$1" psql --host "$2" --username "$SUPERUSER" --no-psqlrc --no-align --tuples-only --quiet \
    --field-separator $'\t' --set ON_ERROR_STOP=1 --dbname "$3"
}

in_new() { docker exec --interactive "$NEW" "$@"; }

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

# The new cluster takes its place. From the second line on the old one is out of service, under whichever server.
switch() {
  local version path bytes note
  IFS=$'\t' read -r version path bytes < <(find_cluster)
  note=$(kept "$version")
  mv -T "$STAGE/$NEXT" "$STAGE/ready"
  printf '%s\t%s\n' path "$path" next "$NEXT" moment "$STAMP" release "$RELEASE" bytes "$bytes" \
    control "$(sha256sum < "$STAGE/ready/docker/global/pg_control" | cut -d ' ' -f 1)" > "$note.new"
  sync "$note.new"
  mv -T "$note.new" "$note"
  out_of_service "$DATA/$path"
  mv -T "$STAGE/ready" "$DATA/$NEXT"
  sync "$DATA"
  rm -rf "$STAGE"
  aside "$DATA/$path, of PostgreSQL $version"
}

# No server starts on a cluster without its control file; nor does one make another cluster in its place.
out_of_service() { mv -T "$1/global/pg_control" "$1/global/pg_control.old" && sync "$1/global"; }
into_service() { mv -T "$1/global/pg_control.old" "$1/global/pg_control" && sync "$1/global"; }

# What an interruption left: a switch that had begun is ended, or undone where it cannot be; anything before it is as if it had not been.
settle() {
  local note path next
  for note in "$DATA"/.kept-[0-9]*; do
    [[ $note =~ \.kept-[0-9]+$ ]] && [ -f "$note" ] || continue
    path=$(noted "$note" path) next=$(noted "$note" next)
    [ ! -d "$DATA/$next" ] || continue
    if [ -e "$DATA/$path/global/pg_control" ]; then
      rm "$note"
    elif [ -e "$DATA/.$next.new/complete" ] && [ -d "$DATA/.$next.new/ready" ]; then
      mv -T "$DATA/.$next.new/ready" "$DATA/$next"
    else
      into_service "$DATA/$path"
      rm "$note"
    fi
  done
  rm -rf "$DATA"/.[0-9]*.new
}

# The note of the cluster that was in use before the one that is now. usage: note_before
note_before() {
  local now note
  now=$(find_cluster | cut -f 1)
  for note in "$DATA"/.kept-[0-9]*; do
    [ -f "$note" ] && [ "$(noted "$note" next)" = "$now" ] && [ -e "$DATA/$(noted "$note" path)/global/pg_control.old" ] || continue
    echo "$note"
    return
  done
  fail "expected the cluster that was in use before PostgreSQL $now, found none in $DATA"
}

# Where that one is, of which moment, and which release it belongs to.
before() {
  local note
  note=$(note_before)
  printf '%s\t%s\t%s\t%s\n' "${note##*-}" "$(noted "$note" release)" "$(noted "$note" moment)" "$DATA/$(noted "$note" path)"
}

# Whether nobody has used the cluster that is in use now: then going back loses nothing.
unused() {
  local note
  note=$(note_before)
  [ "$(control_of "$(noted "$note" next)")" = "$(noted "$note" control)" ]
}

# The cluster of before is in use again, and that of now is put aside. Nobody serves either meanwhile.
back() {
  local note next path
  note=$(note_before)
  next=$(noted "$note" next) path=$(noted "$note" path)
  [ ! -e "$DATA/$next.before-$STAMP" ] || fail "$DATA/$next.before-$STAMP is there already"
  mv -T "$DATA/$next" "$DATA/$next.before-$STAMP"
  into_service "$DATA/$path"
  mv -T "$note" "$DATA/$next.before-$STAMP/kept-${note##*-}"
  sync "$DATA"
  aside "$DATA/$next.before-$STAMP"
}

is_aside() { compgen -G "$DATA/[0-9]*.before-$STAMP/kept-*" > /dev/null; }

# The same, backwards.
forth() {
  local aside note next
  for aside in "$DATA"/[0-9]*.before-"$STAMP"; do
    [ -d "$aside" ] || fail "expected what was put aside at $STAMP in $DATA, found none"
    next=$(basename "${aside%.before-"$STAMP"}")
    note=$(compgen -G "$aside/kept-*")
    cp "$note" "$(kept "${note##*-}").new"
    mv -T "$(kept "${note##*-}").new" "$(kept "${note##*-}")"
    out_of_service "$DATA/$(noted "$note" path)"
    mv -T "$aside" "$DATA/$next"
    rm "$DATA/$next/kept-${note##*-}"
    sync "$DATA"
    echo "the cluster of PostgreSQL $next is in use again"
  done
}

drop() {
  docker rm --force --volumes "$OLD" "$NEW" > /dev/null 2>&1 || true
  rm -rf "$STAGE"
}

"$@"
