import { ENABLED, LOADER } from "./files";
import { TABLE } from "./ruleset";

/** Files of UFW's that the package brings, and nobody has to change. */
const PACKAGED = ["before.rules", "before6.rules", "after.rules", "after6.rules"];

/** UFW's own settings: its sysctl file would set what is the host's own business, such as the log of martians. */
const DEFAULTS = [
  "IPV6=yes",
  'DEFAULT_INPUT_POLICY="DROP"',
  'DEFAULT_OUTPUT_POLICY="ACCEPT"',
  'DEFAULT_FORWARD_POLICY="DROP"',
  "IPT_SYSCTL=",
];

/** Files that a change of the firewall touches beside our own. */
export const TOUCHED = [
  "/etc/default/ufw",
  ...["ufw.conf", "user.rules", "user6.rules", ...PACKAGED].map((file) => `/etc/ufw/${file}`),
  ...Object.values(ENABLED),
];

/** Fails with a list of the programs that the host lacks. */
export const TOOLS = `missing=
for tool in ufw nft iptables-save ip6tables-save iptables-restore unshare; do
  command -v "$tool" >/dev/null || missing="$missing $tool"
done
[ -z "$missing" ] || { echo "$missing"; exit 1; }`;

/** Writes files, each given as path, mode and text: beside their place and then into it. */
export const WRITE = `set -eu
while [ "$#" -gt 0 ]; do
  mkdir -p "$(dirname "$1")"; printf %s "$3" > "$1.new"; chmod "$2" "$1.new"; sync "$1.new"; mv -fT "$1.new" "$1"; shift 3
done`;

/** Prints the part of one of UFW's files that holds rules; nothing where the file is gone. */
export const SECTION = `[ ! -e "/etc/ufw/$1" ] || sed -n '/^### RULES ###$/,/^### END RULES ###$/p' "/etc/ufw/$1"`;

/** Puts standard input in the place of the part of one of UFW's files that holds rules; its first command brings that part along. */
export const PUT_SECTION = `set -eu
file=/etc/ufw/$1
grep -qx '### END RULES ###' "$file" || ufw logging low >/dev/null
{ sed '/^### RULES ###$/,$d' "$file"; cat; sed '1,/^### END RULES ###$/d' "$file"; } > "$file.new"
chmod 0640 "$file.new"; sync "$file.new"; mv -fT "$file.new" "$file"`;

/**
 * UFW's part of the packet filter as its files want it, in \`$folder/ip\` and \`$folder/ip6\`: \`ufw-init\` builds it in a network
 * namespace of its own.
 */
const WANTED = `LC_ALL=C; export LC_ALL
folder=$(mktemp -d); trap 'rm -rf "$folder"' EXIT
stays='^-A INPUT .*-j (DROP|REJECT|ts-input|f2b-[A-Za-z0-9-]+)( .*)?$'
unshare --net sh -c '/usr/lib/ufw/ufw-init start >/dev/null 2>&1 || :
  iptables-save -t filter > "$1/ip"; ip6tables-save -t filter > "$1/ip6"' vpai "$folder"`;

/** Gives UFW its part of the packet filter, for each protocol at once: what refuses or is Tailscale's stays, and stays first. */
const REPAIR = `for kind in ip ip6; do
  {
    echo '*filter'
    grep -E '^:(INPUT|FORWARD|ufw)' "$folder/$kind"
    echo '-F INPUT'
    "\${kind}tables-save" -t filter | grep -E "$stays" || :
    grep -E '^-A (INPUT|ufw)' "$folder/$kind"
    echo COMMIT
  } | "\${kind}tables-restore" --noflush --wait 10 || exit 1
done`;

/** Prints how the packet filter differs from what UFW's files want: \`<\` is missing, \`>\` is there beside it. */
const COMPARE = `part() { grep -E '^(:INPUT |-A INPUT |-A ufw)' "$1" | grep -vE "$stays" | sed 's/ \\[[0-9:]*\\]$//' | sort -s -k2,2; }
for kind in ip ip6; do
  "\${kind}tables-save" -t filter > "$folder/live"
  part "$folder/live" > "$folder/found"; part "$folder/$kind" > "$folder/wanted"
  diff "$folder/wanted" "$folder/found" | sed -n "s/^\\([<>]\\)/\${kind}tables \\1/p"
done
:`;

