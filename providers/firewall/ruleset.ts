import { isIPv6 } from "node:net";
import type { FirewallRules, Opening, Route, Target } from "../../model/firewall";

/** Name of our own nftables table; nobody else writes to it. */
export const TABLE = "vpai_firewall";

/** Networks that are not the Internet: IANA's special-purpose registries, multicast and what is reserved. */
const NEARER = {
  ip: [
    ...["0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.0.0.0/24"],
    ...["192.168.0.0/16", "198.18.0.0/15", "224.0.0.0/3"],
  ],
  // The last two reach IPv4's through a translator or a tunnel.
  ip6: ["::/96", "::ffff:0:0/96", "fc00::/7", "fe80::/10", "fec0::/10", "ff00::/8", "64:ff9b::/32", "2002::/16"],
};

/** Addresses of the VPN (docs/requirements.md#hosts); one that comes by another way is forged. */
const VPN = "100.64.0.0/10";

/** Interface of the VPN's client. */
const TAILSCALE = "tailscale0";

/** Bridges of Docker's networks, as it names them. */
const BRIDGES = ["br-*", "docker*"];

const list = (values: readonly (string | number)[]): string => `{ ${values.join(", ")} }`;
const names = (interfaces: readonly string[]): string => list(interfaces.map((name) => JSON.stringify(name)));
const family = (address: string): "ip" | "ip6" => (isIPv6(address.split("/")[0] ?? "") ? "ip6" : "ip");

/** A packet to a target, before anything translates its address, or after. */
const to = ({ protocol, port, address }: Target): string =>
  [...(address === undefined ? [] : [`${family(address)} daddr ${address}`]), `${protocol} dport ${port}`].join(" ");

/** A packet that was sent to a target, and that Docker has translated to a container's address and port. */
const sentTo = ({ protocol, port, address }: Target): string =>
  [
    `meta l4proto ${protocol}`,
    ...(address === undefined ? [] : [`ct original ${family(address)} daddr ${address}`]),
    `ct original proto-dst ${port}`,
  ].join(" ");

const cameIn = ({ interfaces, from }: Pick<Opening, "interfaces" | "from">): string[] => [
  ...(interfaces === undefined ? [] : [`iifname ${names(interfaces)}`]),
  ...(from === undefined ? [] : [`${family(from)} saddr ${from}`]),
];

const accept = (why: string, ...matches: string[]): string =>
  `${matches.join(" ")} accept comment ${JSON.stringify(why)}`;
const route = (one: Route, target: (one: Target) => string): string =>
  accept(one.why, `${family(one.from)} saddr ${one.from}`, target(one));

const chain = (name: string, lines: readonly string[]): string[] => [
  `  chain ${name} {`,
  ...lines.map((line) => `    ${line}`),
  "  }",
];
const each = (addresses: readonly string[], verdict: string): string[] =>
  addresses.map((address) => `${family(address)} daddr ${address} ${verdict}`);
const fromContainers = (verdict: string): string[] =>
  BRIDGES.map((bridge) => `iifname ${JSON.stringify(bridge)} ${verdict}`);

/** What is refused leaves a line in the kernel's log, a few a minute. */
const REFUSE = ['limit rate 6/minute burst 6 packets log prefix "vpai-firewall: "', "drop"];

/**
 * The rules of what is forwarded to and from containers, of what they reach on the host itself, and once more of what may enter
 * the host, as one transaction of `nft`. A drop is final, whatever UFW and Docker accept; what is accepted here, they look at, too.
 */
export function rulesetOf(rules: FirewallRules): string {
  const { containers, routes, everywhere, closed, internet, vpnInterfaces } = rules;
  const forged = [
    `iifname != ${names(["lo", ...vpnInterfaces])} ip saddr ${VPN} drop`,
    'iifname != "lo" ip daddr 127.0.0.0/8 drop',
  ];
  const lines = [
    `table inet ${TABLE}`,
    `delete table inet ${TABLE}`,
    `table inet ${TABLE} {`,
    // The loader fills them in: the host's own resolvers, which its containers ask.
    "  set resolvers { type ipv4_addr; }",
    "  set resolvers6 { type ipv6_addr; }",
    ...chain("forward", [
      "type filter hook forward priority filter - 5; policy drop;",
      "ct state established,related accept",
      "ct state invalid drop",
      ...forged,
      ...fromContainers("goto from_containers"),
      "ct status dnat goto published",
      "goto refuse",
    ]),
    ...chain("published", [...containers.map((one) => accept(one.why, ...cameIn(one), sentTo(one))), "goto refuse"]),
    ...chain("from_containers", [
      "ct status dnat goto hairpin",
      // Among themselves, the engine keeps networks apart.
      ...BRIDGES.map((bridge) => `oifname ${JSON.stringify(bridge)} accept`),
      "meta l4proto { tcp, udp } th dport 53 ip daddr @resolvers accept",
      "meta l4proto { tcp, udp } th dport 53 ip6 daddr @resolvers6 accept",
      ...routes.map((one) => route(one, to)),
      ...everywhere.map((one) => accept("public", to(one))),
      ...each(closed, "goto refuse"),
      ...each(internet, "accept"),
      `ip daddr ${list(NEARER.ip)} goto refuse`,
      `ip6 daddr ${list(NEARER.ip6)} goto refuse`,
      "accept",
    ]),
    ...chain("hairpin", [
      ...routes.map((one) => route(one, sentTo)),
      ...everywhere.map((one) => accept("public", sentTo(one))),
      "goto refuse",
    ]),
    ...chain("input", [
      "type filter hook input priority filter - 5; policy drop;",
      'iifname "lo" accept',
      "ct state established,related accept",
      ...forged,
      ...fromContainers("goto to_host"),
      // Who may come to the host through the VPN is the VPN's own policy.
      `iifname ${JSON.stringify(TAILSCALE)} accept`,
      // Which of these, UFW says.
      "meta l4proto { icmp, ipv6-icmp } accept",
      "udp sport 67 udp dport 68 accept",
      "udp sport 547 udp dport 546 accept",
      ...rules.host.map((one) => accept(one.why, ...cameIn(one), to(one))),
    ]),
    ...chain("to_host", [
      "icmpv6 type { nd-neighbor-solicit, nd-neighbor-advert } accept",
      ...routes.map((one) => route(one, to)),
      ...everywhere.map((one) => accept("public", to(one))),
      "goto refuse",
    ]),
    ...chain("refuse", REFUSE),
    "}",
  ];
  return `${lines.join("\n")}\n`;
}
