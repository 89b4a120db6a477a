#!/bin/sh
# Starts Redis under the contract of the official image: a first argument that is an option or a .conf file is
# redis-server's, and root gives up its rights.
set -eu

case ${1:-redis-server} in
  -* | *.conf) set -- redis-server "$@" ;;
esac

if [ "${1:-}" = redis-server ]; then
  # Debian's build refuses remote clients where no password is set; the official build leaves that to the settings.
  case ${2:-} in
    *.conf) ;;
    *) set -- "$@" --protected-mode no ;;
  esac
  if [ "$(id -u)" = 0 ]; then
    find . ! -user redis -exec chown redis {} +
    exec setpriv --reuid redis --regid redis --clear-groups "$0" "$@"
  fi
  umask 0077
fi
exec "$@"
