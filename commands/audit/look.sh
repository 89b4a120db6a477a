# Everything that an audit wants to know of a host, by one command: a line each, which begins with the name of its part and a tab.
# A part that a host has no program for is empty. Nothing is changed, and no secret is read.
# Standard input: lines `file <path>`, `sysctl <key>` and `gateway <container>` with what is looked at by name. Argument: folder of
# the platform.
set -u
folder=$1
wanted=$(cat)
named() { printf '%s\n' "$wanted" | sed -n "s/^$1 //p"; }
tell() { sed "s/^/$1	/"; }

# Who may log in, and who counts as root.
passwd=$(getent passwd)
printf '%s\n' "$passwd" | tell user
getent group sudo docker adm wheel | tell group
keys_of() { # user, home
  [ -d "$2" ] || return 0
  for name in $(sshd -T 2>/dev/null | sed -n 's/^authorizedkeysfile //p'); do
    file=$(printf '%s' "$name" | sed "s|%h|$2|g; s|%u|$1|g")
    case $file in /*) ;; *) file=$2/$file ;; esac
    [ -f "$file" ] || continue
    # All that look like keys: options and comments may hold some, too, and only sshd knows which one it is.
    grep -v '^[[:space:]]*#' "$file" | grep -oE '(ssh-[a-z0-9-]+|ecdsa-sha2-[a-z0-9]+|sk-[a-z0-9@.-]+)[[:blank:]]+AAAA[A-Za-z0-9+/=]*' |
      sed "s/[[:blank:]][[:blank:]]*/ /; s|^|$1	$file	|" | tell key
  done
}
printf '%s\n' "$passwd" | while IFS=: read -r user _ _ _ _ home _; do keys_of "$user" "$home"; done

# What is started by itself, and who has put it there: a package, or somebody else.
units='/etc/systemd/system /usr/local/lib/systemd/system /etc/systemd/user'
# shellcheck disable=SC2086
files=$(find $units -mindepth 1 -type f 2>/dev/null; find /etc/rc.local /etc/sudoers -type f 2>/dev/null; find /etc/cron.d /etc/cron.hourly /etc/cron.daily /etc/cron.weekly \
  /etc/cron.monthly /etc/cron.yearly /etc/crontab /var/spool/cron -type f ! -name .placeholder ! -name .SEQ 2>/dev/null; find /etc/sudoers.d -type f ! -name README 2>/dev/null)
owned=$(printf '%s\n' "$files" | xargs -r -d '\n' dpkg -S 2>/dev/null | sed 's/^[^/]*: //')
sums=$(dpkg-query -W -f '${Conffiles}\n' 2>/dev/null | sed -n 's/^ \(\/[^ ]*\) \([0-9a-f]\{32\}\).*/\2  \1/p')
printf '%s\n' "$files" | while read -r file; do
  [ -n "$file" ] || continue
  origin=foreign
  if printf '%s\n' "$owned" | grep -qxF "$file"; then
    origin=package
    sum=$(printf '%s\n' "$sums" | awk -v file="$file" '$2 == file' | head -n 1)
    [ -z "$sum" ] || printf '%s\n' "$sum" | md5sum --check --status 2>/dev/null || origin=changed
  fi
  printf '%s\t%s\n' "$origin" "$file" | tell placed
