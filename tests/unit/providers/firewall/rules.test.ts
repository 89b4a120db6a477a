import type { FirewallRules } from "../../../../model/firewall";
import { rulesetOf } from "../../../../providers/firewall/ruleset";
import { tuplesIn, ufwSections } from "../../../../providers/firewall/ufw";

const RULES: FirewallRules = {
  host: [
    { protocol: "tcp", port: 804, why: "ssh" },
    { protocol: "tcp", port: 443, why: "caddy", address: "192.0.2.1" },
    { protocol: "udp", port: 443, why: "caddy", address: "100.64.0.14", interfaces: ["tailscale0", "eth0"] },
    { protocol: "tcp", port: 443, why: "kuma", address: "100.64.0.14", from: "172.21.1.0/24" },
    { protocol: "tcp", port: 443, why: "caddy", address: "2001:db8::1" },
  ],
  containers: [
    { protocol: "tcp", port: 443, why: "caddy", address: "192.0.2.1" },
    { protocol: "udp", port: 443, why: "caddy", address: "100.64.0.14", interfaces: ["tailscale0"] },
  ],
  routes: [{ why: "n8n", from: "172.20.4.0/24", protocol: "tcp", port: 443, address: "100.64.0.1" }],
  everywhere: [{ protocol: "tcp", port: 443, address: "198.51.100.7" }],
  closed: ["192.0.2.1", "2001:db8::1"],
  internet: ["10.70.1.0/24"],
  vpnInterfaces: ["tailscale0"],
};

/** Lines of a chain, as `nft` reads them. */
function chain(name: string, rules = RULES): string[] {
  const [, body = ""] =
    new RegExp(`  chain ${name} \\{\n([^}]*(?:\\{[^}]*\\}[^}]*)*?)\n  \\}`).exec(rulesetOf(rules)) ?? [];
  return body.split("\n").map((line) => line.trim());
}

/** As UFW 0.36.2 itself wrote them for the same rules given on its command line. */
test("UFW's files have our rules as UFW writes them", () => {
  expect(ufwSections(RULES)).toEqual({
    "user.rules": `### RULES ###

### tuple ### allow tcp 804 0.0.0.0/0 any 0.0.0.0/0 in comment=7670616920737368
-A ufw-user-input -p tcp --dport 804 -j ACCEPT

### tuple ### allow tcp 443 192.0.2.1 any 0.0.0.0/0 in comment=76706169206361646479
-A ufw-user-input -p tcp -d 192.0.2.1 --dport 443 -j ACCEPT

### tuple ### allow udp 443 100.64.0.14 any 0.0.0.0/0 in_tailscale0 comment=76706169206361646479
-A ufw-user-input -i tailscale0 -p udp -d 100.64.0.14 --dport 443 -j ACCEPT

### tuple ### allow udp 443 100.64.0.14 any 0.0.0.0/0 in_eth0 comment=76706169206361646479
-A ufw-user-input -i eth0 -p udp -d 100.64.0.14 --dport 443 -j ACCEPT

### tuple ### allow tcp 443 100.64.0.14 any 172.21.1.0/24 in comment=76706169206b756d61
-A ufw-user-input -p tcp -d 100.64.0.14 --dport 443 -s 172.21.1.0/24 -j ACCEPT

### END RULES ###`,
    "user6.rules": `### RULES ###

### tuple ### allow tcp 804 ::/0 any ::/0 in comment=7670616920737368
-A ufw6-user-input -p tcp --dport 804 -j ACCEPT

### tuple ### allow tcp 443 2001:db8::1 any ::/0 in comment=76706169206361646479
-A ufw6-user-input -p tcp -d 2001:db8::1 --dport 443 -j ACCEPT

### END RULES ###`,
  });
});

test("a rule is known by all but its comment, as UFW knows it", () => {
  expect(tuplesIn("### RULES ###\n\n### tuple ### allow tcp 22 0.0.0.0/0 any 0.0.0.0/0 in comment=76\n-A x\n")).toEqual(
    ["allow tcp 22 0.0.0.0/0 any 0.0.0.0/0 in"],
  );
});

