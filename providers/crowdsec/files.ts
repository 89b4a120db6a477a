import type { SystemFile } from "../host/system-files";
import { earlyUnit } from "../systemd/early-unit";
import {
  acquisitionOf,
  BANS_TABLE,
  bansRuleset,
  BOUNCER_SETTINGS,
  type CrowdSecSettings,
  engineSettings,
  HTTP_LOGINS,
  profileOf,
  whitelistOf,
} from "./settings";

const UNITS = "/etc/systemd/system";
const ETC = "/etc/crowdsec";
const RULES = "/etc/vpai/bans.nft";
const ACQUISITION = `${ETC}/vpai-acquis.yaml`;

/** Where the bouncer reads it, with its key. */
export const BOUNCER = `${ETC}/bouncers/crowdsec-firewall-bouncer.yaml.local`;

/** Loads the table, and keeps who is banned over a reboot. */
export const BANS_LOADER = "/usr/local/sbin/vpai-bans";

/** Units that run, in the order in which they start. */
export const SERVICES = ["vpai-bans.service", "crowdsec.service", "crowdsec-firewall-bouncer.service"];

const PROGRAM = `#!/bin/sh
# load: the table of who is banned, with those of before a reboot. save: who is banned now, with what is left of each ban.
set -eu
kept=/var/lib/vpai/banned.nft
case $1 in
load)
  nft -f ${RULES}
  if [ -s "$kept" ]; then nft -f "$kept" || echo "those of before are not banned until the bouncer says so" >&2; fi
  rm -f "$kept" ;;
save)
  mkdir -p "$(dirname "$kept")"
  { nft list set inet ${BANS_TABLE} banned; nft list set inet ${BANS_TABLE} banned6; } > "$kept.new"
  mv -f "$kept.new" "$kept" ;;
esac
`;

/** Before any interface is up: who was banned finds no open moment after a reboot, though the bouncer comes later. */
const BANS_SERVICE = earlyUnit("Who is banned from this host", [
  `ExecStart=${BANS_LOADER} load`,
  `ExecReload=${BANS_LOADER} load`,
  `ExecStop=${BANS_LOADER} save`,
]);

/** The packages' units end for good when something fails once. @param memoryMiB more than twice what was measured */
const staysUp = (memoryMiB: number): string => `StartLimitIntervalSec=0

[Service]
Restart=always
RestartSec=5
MemoryMax=${memoryMiB}M
`;

const ENGINE = `[Unit]
${staysUp(192)}`;

/** Asked to end, it would empty the set first, and let everybody in until it is back. */
const BOUNCER_UNIT = `[Unit]
Requires=vpai-bans.service
After=vpai-bans.service
${staysUp(48)}KillSignal=SIGKILL
SuccessExitStatus=SIGKILL
`;

/** Never registered, and not to be: the package's installation would register the host where it finds no such file. */
const OFFLINE = "# vpai: this host reports to nobody\n";

/** All files, but for the bouncer's own. @param never addresses and networks that are never banned */
export const filesOf = (settings: CrowdSecSettings, never: readonly string[]): SystemFile[] => [
  { path: `${ETC}/online_api_credentials.yaml`, mode: "0600", content: OFFLINE },
  { path: `${ETC}/config.yaml.local`, mode: "0644", content: engineSettings(ACQUISITION) },
  { path: ACQUISITION, mode: "0644", content: acquisitionOf(settings) },
  { path: `${ETC}/profiles.yaml.local`, mode: "0644", content: profileOf(settings) },
  { path: `${ETC}/parsers/s02-enrich/vpai-never.yaml`, mode: "0644", content: whitelistOf(never) },
  { path: `${ETC}/scenarios/vpai-http-logins.yaml`, mode: "0644", content: HTTP_LOGINS },
  { path: RULES, mode: "0600", content: bansRuleset(never) },
  { path: BANS_LOADER, mode: "0755", content: PROGRAM },
  { path: `${UNITS}/vpai-bans.service`, mode: "0644", content: BANS_SERVICE },
  { path: `${UNITS}/crowdsec.service.d/10-vpai.conf`, mode: "0644", content: ENGINE },
  { path: `${UNITS}/crowdsec-firewall-bouncer.service.d/10-vpai.conf`, mode: "0644", content: BOUNCER_UNIT },
];

/** The bouncer's file as it is to be, but for its key. */
export const bouncerFile = { path: BOUNCER, mode: "0600", content: BOUNCER_SETTINGS };