done
# Units that are links: to what no package has put there, and that is not among the files above itself. A package may name a file
# by the folder of before /usr was merged.
# shellcheck disable=SC2086
links=$(find $units -mindepth 1 -type l 2>/dev/null | while read -r link; do
  target=$(readlink -f -- "$link")
  case $target in '' | /dev/null | /etc/systemd/system/* | /usr/local/lib/systemd/system/* | /etc/systemd/user/*) continue ;; esac
  [ ! -e "$target" ] || printf '%s\t%s\n' "$target" "$link"
done)
owned=$(printf '%s\n' "$links" | cut -f1 | sed 'p; s|^/usr/|/|' | sort -u | xargs -r -d '\n' dpkg -S 2>/dev/null | sed 's/^[^/]*: //; s|^/lib/|/usr/lib/|')
printf '%s\n' "$links" | while IFS='	' read -r target link; do
  [ -z "$link" ] || printf '%s\n' "$owned" | grep -qxF "$target" || printf 'linked\t%s\n' "$link" | tell placed
done
systemctl list-unit-files --no-legend --plain 2>/dev/null | awk '{ print $1 "\t" $2 }' | tell enabled
systemctl list-units --failed --no-legend --plain 2>/dev/null | awk '{ print $1 }' | tell failed

# Who listens, and which unit that is.
ss -Hlntup 2>/dev/null | tell listener
ss -Hlntup 2>/dev/null | grep -o 'pid=[0-9]*' | sort -u | cut -d= -f2 | while read -r pid; do
  unit=$(sed -n 's/^\(0:\|[0-9]*:name=systemd\):.*\/\([^/]*\.\(service\|scope\|socket\)\)\(\/.*\)\{0,1\}$/\2/p' "/proc/$pid/cgroup" 2>/dev/null | head -n 1)
  [ -n "$unit" ] || continue
  printf '%s\t%s\t%s\n' "$pid" "$unit" "$(systemctl show --property FragmentPath --value -- "$unit" 2>/dev/null)" | tell process
done
ip -o addr show scope global 2>/dev/null | tell address

# Docker. Fields are named as its client has them, not as JSON has: only so one that a container lacks is null.
if command -v docker >/dev/null; then
  # One that goes meanwhile fails the whole answer: then once more.
  told=no
  for try in 1 2 3; do
    if containers=$(docker ps --all --quiet --no-trunc | xargs -r docker container inspect --format '{"name":{{json .Name}},"image":{{json .Image}},"reference":{{json .Config.Image}},"state":{{json .State.Status}},"labels":{{json .Config.Labels}},"user":{{json .Config.User}},"healthcheck":{{json .Config.Healthcheck}},"privileged":{{json .HostConfig.Privileged}},"capAdd":{{json .HostConfig.CapAdd}},"capDrop":{{json .HostConfig.CapDrop}},"security":{{json .HostConfig.SecurityOpt}},"memory":{{json .HostConfig.Memory}},"swap":{{json .HostConfig.MemorySwap}},"cpus":{{json .HostConfig.NanoCPUs}},"pids":{{json .HostConfig.PidsLimit}},"readOnly":{{json .HostConfig.ReadonlyRootfs}},"ports":{{json .HostConfig.PortBindings}},"network":{{json .HostConfig.NetworkMode}},"pid":{{json .HostConfig.PidMode}},"ipc":{{json .HostConfig.IpcMode}},"devices":{{json .HostConfig.Devices}},"mounts":{{json .Mounts}},"addresses":{{json .NetworkSettings.Networks}},"log":{{json .HostConfig.LogConfig}}}'); then
      told=yes
      break
    fi
  done
  if [ "$told" = yes ]; then printf '%s\n' "$containers" | grep . | tell container; else echo "docker container inspect" | tell trouble; fi
  docker network ls --quiet --no-trunc | xargs -r docker network inspect --format '{"name":{{json .Name}},"internal":{{json .Internal}},"labels":{{json .Labels}}}' | tell network
  docker volume ls --format '{{.Name}}' | tell volume
  docker version --format '{{.Server.Version}}' >/dev/null 2>&1 && docker info --format '{"driver":{{json .LoggingDriver}},"live":{{json .LiveRestoreEnabled}},"pools":{{json .DefaultAddressPools}},"root":{{json .DockerRootDir}},"security":{{json .SecurityOptions}}}' 2>/dev/null | tell engine
  [ ! -f /etc/docker/daemon.json ] || { tr -d '\n' </etc/docker/daemon.json; echo; } | tell daemon
fi

# A gateway is administered by a socket: its port of administration answers nobody.
named gateway | while read -r container; do
  docker container inspect --format '{{range $name, $network := .NetworkSettings.Networks}}{{$name}} {{$network.IPAddress}}{{"\n"}}{{end}}' "$container" 2>/dev/null |
    while read -r network address; do
      [ -n "$address" ] || continue
      # shellcheck disable=SC2016
      if timeout 3 bash -c 'exec 3<>"/dev/tcp/$1/2019"' vpai "$address" 2>/dev/null; then printf '%s\t%s\n' "$container" "$network" | tell admin; fi
    done
done

# Effective values.
sshd -T 2>/dev/null | tell sshd
named sysctl | while read -r key; do
  for file in $(printf '/proc/sys/%s' "$(printf '%s' "$key" | tr . /)"); do
    [ -r "$file" ] || continue
    printf '%s\t%s\n' "${file#/proc/sys/}" "$(tr '\t' ' ' <"$file")" | tell sysctl
  done
done

# Rights of files: those that were named, and all where secrets lie.
{
  named file
  find "$folder/secrets" "$folder/made-secrets" -type f 2>/dev/null
} | sort -u | while read -r file; do
  [ -e "$file" ] || continue
  stat --format '%a	%u:%g	%n' -- "$file" | tell file
done

# How it does.
root=$(docker info --format '{{.DockerRootDir}}' 2>/dev/null)
for at in / "$folder" "$root"; do
  [ -z "$at" ] || [ ! -d "$at" ] || df -k --output=avail,size,itotal,iavail -- "$at" | tail -n 1 | sed "s|\$| $at|" | tell disk
done
sed -n 's/^\(MemTotal\|MemAvailable\): *\([0-9]*\) kB$/\1 \2/p' /proc/meminfo | tell memory
printf '%s %s\n' "$(cut -d' ' -f1-3 /proc/loadavg)" "$(nproc)" | tell load
printf '%s %s\n' "$(date +%s)" "$(timedatectl show --property NTPSynchronized --value 2>/dev/null)" | tell clock
[ ! -e /run/reboot-required ] || { cat /run/reboot-required.pkgs 2>/dev/null || echo; } | tr '\n' ' ' | tell reboot
[ ! -e /run/reboot-required ] || echo | tell reboot
printf '%s %s\n' "$(uname -r)" "$(ls /boot/vmlinuz-* 2>/dev/null | sed 's|.*/vmlinuz-||' | sort -V | tail -n 1)" | tell kernel
if command -v tailscale >/dev/null; then
  tailscale status --json 2>/dev/null | sed -n 's/.*"BackendState": *"\([A-Za-z]*\)".*/\1/p' | head -n 1 | tell vpn
fi
cat "$folder"/data/metrics/*.prom 2>/dev/null | grep -v '^#' | tell metric
