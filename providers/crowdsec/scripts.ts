import { BANS_LOADER, BOUNCER, SERVICES } from "./files";
import { HUB, HUB_ITEMS } from "./hub";
import { API, BANS_TABLE } from "./settings";

/** Name of the bouncer's registration. */
const NAME = "vpai-firewall";

/** Prints packages of somebody else that do the same, and would do it differently. */
export const FOREIGN = `dpkg-query --show --showformat '\${db:Status-Status} \${binary:Package}\\n' -- crowdsec-firewall-bouncer-nftables crowdsec-firewall-bouncer-iptables 2>/dev/null |
  sed -n 's/^installed //p'`;

/** Writes files, each given as path, mode and text. One that is not ours stays beside it as `*.before-vpai`. */
export const PUT_FILES = `set -eu
while [ "$#" -gt 0 ]; do
  mkdir -p "$(dirname "$1")"; (umask 077; printf %s "$3" > "$1.new"); chmod "$2" "$1.new"
  if cmp -s "$1.new" "$1" && [ "$(stat -c %04a "$1")" = "$2" ]; then rm "$1.new"; else
    [ ! -e "$1" ] || grep -q vpai "$1" || cp -p "$1" "$1.before-vpai"
    sync "$1.new"; mv -fT "$1.new" "$1"
  fi
  shift 3
done`;

/** Makes folders that are watched before a gateway writes there. */
export const FOLDERS = `for file; do [ -d "$(dirname "$file")" ] || mkdir -p -m 0700 "$(dirname "$file")"; done`;

/** Turns parsers and scenarios of the hub on and off. */
export const PUT_ITEMS = `set -eu
cd /etc/crowdsec
for item in ${HUB_ITEMS.on.join(" ")}; do
  [ ! -e "$item" ] || continue
  found=$(ls ${HUB}/"$(dirname "$item")"/*/"$(basename "$item")" 2>/dev/null | grep -E '/crowdsecurity/[^/]*$' || :)
  [ -n "$found" ] || { echo "expected $item in ${HUB}, found none: install the distribution's package crowdsec anew" >&2; exit 1; }
  mkdir -p "$(dirname "$item")"; ln -sfn "$found" "$item"
done
for item in ${HUB_ITEMS.off.join(" ")}; do [ ! -L "$item" ] || rm "$item"; done`;

/** The engine's own login at its API has another address than the packages', and is nobody else's to read. */
export const PUT_LOGIN = `set -eu
file=/etc/crowdsec/local_api_credentials.yaml
chmod 0600 "$file"
grep -qx 'url: http://${API}' "$file" || sed -i 's|^url: .*|url: http://${API}|' "$file"`;

/**
 * Has the engine accept what it reads, and start. One that runs starts anew where its files are not those that it was started with,
 * whoever changed them: a run may have been interrupted in between. The note goes with a boot, which starts the engine, too.
 */
export const START_ENGINE = `set -eu
note=/run/vpai-crowdsec.read
files=$(find -L /etc/crowdsec -type f ! -path '*/bouncers/*' | LC_ALL=C sort | xargs -rd '\\n' sha256sum | sha256sum)
crowdsec -c /etc/crowdsec/config.yaml -t >/tmp/vpai-crowdsec.$$ 2>&1 || {
  echo "CrowdSec does not take its settings: $(grep -E 'level=(error|fatal)' /tmp/vpai-crowdsec.$$ | grep -v mmdb | tail -n 3)" >&2
  rm -f /tmp/vpai-crowdsec.$$; exit 1; }
rm -f /tmp/vpai-crowdsec.$$
systemctl daemon-reload
systemctl enable --quiet vpai-bans.service crowdsec.service
systemctl reload-or-restart vpai-bans.service
if [ "$files" = "$(cat "$note" 2>/dev/null)" ]; then systemctl start crowdsec.service
else systemctl restart crowdsec.service; fi
(umask 077; echo "$files" > "$note")`;

/** Succeeds when the engine takes the key in the bouncer's file. */
const KEY_WORKS = `sed -n 's/^api_key: //p' ${BOUNCER} 2>/dev/null | python3 -c '
import sys, urllib.request
key = sys.stdin.read().strip()
request = urllib.request.Request("http://${API}/v1/decisions?ip=192.0.2.1", headers={"X-Api-Key": key or "-"})
urllib.request.urlopen(request, timeout=10)' 2>/dev/null`;

