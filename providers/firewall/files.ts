import type { SystemFile } from "../host/system-files";
import { earlyUnit } from "../systemd/early-unit";
import { TABLE } from "./ruleset";

const UNITS = "/etc/systemd/system";
const RULES = "/etc/vpai/firewall.nft";

/** Loads our table. */
export const LOADER = "/usr/local/sbin/vpai-firewall";

/** What is started with the host. */
export const ENABLED = {
  load: `${UNITS}/sysinit.target.wants/vpai-firewall.service`,
  resolvers: `${UNITS}/multi-user.target.wants/vpai-firewall-resolvers.path`,
};

const PROGRAM = `#!/bin/sh
# Loads what containers of this host may reach and who may reach them, all at once, with the resolvers that the host has now.
set -eu
resolvers() {
  cat /etc/resolv.conf /run/systemd/resolve/resolv.conf 2>/dev/null |
    sed -n 's/^nameserver[[:space:]]\\{1,\\}\\([0-9A-Fa-f.:]*\\)[[:space:]]*$/\\1/p' | grep -vE '^(127\\.|::1$)' | sort -u |
    while read -r address; do
      case $address in *:*) set=resolvers6 ;; *) set=resolvers ;; esac
      printf 'add element inet ${TABLE} %s { %s }\\n' "$set" "$address"
    done
}
{ cat ${RULES}; resolvers; } | nft -f - || nft -f ${RULES}
`;

/** Before any interface is up, and so before Docker; nobody clears the table later, neither UFW nor the engine. */
const SERVICE = earlyUnit("What containers of this host may reach, and who may reach them", [
  `ExecStart=${LOADER}`,
  `ExecReload=${LOADER}`,
]);

const RESOLVERS_SERVICE = `[Unit]
Description=Lets containers ask the resolvers that the host has now

[Service]
Type=oneshot
ExecStart=${LOADER}
`;

const RESOLVERS_PATH = `[Unit]
Description=Another resolver of the host

[Path]
PathChanged=/etc/resolv.conf
PathChanged=/run/systemd/resolve/resolv.conf
Unit=vpai-firewall-resolvers.service

[Install]
WantedBy=multi-user.target
`;

/** An engine starts no container where the rules cannot be loaded. */
const ENGINE = `[Service]
ExecStartPre=${LOADER}
`;

/** All files that our table needs. @param ruleset its rules, as `nft` reads them */
export const filesOf = (ruleset: string): SystemFile[] => [
  { path: RULES, mode: "0600", content: ruleset },
  { path: LOADER, mode: "0755", content: PROGRAM },
  { path: `${UNITS}/vpai-firewall.service`, mode: "0644", content: SERVICE },
  { path: `${UNITS}/vpai-firewall-resolvers.service`, mode: "0644", content: RESOLVERS_SERVICE },
  { path: `${UNITS}/vpai-firewall-resolvers.path`, mode: "0644", content: RESOLVERS_PATH },
  { path: `${UNITS}/docker.service.d/10-vpai-firewall.conf`, mode: "0644", content: ENGINE },
];
