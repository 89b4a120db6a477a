import { earlyUnit } from "../systemd/early-unit";
import { ISOLATION } from "./ruleset";

/** Where a closed host has its rules, and what loads them before any interface is up. */
export const RULES = "/etc/vpai/isolation.nft";
export const UNIT = "/etc/systemd/system/vpai-isolation.service";

/** The unit that loads the rules. */
export const SERVICE = earlyUnit("This host reaches nothing but its own networks and those that it may", [
  `ExecStart=nft --file ${RULES}`,
]);

/** The rules as they are and as the file has them, each in a form without what was counted: the latter in a network namespace of its own. */
const LOOK = `folder=$(mktemp -d); trap 'rm -rf "$folder"' EXIT
unshare --net sh -c 'nft --file ${RULES} && exec nft --stateless list table inet ${ISOLATION}' > "$folder/wanted" 2>&1 || :
nft --stateless list table inet ${ISOLATION} > "$folder/live" 2>/dev/null || :`;

/** Loads the rules unless they are there: what was counted so far stays. */
export const LOAD = `set -eu
${LOOK}
systemctl daemon-reload
systemctl enable --quiet vpai-isolation.service
cmp -s "$folder/wanted" "$folder/live" || nft --file ${RULES}
systemctl start vpai-isolation.service
`;

/** Prints how the host differs from its files. */
export const DIFFERENCES = `${LOOK}
systemctl is-enabled --quiet vpai-isolation.service 2>/dev/null || echo "vpai-isolation.service: does not start with the host"
[ -s "$folder/live" ] || { echo "nft: no table inet ${ISOLATION}"; exit 0; }
diff "$folder/wanted" "$folder/live" | sed -n 's/[[:space:]]\\{2,\\}/ /g; s/^\\([<>]\\)/nft \\1/p'
:`;

/** Opens the host again. */
export const REMOVE = `systemctl disable --quiet --now vpai-isolation.service 2>/dev/null
rm -f -- ${RULES} ${UNIT}; systemctl daemon-reload
nft delete table inet ${ISOLATION} 2>/dev/null
:`;
