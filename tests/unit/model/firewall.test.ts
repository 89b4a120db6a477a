import type { HostView } from "../../../model/context";
import { firewallOf, type FirewallRules } from "../../../model/firewall";
import { contextOf, hostViews } from "../../../platforms/contexts";
import vpai from "../../../platforms/vpai/platform";
import { STACK } from "../../context";
import { serviceWith } from "../../service";

/** Prod's hosts (docs/requirements.md#hosts); the hub's VPN address is what Headscale once gives. */
const ADDRESSES = {
  "sese-ai": { publicAddress: "137.74.114.167", vpnAddress: "100.64.0.14", sshPort: 804 },
  "seko-vpn": { publicAddress: "87.106.30.160", vpnAddress: "100.64.0.9", sshPort: 22 },
  workstation: { publicAddress: "192.168.1.8", vpnAddress: "100.64.0.1", sshPort: 22 },
} as const;

type Host = keyof typeof ADDRESSES;

const views: readonly HostView[] = hostViews(vpai).map((view) => ({ ...view, ...ADDRESSES[view.name as Host] }));

const rulesOn = (host: Host, hosts = views, settings: object = {}): FirewallRules => {
  const { publicAddress: bindAddress, sshPort } = ADDRESSES[host];
  const place = { sshPort, bindAddress, vpnInterfaces: ["tailscale0"], closed: [], internet: [] };
  return firewallOf(
    contextOf(host, { ...STACK, services: vpai.groups, settings: { ...STACK.settings, ...settings } }, hosts),
    place,
  );
};

/** Each opening in a few words. */
const shown = (openings: FirewallRules["host"]): string[] =>
  openings
    .map(({ protocol, port, address = "any", interfaces = [], from, why }) =>
      [
        `${protocol} ${port} at ${address}`,
        ...interfaces,
        ...(from === undefined ? [] : [`from ${from}`]),
        `for ${why}`,
      ].join(" "),
    )
    .sort();

const routed = ({ routes }: FirewallRules): string[] =>
  routes.map(({ from, protocol, address, port, why }) => `${why}: ${from} to ${protocol} ${address}:${port}`).sort();

describe("Sese-AI", () => {
  test("lets in SSH, the VPN, and what Caddy publishes", () => {
    expect(shown(rulesOn("sese-ai").host)).toEqual([
      "tcp 443 at 100.64.0.14 tailscale0 for caddy",
      "tcp 443 at 137.74.114.167 for caddy",
      "tcp 80 at 100.64.0.14 tailscale0 for caddy",
      "tcp 80 at 137.74.114.167 for caddy",
      "tcp 804 at any for ssh",
      "udp 41641 at any for vpn",
      "udp 443 at 100.64.0.14 tailscale0 for caddy",
      "udp 443 at 137.74.114.167 for caddy",
    ]);
  });

  test("forwards to Caddy alone", () => {
    expect(shown(rulesOn("sese-ai").containers)).toEqual([
      "tcp 443 at 100.64.0.14 tailscale0 for caddy",
      "tcp 443 at 137.74.114.167 for caddy",
      "tcp 80 at 100.64.0.14 tailscale0 for caddy",
      "tcp 80 at 137.74.114.167 for caddy",
      "udp 443 at 100.64.0.14 tailscale0 for caddy",
      "udp 443 at 137.74.114.167 for caddy",
    ]);
  });

  test("n8n reaches the studio, Caddy and the notes the hub's CouchDB, and nobody anything else in the VPN", () => {
    expect(routed(rulesOn("sese-ai"))).toEqual([
      "caddy: 172.20.1.0/24 to tcp 100.64.0.9:5984",
      "n8n: 172.20.4.0/24 to tcp 100.64.0.1:443",
      // Its notes go into the vault.
      "openclaw: 172.20.4.0/24 to tcp 100.64.0.9:5984",
    ]);
  });

  test("takes no host of the platform for the Internet", () => {
    expect(rulesOn("sese-ai").closed).toEqual(
      expect.arrayContaining([
        "100.64.0.14",
        "137.74.114.167",
        "100.64.0.9",
        "87.106.30.160",
        "100.64.0.1",
        "192.168.1.8",
      ]),
    );
  });

  test("lets every container come to what is public", () => {
    expect(shown(rulesOn("sese-ai").everywhere.map((one) => ({ ...one, why: "all" })))).toEqual([
      "tcp 443 at 137.74.114.167 for all",
      "tcp 443 at 87.106.30.160 for all",
      "tcp 80 at 137.74.114.167 for all",
      "tcp 80 at 87.106.30.160 for all",
      "udp 3478 at 87.106.30.160 for all",
      "udp 443 at 137.74.114.167 for all",
      "udp 443 at 87.106.30.160 for all",
    ]);
  });
});

