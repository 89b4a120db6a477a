#!/bin/sh
# Makes the root file system of an Ubuntu 24.04 with its updates: from packages alone, each vouched for by the archive's key beside this file.
# Usage: build.sh <empty directory> <directory that keeps downloaded packages> [<mirror URL>]
set -eu
root=$1 packages=$2
shift 2
here=$(dirname "$0")
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# An older debootstrap does not know the release by name; how it is made has been the same since 2007.
cp -r /usr/share/debootstrap/. "$work"
[ -e "$work/scripts/noble" ] || ln -s gutsy "$work/scripts/noble"
# debootstrap reads a key in binary form: the armour is a base64 of it.
sed -e '1,/^$/d' -e '/^[=-]/d' "$here/archive-key.asc" | base64 --decode >"$work/archive-key.gpg"

DEBOOTSTRAP_DIR=$work debootstrap --variant=minbase --components=main,universe --include=ca-certificates \
  --keyring="$work/archive-key.gpg" --cache-dir="$packages" noble "$root" "$@" >&2

sources=$root/etc/apt/sources.list
for pocket in updates security; do sed "s/ noble / noble-$pocket /" "$sources"; done >"$work/pockets"
cat "$work/pockets" >>"$sources"

# The machine may sit behind a proxy with an authority of its own: images built on this one must trust it too.
mkdir -p "$root/usr/local/share/ca-certificates"
find /usr/local/share/ca-certificates -name '*.crt' -exec cp {} "$root/usr/local/share/ca-certificates/" \;
chroot "$root" update-ca-certificates >&2

rm -rf "$root/var/cache/apt" "$root/var/lib/apt/lists" "$root/var/log"
mkdir -p "$root/var/cache/apt/archives/partial" "$root/var/lib/apt/lists/partial" "$root/var/log/apt"
printf 'Acquire::Languages "none";\n' >"$root/etc/apt/apt.conf.d/90-lab"
rm -f "$root/etc/hostname" "$root/etc/resolv.conf"
: >"$root/etc/machine-id"
