#!/bin/sh
# Makes this machine and checkout ready: toolchain/bootstrap.sh [STACK], default lab. Only the lab installs Docker.
# toolchain/bootstrap.sh --packages-only installs the npm packages and nothing else.
# Idempotent; when nothing has changed since the last time it ends before Node is started.
set -eu

root=$(CDPATH='' cd -- "$(dirname -- "$0")/.." && pwd -P)
stack=${1:-lab}
local=$root/.vpai
ready=$local/ready
cd "$root"

fail() {
  printf 'toolchain: %s\n' "$1" >&2
  exit 1
}

# Nothing that set-up depends on is newer than its last success, and what it made is still there.
up_to_date() {
  [ -e "$ready" ] || return 1
  [ -z "$(find toolchain package-lock.json node_modules/.package-lock.json -newer "$ready" -print -quit 2>&1)" ] || return 1
  # Only a stack with a machine of the kind hcloud needs its plugin (stack-plugins.ts); set-up lists the plugins there.
  ! grep -qs hcloud "Pulumi.$stack.yaml" || grep -qx hcloud "$ready" || return 1
  recorded=$(sed -n 1p "$ready")
  found=$(PATH=$(printf %s "$PATH" | tr : '\n' | grep -v '/\.vpai/bin$' | tr '\n' :) command -v pulumi || true)
  [ "$recorded" = "$found" ] || return 1
  [ -z "$found" ] || [ ! "$found" -nt "$ready" ] || return 1
  for program in "$local"/bin/* "$local"/pulumi/plugins/*/*; do
    case $program in *'*') continue ;; esac
    [ -x "$program" ] || return 1
  done
  [ "$stack" != lab ] || lab_ready
}

lab_ready() {
  command -v ssh >/dev/null && PATH=$PATH:/usr/sbin command -v debootstrap >/dev/null &&
    docker version --format '{{.Server.Version}}' >/dev/null 2>&1
}

node_fits() {
  node -e 'const [a, b] = process.versions.node.split("."); process.exit(a > 20 || (a == 20 && b >= 19) ? 0 : 1)'
}

packages_installed() {
  [ -e node_modules/.package-lock.json ] && node toolchain/installed.cjs
}

install_packages() {
  printf 'toolchain: installing the npm packages of package-lock.json ...\n' >&2
  npm ci --ignore-scripts --no-audit --no-fund >"$local/npm.log" 2>&1 && return
  tail -n 40 "$local/npm.log" >&2
  fail "the npm packages of package-lock.json cannot be installed, see above and $local/npm.log"
}

if [ "$stack" != --packages-only ] && up_to_date; then exit 0; fi

command -v node >/dev/null || fail 'expected Node 20.19 or newer on PATH, found none: see https://nodejs.org/en/download'
node_fits || fail "expected Node 20.19 or newer, found $(node --version): see https://nodejs.org/en/download"
command -v npm >/dev/null || fail 'expected npm on PATH, found none: it comes with Node (https://nodejs.org/en/download)'
if ! packages_installed; then
  mkdir -p "$local"
  # One at a time: a second set-up waits, and finds them installed.
  exec 9>"$local/npm.lock"
  flock 9
  packages_installed || install_packages
  exec 9>&-
fi
[ "$stack" != --packages-only ] || exit 0
exec node --require ./toolchain/loader/register.cjs toolchain/setup.ts "$stack"