/** Prints how the kernel's rules differ from those that are wanted. */
export const KERNEL_DIFFERENCES = `${WANTED}
${COMPARE}`;

/** Prints how our table differs from what our loader makes in a network namespace of its own. */
export const TABLE_DIFFERENCES = `folder=$(mktemp -d); trap 'rm -rf "$folder"' EXIT
unshare --net sh -c '${LOADER} && exec nft -s list table inet ${TABLE}' > "$folder/wanted" 2>&1 || :
nft -s list table inet ${TABLE} > "$folder/live" 2>/dev/null || { echo "nft: no table inet ${TABLE}"; exit 0; }
diff "$folder/wanted" "$folder/live" | sed -n 's/[[:space:]]\\{2,\\}/ /g; s/^\\([<>]\\)/nft \\1/p'
:`;

/** Prints what of UFW's settings and files is not as it has to be, and which of our units does not start with the host. */
export const SETTING_DIFFERENCES = `${DEFAULTS.map((line) => `grep -qxF '${line}' /etc/default/ufw || echo "/etc/default/ufw: expected ${line.replaceAll('"', '\\"')}"`).join("\n")}
grep -qx 'ENABLED=yes' /etc/ufw/ufw.conf || echo "ufw: inactive"
for file in ${PACKAGED.join(" ")}; do
  cmp -s "/usr/share/ufw/iptables/$file" "/etc/ufw/$file" || echo "/etc/ufw/$file: expected as in its package"
done
for unit in vpai-firewall.service vpai-firewall-resolvers.path ufw.service; do
  systemctl is-enabled --quiet "$unit" 2>/dev/null || echo "$unit: does not start with the host"
done
systemctl is-active --quiet vpai-firewall-resolvers.path || echo "vpai-firewall-resolvers.path: does not run"`;

/** Sets all of that, keeping a packaged file that was changed beside it. */
export const SETTINGS = `set -eu
${DEFAULTS.map((line) => `grep -qxF '${line}' /etc/default/ufw || { sed -i '/^${line.replace(/=.*/, "")}=/d' /etc/default/ufw; echo '${line}' >> /etc/default/ufw; }`).join("\n")}
for file in ${PACKAGED.join(" ")}; do
  cmp -s "/usr/share/ufw/iptables/$file" "/etc/ufw/$file" && continue
  cp -p "/etc/ufw/$file" "/etc/ufw/$file.before-vpai"; cp "/usr/share/ufw/iptables/$file" "/etc/ufw/$file"
done
systemctl daemon-reload
systemctl enable --quiet vpai-firewall.service vpai-firewall-resolvers.path ufw.service
systemctl restart vpai-firewall.service
systemctl restart vpai-firewall-resolvers.path`;

/** Turns UFW on where it is off, sets right what was changed past it, and prints what is not as its files want it then. */
export const EFFECT = `sed -i 's/^ENABLED=.*/ENABLED=yes/' /etc/ufw/ufw.conf
iptables -n -L ufw-user-input >/dev/null 2>&1 || /usr/lib/ufw/ufw-init start >/dev/null || exit 1
${WANTED}
${REPAIR}
${COMPARE}`;

/** Makes files of before effective again. */
export const RESTORE = `systemctl daemon-reload
if [ -x ${LOADER} ]; then ${LOADER}; else nft delete table inet ${TABLE} 2>/dev/null; fi
if grep -qx 'ENABLED=yes' /etc/ufw/ufw.conf; then
${WANTED}
${REPAIR}
else /usr/lib/ufw/ufw-init force-stop; fi
:`;

/** Takes our table and its files away; \`$@\` are the files. */
export const REMOVE = `systemctl disable --quiet --now vpai-firewall-resolvers.path 2>/dev/null
systemctl disable --quiet vpai-firewall.service 2>/dev/null
rm -f -- "$@"; systemctl daemon-reload
nft delete table inet ${TABLE} 2>/dev/null
:`;
