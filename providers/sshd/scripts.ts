import { TABLE } from "../firewall/ruleset";
import { END } from "./effective";

/** The file of ours; a name that comes before `50-cloud-init.conf` and whatever else a host has. */
export const DROP_IN = "00-vpai.conf";

/** What makes `ssh.socket` listen on another port. Its name comes after `addresses.conf`, which Ubuntu generates. */
export const SOCKET_DROP_IN = "/etc/systemd/system/ssh.socket.d/vpai.conf";

/** How a line begins that another file has and that would win over ours. */
const ASIDE = "# vpai: ";

/** A host whose sshd systemd starts for the first connection. */
const IS_SOCKET = "systemctl is-enabled --quiet ssh.socket 2>/dev/null || systemctl is-active --quiet ssh.socket";

/**
 * How our login came, which sudo keeps from its commands: client's address and port, then ours as the host sees them. Then the
 * ports of `ssh.socket`, where that is in use, and whether there is IPv6.
 */
export const FACTS = `set -eu
process=$$ found=
while [ -z "$found" ] && [ "$process" -gt 1 ]; do
  found=$(tr '\\0' '\\n' < "/proc/$process/environ" | sed -n 's/^SSH_CONNECTION=//p')
  process=$(sed -n 's/^PPid:[[:space:]]*//p' "/proc/$process/status")
done
printf '%s\\n' "$found"
if ${IS_SOCKET}; then systemctl show ssh.socket --property Listen --value | tr '\\n' ' '; else printf none; fi
echo
if [ -e /proc/net/if_inet6 ]; then echo ipv6; else echo ipv4; fi`;

/** Prints the effective values for each login: the arguments are specifications as `sshd -C` takes them. */
const PRINT = `mkdir -p /run/sshd
for login; do /usr/sbin/sshd -T -C "$login"; echo ${END}; done`;

/** Prints what sshd goes by. */
export const EFFECTIVE = `set -eu
${PRINT}`;

/** A copy of the configuration, with the candidate, which is standard input, in place of our file. */
export const STAGE = `set -eu
stage=$1 name=$2
rm -rf "$stage"; umask 077; mkdir -p "$stage/sshd_config.d"; umask 022; mkdir -p /etc/ssh/sshd_config.d
cp -p /etc/ssh/sshd_config "$stage/sshd_config"
for file in /etc/ssh/sshd_config.d/*.conf; do [ ! -f "$file" ] || cp -p "$file" "$stage/sshd_config.d/"; done
cat > "$stage/sshd_config.d/$name"; chown 0:0 "$stage/sshd_config.d/$name"; chmod 0644 "$stage/sshd_config.d/$name"
if ! grep -Eiq '^[[:space:]]*include[[:space:]=].*sshd_config\\.d/' "$stage/sshd_config"; then
  { echo 'Include /etc/ssh/sshd_config.d/*.conf'; cat /etc/ssh/sshd_config; } > "$stage/sshd_config"
fi`;

/** Has sshd judge the copy at the places where it will be, seen by nobody else, and prints what would be effective. */
export const TRY = `exec unshare --mount sh -euc '
mount --bind "$1/sshd_config.d" /etc/ssh/sshd_config.d; mount --bind "$1/sshd_config" /etc/ssh/sshd_config
shift
${PRINT}' vpai "$@"`;

/** Takes options, named in lower-case letters, out of the copy's other files, and prints what was taken. */
export const SET_ASIDE = `set -eu
stage=$1 name=$2; shift 2
for file in "$stage/sshd_config" "$stage"/sshd_config.d/*.conf; do
  [ "$file" != "$stage/sshd_config.d/$name" ] || continue
  awk -v options=" $* " -v out="$stage/changed" -v file="/etc/ssh/\${file#"$stage/"}" '
    { line = $0; sub(/^[ \\t]+/, "", line); option = tolower(line); sub(/[ \\t="].*/, "", option)
      aside = option != "" && index(options, " " option " ")
      if (aside) print file ": " line
      print (aside ? "${ASIDE}" : "") $0 > out }' "$file"
  [ ! -e "$stage/changed" ] || cat "$stage/changed" > "$file"
  rm -f "$stage/changed"
done`;

