#!/bin/sh
# Rotates log files that neither the engine nor the journal holds: one that is larger than a size becomes <file>.1.gz, which was
# <file>.1.gz becomes <file>.2.gz, and so on.
# usage: rotate-logs.sh <MiB> <generations> <file>...
#
# A program keeps its file open, so the file is copied and emptied, not moved: what is written between the two is lost.
set -eu
limit=$1 generations=$2
shift 2

rotated=0
for file in "$@"; do
  # A link could lead anywhere.
  [ -f "$file" ] && [ ! -L "$file" ] || continue
  [ "$(stat -c %s "$file")" -gt $((limit * 1024 * 1024)) ] || continue
  # Complete before anything is moved: a run that is killed, or a full disk, loses nothing.
  gzip -c "$file" > "$file.new.gz"
  age=$generations
  while [ "$age" -gt 1 ]; do
    younger=$((age - 1))
    if [ -e "$file.$younger.gz" ]; then mv "$file.$younger.gz" "$file.$age.gz"; fi
    age=$younger
  done
  mv "$file.new.gz" "$file.1.gz"
  : > "$file"
  rotated=$((rotated + 1))
  echo "rotated: $file"
done
echo "$rotated log files rotated"
