#!/bin/sh
# What a host can find out about itself of an audit, as a figure for each check (docs/audit.md#every-night).
# usage: nightly.sh <file of what is expected> <folder of the platform> <folder of the metrics>
#
# What is expected, a line each: `host <name>`; `sshd <option> <value>…`; `sysctl <key> <value>…`; `socket <container>`: it may have
# Docker's socket. Findings are in the log, and do not fail the run: they are what it is for.
set -eu
expected=$1 folder=$2 metrics=$3

work=$(mktemp -d)
trap 'rm -rf "$work" "$metrics/.audit.new"' EXIT
found() { check=$1; shift; printf '%s\n' "$check" >> "$work/found"; echo "$check: $*"; }
: > "$work/found"
host=$(sed -n 's/^host //p' "$expected")

# sshd and the kernel say what they do. A value is as expected where it is one of those of its line.
sshd -T > "$work/sshd"
# The kernel of a lab machine is not its own.
systemd-detect-virt --quiet --container && shared=yes || shared=no
while read -r kind name values; do
  case $kind in
    sshd)
      option=$(printf '%s' "$name" | tr '[:upper:]' '[:lower:]')
      value=$(sed -n "s/^$option //p" "$work/sshd" | head -n 1)
      case " $values " in *" $value "*) ;; *) found sshd "$name is ${value:-not there}, expected $values" ;; esac ;;
    sysctl)
      case $name in net.*) ;; *) [ "$shared" = no ] || continue ;; esac
      for file in /proc/sys/$(printf '%s' "$name" | tr . /); do
        [ -r "$file" ] || continue
        value=$(cat "$file")
        case " $values " in *" $value "*) ;; *) found sysctl "${file#/proc/sys/} is $value, expected $values" ;; esac
      done ;;
  esac
done < "$expected"

# Docker: what carries another host's name or none, and containers with more rights than any has. An engine that does not answer
# fails the run.
docker ps --all --no-trunc --format '{{.Names}}	{{.Label "dev.vpai.host"}}	{{.Label "dev.vpai.sandbox"}}' > "$work/names"
docker network ls --format '{{.Name}}	{{.Label "dev.vpai.host"}}' > "$work/networks"
docker ps --all --quiet --no-trunc > "$work/ids"
docker info --format '{{.LoggingDriver}} {{.LiveRestoreEnabled}}' > "$work/engine"
tab=$(printf '\t')
# An empty field would vanish among tabs.
sed "s/$tab/ |/g" "$work/names" | while read -r name label sandbox; do
  [ "$label" = "|$host" ] || [ "$sandbox" != "|" ] || found container "$name is not the platform's"
done
sed "s/$tab/ |/g" "$work/networks" | while read -r name label; do
  case $name in bridge | host | none) continue ;; esac
  [ "$label" = "|$host" ] || found network "$name is not the platform's"
done
# One that went meanwhile is none.
xargs -r docker container inspect --format '{{.Name}} {{.HostConfig.Privileged}} {{json .HostConfig.CapDrop}} {{json .HostConfig.SecurityOpt}} {{.HostConfig.Memory}} {{json .HostConfig.PortBindings}} {{range .Mounts}}{{.Source}} {{end}}' \
  < "$work/ids" > "$work/containers" || true
while read -r name privileged drops security memory rest; do
  name=${name#/}
  [ "$privileged" = false ] || found hardening "$name is privileged"
  case $drops in *'"ALL"'*) ;; *) found hardening "$name keeps capabilities" ;; esac
  case $security in *'"no-new-privileges"'* | *'"no-new-privileges:true"'*) ;; *) found hardening "$name may gain privileges" ;; esac
  [ "$memory" != 0 ] || found hardening "$name has no memory limit"
  case $rest in *'"HostIp":""'* | *'"HostIp":"0.0.0.0"'* | *'"HostIp":"::"'*) found hardening "$name is published on all addresses" ;; esac
  case $rest in *docker.sock*) grep -qx "socket $name" "$expected" || found hardening "$name has Docker's socket" ;; esac
done < "$work/containers"
[ "$(cat "$work/engine")" = "json-file true" ] ||
  found engine "expected logs by json-file and live-restore, found $(cat "$work/engine")"

# Secrets are their owners' alone.
for secrets in secrets made-secrets; do
  [ -d "$folder/$secrets" ] || continue
  find "$folder/$secrets" -type f ! -perm 0400 ! -perm 0600 > "$work/open"
  while read -r file; do found file "others can read $file"; done < "$work/open"
done

new=$metrics/.audit.new
echo '# TYPE audit_findings gauge' > "$new"
for check in sshd sysctl container network hardening engine file; do
  printf 'audit_findings{check="%s"} %s\n' "$check" "$(grep -cx "$check" "$work/found" || true)" >> "$new"
done
chmod 0644 "$new"
mv -f "$new" "$metrics/audit.prom"
echo "$(wc -l < "$work/found") findings"