/** Puts a file, which is standard input, into place. */
const PUT = `put() {
  target=$(realpath -m "$2")
  if [ -f "$target" ] && cmp -s "$1" "$target"; then return; fi
  mkdir -p "$(dirname "$target")"
  cp -p "$1" "$target.vpai-new"; sync "$target.vpai-new"; mv -fT "$target.vpai-new" "$target"
}`;

/**
 * Has sshd start anew: a reload would be over before sshd has read anything, and a login could still meet the old one. Logins that
 * are open stay open.
 */
const RESTART = `systemctl reset-failed ssh.service ssh.socket 2>/dev/null || :
if ${IS_SOCKET}; then
  if [ "$socket" = same ]; then systemctl try-restart ssh.service
  else systemctl daemon-reload; systemctl stop ssh.service; systemctl restart ssh.socket; fi
else systemctl restart ssh.service; fi`;

/**
 * Lets in the port that sshd moves to, where the firewall of ours is up already: it knows the port only after it, and nobody could
 * confirm the move.
 */
export const OPEN = `set -eu
if command -v ufw >/dev/null && ufw status | grep -q '^Status: active'; then ufw allow "$1/tcp" >/dev/null; fi
if command -v nft >/dev/null && nft list chain inet ${TABLE} input >/dev/null 2>&1; then
  nft insert rule inet ${TABLE} input tcp dport "$1" accept
fi`;

/** Puts the copy into place. Standard input is what the socket's file is to be; none: it stays as it is. */
export const INSTALL = `set -eu
stage=$1
${PUT}
for file in sshd_config $(cd "$stage" && ls sshd_config.d/*.conf); do put "$stage/$file" "/etc/ssh/$file"; done
socket=same; cat > "$stage/socket"
if [ -s "$stage/socket" ]; then put "$stage/socket" ${SOCKET_DROP_IN}; chmod 0644 ${SOCKET_DROP_IN}; socket=new; fi
rm -rf "$stage"
${RESTART}`;

/** Keeps the configuration in the current folder. */
export const SAVE =
  "mkdir -p /etc/ssh/sshd_config.d; tar --create --file sshd.tar --directory / etc/ssh/sshd_config etc/ssh/sshd_config.d";

/**
 * Brings it back from there. What was not changed needs no restart; and a configuration that sshd does not accept, because somebody
 * broke it before us, must not get one: the sshd that runs would be the last.
 */
export const RESTORE = `set -eu
kept() { tar --list --file sshd.tar | sed 's:/$::' | sort; }
present() { cd / && find etc/ssh/sshd_config etc/ssh/sshd_config.d | sort; }
if [ ! -e restoring ] && [ "$(kept)" = "$(present)" ] && tar --diff --file sshd.tar --directory / >&2 &&
  [ "$(systemctl show ssh.socket --property NeedDaemonReload --value)" != yes ]; then exit 0; fi
: > restoring
rm -f /etc/ssh/sshd_config.d/*.conf; tar --extract --file sshd.tar --directory /
mkdir -p /run/sshd
/usr/sbin/sshd -t || exit 0
socket=new
${RESTART}`;

/** Takes our file away, but for the port that it names, and says nothing where another file has taken its place. */
export const REMOVE = `set -eu
file=/etc/ssh/sshd_config.d/$1
[ -f "$file" ] || exit 0
cp -p "$file" "$file.vpai-old"
{ grep '^Port ' "$file.vpai-old" || :; } > "$file"
[ -s "$file" ] || rm -f "$file"
mkdir -p /run/sshd
if /usr/sbin/sshd -t; then rm -f "$file.vpai-old"; else mv -f "$file.vpai-old" "$file"; exit 1; fi
socket=same
${RESTART}`;
