# The servers between which a PostgreSQL cluster is moved, in containers of their own with no network. Part of postgresql-major.sh.

# Seconds that a server may take to start, which is how long it may take to read its log again.
PATIENCE_TO_START=600

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