test("what is forwarded is dropped unless it is let through, and forged sources never are", () => {
  expect(chain("forward")).toEqual([
    "type filter hook forward priority filter - 5; policy drop;",
    "ct state established,related accept",
    "ct state invalid drop",
    'iifname != { "lo", "tailscale0" } ip saddr 100.64.0.0/10 drop',
    'iifname != "lo" ip daddr 127.0.0.0/8 drop',
    'iifname "br-*" goto from_containers',
    'iifname "docker*" goto from_containers',
    "ct status dnat goto published",
    "goto refuse",
  ]);
});

test("what enters the host is said once more, for the moment in which UFW has no rules", () => {
  expect(chain("input")).toEqual([
    "type filter hook input priority filter - 5; policy drop;",
    'iifname "lo" accept',
    "ct state established,related accept",
    'iifname != { "lo", "tailscale0" } ip saddr 100.64.0.0/10 drop',
    'iifname != "lo" ip daddr 127.0.0.0/8 drop',
    'iifname "br-*" goto to_host',
    'iifname "docker*" goto to_host',
    'iifname "tailscale0" accept',
    "meta l4proto { icmp, ipv6-icmp } accept",
    "udp sport 67 udp dport 68 accept",
    "udp sport 547 udp dport 546 accept",
    'tcp dport 804 accept comment "ssh"',
    'ip daddr 192.0.2.1 tcp dport 443 accept comment "caddy"',
    'iifname { "tailscale0", "eth0" } ip daddr 100.64.0.14 udp dport 443 accept comment "caddy"',
    'ip saddr 172.21.1.0/24 ip daddr 100.64.0.14 tcp dport 443 accept comment "kuma"',
    'ip6 daddr 2001:db8::1 tcp dport 443 accept comment "caddy"',
  ]);
});

test("a published port is let through at its own address, and by its own way in", () => {
  expect(chain("published")).toEqual([
    'meta l4proto tcp ct original ip daddr 192.0.2.1 ct original proto-dst 443 accept comment "caddy"',
    'iifname { "tailscale0" } meta l4proto udp ct original ip daddr 100.64.0.14 ct original proto-dst 443 accept comment "caddy"',
    "goto refuse",
  ]);
});

test("containers reach what is declared, then no host of the platform, then the Internet and nothing nearer", () => {
  expect(chain("from_containers")).toEqual([
    "ct status dnat goto hairpin",
    'oifname "br-*" accept',
    'oifname "docker*" accept',
    "meta l4proto { tcp, udp } th dport 53 ip daddr @resolvers accept",
    "meta l4proto { tcp, udp } th dport 53 ip6 daddr @resolvers6 accept",
    'ip saddr 172.20.4.0/24 ip daddr 100.64.0.1 tcp dport 443 accept comment "n8n"',
    'ip daddr 198.51.100.7 tcp dport 443 accept comment "public"',
    "ip daddr 192.0.2.1 goto refuse",
    "ip6 daddr 2001:db8::1 goto refuse",
    "ip daddr 10.70.1.0/24 accept",
    // RFC 6890, RFC 1918, RFC 6598; 224.0.0.0/3 is multicast and what is reserved.
    "ip daddr { 0.0.0.0/8, 10.0.0.0/8, 100.64.0.0/10, 127.0.0.0/8, 169.254.0.0/16, 172.16.0.0/12, 192.0.0.0/24, 192.168.0.0/16, 198.18.0.0/15, 224.0.0.0/3 } goto refuse",
    "ip6 daddr { ::/96, ::ffff:0:0/96, fc00::/7, fe80::/10, fec0::/10, ff00::/8, 64:ff9b::/32, 2002::/16 } goto refuse",
    "accept",
  ]);
});

test("production names no private network as the Internet", () => {
  expect(chain("from_containers", { ...RULES, internet: [] })).not.toContain("ip daddr 10.70.1.0/24 accept");
});