test("the hub lets in what it publishes, STUN too, and Uptime Kuma comes to its own sites", () => {
  expect(shown(rulesOn("seko-vpn").host)).toEqual([
    "tcp 22 at any for ssh",
    "tcp 443 at 100.64.0.9 from 172.21.1.0/24 for uptime-kuma",
    "tcp 443 at 100.64.0.9 tailscale0 for gateway",
    "tcp 443 at 87.106.30.160 for gateway",
    "tcp 5984 at 100.64.0.9 tailscale0 for couchdb",
    "tcp 80 at 100.64.0.9 tailscale0 for gateway",
    "tcp 80 at 87.106.30.160 for gateway",
    "udp 3478 at 87.106.30.160 for headscale",
    "udp 41641 at any for vpn",
    "udp 443 at 100.64.0.9 tailscale0 for gateway",
    "udp 443 at 87.106.30.160 for gateway",
  ]);
  expect(routed(rulesOn("seko-vpn"))).toEqual(
    [
      "hub-monitoring: 172.21.1.0/24 to tcp 100.64.0.14:443",
      "uptime-kuma: 172.21.1.0/24 to tcp 100.64.0.14:443",
      "uptime-kuma: 172.21.1.0/24 to tcp 100.64.0.1:443",
      "uptime-kuma: 172.21.1.0/24 to tcp 100.64.0.9:443",
      "webhook-relay: 172.21.1.0/24 to tcp 100.64.0.14:443",
    ].sort(),
  );
});

test("the workstation lets in VPN members alone, and its containers reach the collector's door", () => {
  const rules = rulesOn("workstation");
  expect(shown(rules.host)).toEqual([
    "tcp 22 at any for ssh",
    "tcp 443 at 100.64.0.1 tailscale0 for caddy-workstation",
    "tcp 80 at 100.64.0.1 tailscale0 for caddy-workstation",
    "udp 41641 at any for vpn",
    "udp 443 at 100.64.0.1 tailscale0 for caddy-workstation",
  ]);
  expect(rules.containers).toEqual([]);
  expect(routed(rules)).toEqual([
    "comfyui: 172.21.1.0/24 to tcp 100.64.0.9:5984",
    "workstation-monitoring: 172.21.1.0/24 to tcp 100.64.0.14:443",
  ]);
});

test("while the VPN is not enforced, the workstation's gateway lets in everybody, as it listens for them", () => {
  const place = { sshPort: 22, bindAddress: "192.168.1.8", vpnInterfaces: ["tailscale0"], closed: [], internet: [] };
  const { host } = firewallOf(
    contextOf("workstation", { ...STACK, services: vpai.groups, vpnEnforce: false }, views),
    place,
  );
  expect(shown(host).filter((line) => line.includes("192.168.1.8"))).toEqual([
    "tcp 443 at 192.168.1.8 for caddy-workstation",
    "tcp 80 at 192.168.1.8 for caddy-workstation",
    "udp 443 at 192.168.1.8 for caddy-workstation",
  ]);
});

test("a host outside the VPN opens nothing for it, and reaches nothing by it", () => {
  const alone = views.map((view) => (view.name === "sese-ai" ? { ...view, vpnAddress: undefined } : view));
  const { host, containers } = rulesOn("sese-ai", alone);
  expect(shown([...host, ...containers]).filter((line) => /100\.64|41641/.test(line))).toEqual([]);
});

test("a network without a way out gets no route, nor does a service that asks nothing", () => {
  const asking = serviceWith({ run: { networks: ["backend", "egress"] }, asks: () => [{ subdomain: "studio" }] });
  const silent = serviceWith({ name: "silent", run: { networks: ["egress"] } });
  const with2 = views.map((view) => (view.name === "sese-ai" ? { ...view, services: [asking, silent] } : view));
  expect(routed(rulesOn("sese-ai", with2))).toEqual(["one: 172.20.4.0/24 to tcp 100.64.0.1:443"]);
});

test("addresses that are names are left out: a packet has none", () => {
  const named = views.map((view) => (view.name === "seko-vpn" ? { ...view, publicAddress: "hub.example.org" } : view));
  const rules = JSON.stringify(rulesOn("sese-ai", named));
  expect(rules).not.toContain("hub.example.org");
});

test("the hub's job of copies logs in to each host in the VPN, its own as well, and without copies nothing does", () => {
  const logins = (settings: object): string[] =>
    routed(rulesOn("seko-vpn", views, settings)).filter((route) => /:(22|804)$/.test(route));
  expect(logins({ backupsBucket: "vpai-backups" })).toEqual([
    "offsite: 172.21.4.0/24 to tcp 100.64.0.14:804",
    "offsite: 172.21.4.0/24 to tcp 100.64.0.1:22",
    "offsite: 172.21.4.0/24 to tcp 100.64.0.9:22",
  ]);
  expect(logins({})).toEqual([]);
});
