/** Addresses that are never banned: the host's own, and those of the VPN (docs/requirements.md#hosts). */
export const NEVER = ["127.0.0.0/8", "::1", "100.64.0.0/10"];

/** Where fail2ban reads it: after its packages' files, and after those of \`*.conf\`. */
export const JAIL = "/etc/fail2ban/jail.d/zz-vpai.local";

/** Seconds, and failed logins. */
const BAN = { time: "1h", within: "10m", after: 5 };

/** fail2ban's own action, before Docker translates addresses: who is banned reaches neither the host nor a container of it. */
const action = (time: string): string =>
  `nftables[type=allports, name=%(__name__)s, protocol="tcp,udp", chain=f2b-vpai, chain_hook=prerouting, chain_priority=-300, blocktype=drop, bantime="${time}"]`;

/**
 * The jail of failed logins.
 * @param ignored addresses and networks that are never banned beside {@link NEVER}
 * @param banTime as fail2ban writes it. Default: an hour
 */
export const jailOf = (sshPort: number, ignored: readonly string[], banTime = BAN.time): string => `[sshd]
enabled = true
port = ${sshPort}
backend = systemd
bantime = ${banTime}
findtime = ${BAN.within}
maxretry = ${BAN.after}
ignoreip = ${[...NEVER, ...ignored].join(" ")}
action = ${action(banTime)}
`;

/** Where sshd reads whom it does not penalise. */
export const EXEMPTIONS = "/etc/ssh/sshd_config.d/05-vpai-exemptions.conf";

/** OpenSSH 9.8 and newer has a ban of its own, of minutes (PerSourcePenalties in sshd_config(5)). */
export const exemptionsOf = (ignored: readonly string[]): string =>
  `PerSourcePenaltyExemptList ${[...NEVER, ...ignored].map(withLength).join(",")}\n`;

/** sshd wants the length of each prefix. */
const withLength = (address: string): string =>
  address.includes("/") ? address : `${address}/${address.includes(":") ? 128 : 32}`;

/** Puts standard input into the place of that file where sshd knows what it says; a refused one is taken back. */
export const PUT_EXEMPTIONS = `set -eu
sshd=/usr/sbin/sshd
$sshd -T 2>/dev/null | grep -q '^persourcepenaltyexemptlist' || exit 0
text=$(cat)
[ "$text" != "$(cat "$1" 2>/dev/null)" ] || exit 0
printf '%s\\n' "$text" > "$1"; chmod 0644 "$1"
$sshd -t || { rm -f "$1"; exit 1; }
systemctl reload ssh 2>/dev/null || systemctl reload sshd`;

/** Prints the text of that file, or \`unknown\` where sshd does not know what it would say. */
export const READ_EXEMPTIONS = `/usr/sbin/sshd -T 2>/dev/null | grep -q '^persourcepenaltyexemptlist' || { echo unknown; exit 0; }
cat "$1" 2>/dev/null || :`;

/** Puts standard input into the place of the jail's file, unless fail2ban does not take it, and has it take effect. */
export const PUT_JAIL = `set -eu
command -v fail2ban-client >/dev/null || { echo "expected fail2ban on the host, found none. Install it: apt-get install fail2ban python3-systemd" >&2; exit 1; }
before=$(mktemp); [ ! -e "$1" ] || cp -p "$1" "$before"
cat > "$1.new"; chmod 0644 "$1.new"; mv -fT "$1.new" "$1"
if ! said=$(fail2ban-client --test 2>&1); then
  if [ -s "$before" ]; then cp -p "$before" "$1"; else rm -f "$1"; fi; rm -f "$before"
  echo "fail2ban does not take the jail: $said" >&2; exit 1
fi
rm -f "$before"
systemctl enable --quiet fail2ban
if systemctl is-active --quiet fail2ban; then fail2ban-client reload >/dev/null; else systemctl start fail2ban; fi
for _ in 1 2 3 4 5 6 7 8 9 10; do fail2ban-client status sshd >/dev/null 2>&1 && exit 0; sleep 1; done
fail2ban-client status sshd`;

/** Prints what of the jail is not in force: \`$1\` is its file, the others are never banned. */
export const JAIL_DIFFERENCES = `systemctl is-enabled --quiet fail2ban || echo "fail2ban.service: does not start with the host"
fail2ban-client status sshd >/dev/null 2>&1 || { echo "fail2ban: no jail sshd runs"; exit 0; }
ignored=$(fail2ban-client get sshd ignoreip)
for one; do echo "$ignored" | grep -qF -- "$one" || echo "fail2ban: $one may be banned"; done
:`;
