import { parseAllDocuments } from "yaml";
import { bouncerFile, filesOf } from "../../../../providers/crowdsec/files";
import { neverOf } from "../../../../providers/crowdsec/settings";

const SETTINGS = { accessLogs: ["/opt/vpai/data/caddy/access/access.log"], banTime: "4h" };
const NEVER = neverOf(["203.0.113.7", "2001:db8::/48", "172.20.1.0/24", "203.0.113.7"]);

const textOf = (path: string, settings = SETTINGS): string =>
  filesOf(settings, NEVER).find((file) => file.path === path)?.content ?? "";
const documentsOf = (path: string, settings = SETTINGS): unknown[] =>
  parseAllDocuments(textOf(path, settings)).map((document) => document.toJS() as unknown);

test("the engine answers on the host alone, not on Headscale's port, and talks to nobody", () => {
  expect(documentsOf("/etc/crowdsec/config.yaml.local")).toEqual([
    expect.objectContaining({
      api: { server: { log_level: "warning", listen_uri: "127.0.0.1:8089", online_client: null } },
      prometheus: { enabled: false },
    }),
  ]);
  // An empty file is what has the package's installation register the host.
  expect(textOf("/etc/crowdsec/online_api_credentials.yaml")).toMatch(/^# .+\n$/);
});

test("it reads what root's sshd says, of every version, and the gateways' notes", () => {
  expect(documentsOf("/etc/crowdsec/vpai-acquis.yaml")).toEqual([
    {
      source: "journalctl",
      journalctl_filter: ["SYSLOG_IDENTIFIER=sshd", "SYSLOG_IDENTIFIER=sshd-session", "_UID=0"],
      labels: { type: "syslog" },
    },
    {
      source: "file",
      filenames: ["/opt/vpai/data/caddy/access/access.log"],
      force_inotify: true,
      labels: { type: "caddy" },
    },
  ]);
  expect(documentsOf("/etc/crowdsec/vpai-acquis.yaml", { ...SETTINGS, accessLogs: [] })).toHaveLength(1);
});

test("who is never banned is so by its parser and by the table, each address once", () => {
  expect(documentsOf("/etc/crowdsec/parsers/s02-enrich/vpai-never.yaml")).toEqual([
    expect.objectContaining({
      whitelist: {
        reason: "never banned",
        ip: ["::1", "203.0.113.7"],
        cidr: ["127.0.0.0/8", "100.64.0.0/10", "2001:db8::/48", "172.20.1.0/24"],
      },
    }),
  ]);
  const rules = textOf("/etc/vpai/bans.nft");
  expect(rules).toContain(
    "add element inet vpai_bans never { 127.0.0.0/8, 100.64.0.0/10, 203.0.113.7, 172.20.1.0/24 }\n" +
      "add element inet vpai_bans never6 { ::1, 2001:db8::/48 }\n",
  );
  // Before Docker translates addresses, so for the host and its containers alike; whoever is never banned first.
  expect(rules).toContain("chain refuse { type filter hook prerouting priority raw; policy accept; }");
  expect([...rules.matchAll(/^add rule inet vpai_bans refuse (.+)$/gm)].map(([, rule]) => rule)).toEqual([
    'iifname "lo" accept',
    "ip saddr @never accept",
    "ip6 saddr @never6 accept",
    "ip saddr @banned drop",
    "ip6 saddr @banned6 drop",
  ]);
});

test("the bouncer fills the sets of that table alone, and its file is root's to read", () => {
  expect(bouncerFile).toMatchObject({
    path: "/etc/crowdsec/bouncers/crowdsec-firewall-bouncer.yaml.local",
    mode: "0600",
  });
  expect(parseAllDocuments(bouncerFile.content).map((document) => document.toJS() as unknown)).toEqual([
    expect.objectContaining({
      mode: "nftables",
      api_url: "http://127.0.0.1:8089/",
      blacklists_ipv4: "banned",
      blacklists_ipv6: "banned6",
      nftables: {
        ipv4: { enabled: true, "set-only": true, table: "vpai_bans", chain: "refuse" },
        ipv6: { enabled: true, "set-only": true, table: "vpai_bans", chain: "refuse" },
      },
    }),
  ]);
});

test("a ban lasts as long as it is told", () => {
  expect(documentsOf("/etc/crowdsec/profiles.yaml.local", { ...SETTINGS, banTime: "45s" })).toEqual([
    expect.objectContaining({ decisions: [{ type: "ban", duration: "45s" }], on_success: "break" }),
  ]);
});