/** The bouncer's file without its key, as it is to be: on standard input. Its key is made here, and leaves the host never. */
export const PUT_BOUNCER = `set -eu
file=${BOUNCER} text=$(cat)
mkdir -p "$(dirname "$file")"
[ ! -e "$file" ] || grep -q vpai "$file" || cp -p "$file" "$file.before-vpai"
key=
if ${KEY_WORKS}; then key=$(sed -n 's/^api_key: //p' "$file"); fi
if [ -z "$key" ]; then
  cscli --error bouncers delete ${NAME} >/dev/null 2>&1 || :
  key=$(cscli --error bouncers add ${NAME} -o raw)
fi
(umask 077; printf '%s\\napi_key: %s\\n' "$text" "$key" > "$file.new"); chmod 0600 "$file.new"
mv -fT "$file.new" "$file"`;

/** Has the bouncer start anew, and so fill a table that was lost; nobody is let in meanwhile. \`$@\` are never banned. */
export const START_BOUNCER = `set -eu
unit=crowdsec-firewall-bouncer.service
systemctl enable --quiet $unit
systemctl restart $unit
for one; do
  case $one in */*) cscli --error decisions delete --contained --range "$one" ;; *) cscli --error decisions delete --ip "$one" ;; esac
done >/dev/null 2>&1
sleep 1
systemctl is-active --quiet $unit || { echo "the bouncer does not run: $(journalctl -u $unit -n 3 -o cat --no-pager)" >&2; exit 1; }`;

/** Prints what is not in force, a line each. */
export const IN_FORCE = `for unit in ${SERVICES.join(" ")}; do
  systemctl is-enabled --quiet "$unit" 2>/dev/null || echo "$unit: does not start with the host"
  systemctl is-active --quiet "$unit" || echo "$unit: does not run"
done
cd /etc/crowdsec 2>/dev/null || exit 0
for item in ${HUB_ITEMS.on.join(" ")}; do [ -e "$item" ] || echo "/etc/crowdsec/$item: not there"; done
for item in ${HUB_ITEMS.off.join(" ")}; do [ ! -L "$item" ] || echo "/etc/crowdsec/$item: expected off"; done
grep -qx 'url: http://${API}' local_api_credentials.yaml 2>/dev/null || echo "/etc/crowdsec/local_api_credentials.yaml: another address"
for secret in /etc/crowdsec/local_api_credentials.yaml ${BOUNCER}; do
  [ ! -e "$secret" ] || [ "$(stat -c %a "$secret")" = 600 ] || echo "$secret: others may read it"
done
! systemctl is-active --quiet crowdsec.service || ${KEY_WORKS} || echo "${BOUNCER}: its key is not taken"`;

/** Prints how the table differs from what its loader makes in a network namespace of its own; who is banned is no difference. */
export const BANS_DIFFERENCES = `folder=$(mktemp -d); trap 'rm -rf "$folder"' EXIT
nft list table inet ${BANS_TABLE} >/dev/null 2>&1 || { echo "nft: no table inet ${BANS_TABLE}"; exit 0; }
list='for what in "chain inet ${BANS_TABLE} refuse" "set inet ${BANS_TABLE} never" "set inet ${BANS_TABLE} never6"; do nft -s list $what; done'
sh -c "$list" > "$folder/live" 2>&1 || :
unshare --net sh -c "nft -f /etc/vpai/bans.nft && { $list; }" > "$folder/wanted" 2>&1 || :
diff "$folder/wanted" "$folder/live" | sed -n 's/[[:space:]]\\{2,\\}/ /g; s/^\\([<>]\\)/nft \\1/p'
:`;

/** Takes all of it out of force; packages and what keeps the engine to itself stay. \`$@\` are files. */
export const REMOVE_ALL = `systemctl disable --quiet --now crowdsec-firewall-bouncer.service crowdsec.service vpai-bans.service 2>/dev/null
rm -f -- "$@" ${BOUNCER} ${BANS_LOADER} /var/lib/vpai/banned.nft
rmdir --ignore-fail-on-non-empty /etc/systemd/system/crowdsec.service.d /etc/systemd/system/crowdsec-firewall-bouncer.service.d 2>/dev/null
systemctl daemon-reload
nft delete table inet ${BANS_TABLE} 2>/dev/null
:`;
