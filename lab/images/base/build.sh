#!/bin/sh
# Makes the base image's root file system: Debian 13 from packages alone, since no image registry may be in reach.
# Usage: build.sh <empty directory> <directory that keeps downloaded packages> [<mirror URL>]
set -eu
root=$1 packages=$2
shift 2
here=$(dirname "$0")

debootstrap --variant=minbase --include=ca-certificates,tini,wget --cache-dir="$packages" trixie "$root" "$@" >&2

# The machine may sit behind a proxy with an authority of its own: images built on this one must trust it too.
mkdir -p "$root/usr/local/share/ca-certificates"
find /usr/local/share/ca-certificates -name '*.crt' -exec cp {} "$root/usr/local/share/ca-certificates/" \;
chroot "$root" update-ca-certificates >&2
if [ -s /etc/ssl/certs/ca-certificates.crt ]; then
  cp /etc/ssl/certs/ca-certificates.crt "$root/etc/ssl/certs/ca-certificates.crt"
fi

cp "$here/dpkg-excludes" "$root/etc/dpkg/dpkg.cfg.d/lab"
find "$root/usr/share/doc" -type f ! -name copyright -delete
find "$root/usr/share/doc" -type d -empty -delete
rm -rf "$root/usr/share/man" "$root/usr/share/info" "$root/usr/share/locale" "$root/usr/share/lintian"
rm -rf "$root/var/cache/apt" "$root/var/lib/apt/lists" "$root/var/log"
mkdir -p "$root/var/cache/apt/archives/partial" "$root/var/lib/apt/lists/partial" "$root/var/log/apt"
printf 'Acquire::Languages "none";\n' >"$root/etc/apt/apt.conf.d/90-lab"
rm -f "$root/etc/hostname" "$root/etc/resolv.conf"
: >"$root/etc/machine-id"
