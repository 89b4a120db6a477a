# How PostgreSQL's clusters of two major versions change places, and back, whatever interrupts it. Part of postgresql-major.sh, whose
# verbs these are: switch, settle, before, unused, back, is_aside, forth. No server runs here.

# Note of a cluster that is kept: where it is, what came after it, when, as part of which release. usage: kept <version>
kept() { echo "$DATA/.kept-$1"; }
noted() { sed -n "s/^$2\t//p" "$1"; }

# Whether the cluster of a version was not touched since it took its place: no server starts without writing this file.
control_of() { sha256sum < "$DATA/$1/docker/global/pg_control" | cut -d ' ' -f 1; }

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
