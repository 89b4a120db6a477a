import { isIPv6 } from "node:net";
import { NEVER } from "../firewall/bans";

/** What a host's CrowdSec is told. */
export interface CrowdSecSettings {
  /** Files in which a gateway notes what its public sites are asked, as Caddy writes them. */
  accessLogs: string[];
  /** How long a ban lasts, as Go writes it: `4h`. */
  banTime: string;
}

/** Port of the engine's API, on the host alone. CrowdSec's own, 8080, is also Headscale's. */
const API_PORT = 8089;

/** Where the engine's API answers. */
export const API = `127.0.0.1:${API_PORT}`;

/** Our nftables table with who is banned; the bouncer fills its sets and touches nothing else of it. */
export const BANS_TABLE = "vpai_bans";

/** Addresses and networks that are never banned, whoever says so. */
export const neverOf = (ignored: readonly string[]): string[] => [...new Set([...NEVER, ...ignored])];

/** YAML's flow form is JSON. */
const yaml = (value: unknown): string => JSON.stringify(value);

/**
 * What differs from the packages' settings: another port, no central API and so no traffic to anybody, a log in the journal, no
 * ports for figures, and logs that are ours to name.
 */
export const engineSettings = (acquisition: string): string => `# vpai
common:
  log_media: stdout
db_config:
  use_wal: true
crowdsec_service:
  acquisition_path: ${acquisition}
  acquisition_dir: /etc/crowdsec/acquis.d
api:
  server:
    log_level: warning
    listen_uri: ${API}
    online_client: null
prometheus:
  enabled: false
`;

/** sshd's lines of the journal, whose fields nobody but root can forge, and what gateways are asked. */
export const acquisitionOf = ({ accessLogs }: CrowdSecSettings): string =>
  [
    {
      source: "journalctl",
      journalctl_filter: ["SYSLOG_IDENTIFIER=sshd", "SYSLOG_IDENTIFIER=sshd-session", "_UID=0"],
      labels: { type: "syslog" },
    },
    // The file may come later than the engine.
    ...(accessLogs.length === 0
      ? []
      : [{ source: "file", filenames: accessLogs, force_inotify: true, labels: { type: "caddy" } }]),
  ]
    .map((document) => `${yaml(document)}\n`)
    .join("---\n");

/** What follows from a scenario: a ban. It is read before the package's own profile, which it ends. */
export const profileOf = ({ banTime }: CrowdSecSettings): string => `name: vpai_ban
filters:
  - Alert.Remediation == true && Alert.GetScope() == "Ip"
decisions:
  - type: ban
    duration: ${banTime}
on_success: break
`;

/** A parser that lets nothing of those who are never banned count. */
export const whitelistOf = (never: readonly string[]): string => `name: vpai/never
description: Who is never banned
whitelist:
  reason: never banned
  ip: ${yaml(never.filter((one) => !one.includes("/")))}
  cidr: ${yaml(never.filter((one) => one.includes("/")))}
`;

/** Wrong passwords at sites that ask by HTTP itself: Caddy keeps the header out of its log, and notes that there was one. */
export const HTTP_LOGINS = `type: leaky
name: vpai/http-login-bf
description: Wrong passwords of HTTP logins
filter: "evt.Meta.log_type == 'http_access-log' && evt.Meta.http_status == '401' && JsonExtract(evt.Line.Raw, 'request.headers.Authorization[0]') != ''"
groupby: evt.Meta.source_ip
capacity: 5
leakspeed: 10s
blackhole: 1m
labels:
  service: http
  type: bf
  remediation: true
`;

/** Of the bouncer, all but its key, whose line is put in on the host. */
export const BOUNCER_SETTINGS = `# vpai
mode: nftables
update_frequency: 5s
log_mode: stdout
scopes: [Ip]
api_url: http://${API}/
blacklists_ipv4: banned
blacklists_ipv6: banned6
nftables:
  ipv4: {enabled: true, set-only: true, table: ${BANS_TABLE}, chain: refuse}
  ipv6: {enabled: true, set-only: true, table: ${BANS_TABLE}, chain: refuse}
prometheus:
  enabled: false
`;

const elements = (set: string, addresses: readonly string[]): string[] =>
  addresses.length === 0 ? [] : [`add element inet ${BANS_TABLE} ${set} { ${addresses.join(", ")} }`];

/**
 * The table, as `nft` reads it; loading it again keeps who is banned. Its one chain comes before Docker translates addresses and before
 * anything is told apart: who is banned reaches neither the host nor a container. Who is never banned is let by first.
 */
export function bansRuleset(never: readonly string[]): string {
  const set = (name: string, type: string, flags: string): string => `  set ${name} { type ${type}; flags ${flags} }`;
  return `${[
    `table inet ${BANS_TABLE} {`,
    set("banned", "ipv4_addr", "timeout;"),
    set("banned6", "ipv6_addr", "timeout;"),
    set("never", "ipv4_addr", "interval; auto-merge;"),
    set("never6", "ipv6_addr", "interval; auto-merge;"),
    "  chain refuse { type filter hook prerouting priority raw; policy accept; }",
    "}",
    `flush set inet ${BANS_TABLE} never`,
    `flush set inet ${BANS_TABLE} never6`,
    `flush chain inet ${BANS_TABLE} refuse`,
    ...elements(
      "never",
      never.filter((one) => !isV6(one)),
    ),
    ...elements("never6", never.filter(isV6)),
    ...['iifname "lo" accept', "ip saddr @never accept", "ip6 saddr @never6 accept"].map(rule),
    ...["ip saddr @banned drop", "ip6 saddr @banned6 drop"].map(rule),
  ].join("\n")}\n`;
}

const isV6 = (address: string): boolean => isIPv6(address.split("/")[0] ?? "");
const rule = (text: string): string => `add rule inet ${BANS_TABLE} refuse ${text}`;
