import type { FirewallRules } from "../../model/firewall";
import { implementations } from "../../providers";
import { transportTo } from "../../providers/ssh/transport";
import { eventually } from "../eventually";
import { BareHost } from "./harness/bare-host";
import { docker, image, inside, run as prefix, start } from "./harness/containers";
import { everWhile } from "./harness/outsider";
import { ASK, PYTHON, SERVE } from "./harness/ports";

/**
 * A real host with containers, and a neighbour on its network that sends real packets, over IPv4 and IPv6: what is declared
 * answers, and nothing else ever does.
 */

const firewall = BareHost.use("host");
const { hostFirewall } = implementations;
const NEIGHBOUR = "neighbour";
const VPN = "100.64.0.11";
const MINUTE = 60_000;

/** Addresses of the host and of its neighbour. */
let host: { v4: string; v6: string };
let neighbour: { v4: string; v6: string };
let rules: FirewallRules;

const inputs = (over: Partial<FirewallRules> = {}) => ({
  connection: firewall().connection,
  rules: { ...rules, ...over },
  differences: [],
});

/** Puts the firewall there. @throws when the host went back */
const put = (over: Partial<FirewallRules> = {}) => hostFirewall!.create(inputs(over));

/** How the host differs from what was put there. */
async function differences(): Promise<string[]> {
  const read = await hostFirewall!.read("firewall", inputs());
  return (read.props as { differences: string[] }).differences;
}

const container = (name: string): string => `${prefix}-${name}`;

const addressOf = (name: string, field: string): string =>
  docker("inspect", "--format", `{{(index .NetworkSettings.Networks "${prefix}-v6").${field}}}`, container(name));

/** Those of the targets that answer the neighbour. */
const fromOutside = (...targets: string[]): string[] => lines(inside(NEIGHBOUR, "python3", "-c", ASK, ...targets));

/** Those of the targets that answer a container. */
const fromInside = (name: string, ...targets: string[]): string[] =>
  lines(inside("host", "docker", "exec", name, "python3", "-c", ASK, ...targets));

const lines = (said: string): string[] => said.split("\n").filter(Boolean);

/** Starts containers as the platform does, and one as somebody does by hand; each answers on every port that it has. */
const CONTAINERS = `
tar --dereference --exclude=__pycache__ --exclude=test -C / -c ${PYTHON.join(" ")} | docker import - serve:1 >/dev/null
docker network create --subnet 172.20.1.0/24 frontend
docker network create --subnet 172.20.4.0/24 egress
docker network create --subnet 172.20.2.0/24 --internal backend
one() { name=$1; network=$2; shift 2
  docker run --detach --restart unless-stopped --name "$name" --network "$network" "$@" serve:1 \\
    python3 -c "$SERVE" 443 2020 5678 8443 9000; }
one caddy frontend --ip 172.20.1.2 -p $HOST:443:443 -p $HOST:443:443/udp -p ${VPN}:443:8443
one hand frontend --ip 172.20.1.3 -p 9000:9000 -p 9000:9000/udp
one n8n egress --ip 172.20.4.2
one postgresql backend --ip 172.20.2.2
systemd-run --quiet python3 -c "$SERVE" 9100`;

beforeAll(async () => {
  start(NEIGHBOUR, image("lab-host"), ["--cap-add", "NET_ADMIN", "--entrypoint", "sleep"], "infinity");
  const subnet = `fd${(process.pid % 256).toString(16).padStart(2, "0")}:${(Date.now() % 65_536).toString(16)}::/64`;
  docker("network", "create", "--ipv6", "--subnet", subnet, `${prefix}-v6`);
  for (const name of ["host", NEIGHBOUR]) docker("network", "connect", `${prefix}-v6`, container(name));
  host = { v4: addressOf("host", "IPAddress"), v6: addressOf("host", "GlobalIPv6Address") };
  neighbour = { v4: addressOf(NEIGHBOUR, "IPAddress"), v6: addressOf(NEIGHBOUR, "GlobalIPv6Address") };
  // The neighbour is the VPN's way in, and routes to the bridges.
  inside("host", "sh", "-c", `ip link add vpn0 type bridge; ip link set vpn0 up; ip addr add ${VPN}/32 dev vpn0`);
  inside(NEIGHBOUR, "ip", "route", "add", "172.20.0.0/16", "via", host.v4);
  inside(NEIGHBOUR, "ip", "route", "add", `${VPN}/32`, "via", host.v4);
  docker("exec", "--detach", container(NEIGHBOUR), "python3", "-c", SERVE, "22", "8000");
  await transportTo(firewall().connection).script(`SERVE=$1 HOST=$2; ${CONTAINERS}`, [SERVE, host.v4]);
  rules = {
    host: [
      { protocol: "tcp", port: 22, why: "ssh" },
      ...(["tcp", "udp"] as const).map((protocol) => ({ protocol, port: 443, address: host.v4, why: "caddy" })),
    ],
    containers: [
      ...(["tcp", "udp"] as const).map((protocol) => ({ protocol, port: 443, address: host.v4, why: "caddy" })),
      { protocol: "tcp", port: 443, address: VPN, interfaces: ["tailscale0"], why: "caddy" },
    ],
    routes: [{ protocol: "tcp", port: 8000, address: neighbour.v4, from: "172.20.4.0/24", why: "n8n" }],
    everywhere: (["tcp", "udp"] as const).map((protocol) => ({ protocol, port: 443, address: host.v4 })),
    closed: [host.v4, VPN],
    internet: [],
    vpnInterfaces: ["tailscale0"],
  };
}, 25 * MINUTE);

// Its containers are gone by then.
afterAll(() => docker("network", "rm", `${prefix}-v6`));

/** What anybody must be able to reach. */
const declared = (): string[] => [`tcp ${host.v4} 22`, `tcp ${host.v6} 22`, `tcp ${host.v4} 443`, `udp ${host.v4} 443`];

/** What nobody may: a container published by hand, the host's own programs, containers by their addresses, the VPN's door. */
const forbidden = (): string[] => [
  ...[`tcp ${host.v4} 9000`, `udp ${host.v4} 9000`, `tcp ${host.v6} 9000`, `udp ${host.v6} 9000`],
  ...[`tcp ${host.v4} 9100`, `udp ${host.v4} 9100`, `tcp ${host.v6} 9100`, `udp ${host.v6} 9100`],
  ...["tcp 172.20.1.2 443", "tcp 172.20.1.2 2020", "udp 172.20.1.2 443", "tcp 172.20.1.2 8443"],
  ...["tcp 172.20.1.3 9000", "tcp 172.20.4.2 5678", "tcp 172.20.2.2 5678", `tcp ${VPN} 443`],
];

test("T17: without it, a neighbour reaches what was published by hand, and containers by their addresses", async () => {
  await eventually(
    () =>
      expect(fromOutside(...forbidden())).toEqual(
        expect.arrayContaining([
          ...[`tcp ${host.v4} 9000`, `tcp ${host.v6} 9000`, `tcp ${host.v6} 9100`, `udp ${host.v4} 9100`],
          ...["tcp 172.20.1.2 2020", "tcp 172.20.1.2 8443", "tcp 172.20.4.2 5678", `tcp ${VPN} 443`],
        ]),
      ),
    60,
  );
  expect(fromInside("n8n", `tcp ${host.v4} 22`, "tcp 172.20.4.1 22", `tcp ${neighbour.v4} 22`)).toHaveLength(3);
});

test(
  "T17: with it, what is declared answers a neighbour, and nothing else, over IPv4, IPv6, TCP and UDP",
  async () => {
    await put();
    expect(await differences()).toEqual([]);
    expect(fromOutside(...declared(), ...forbidden())).toEqual(declared());
  },
  4 * MINUTE,
);

test("from inside, what answers is the table: its networks, what is public, and its declared routes", () => {
  const { v4, v6 } = host;
  const targets = [
    ...[`tcp ${v4} 22`, `tcp ${v4} 443`, `udp ${v4} 443`, `tcp ${v4} 9000`, `tcp ${v4} 9100`, `tcp ${VPN} 443`],
    ...[`tcp ${v6} 22`, "tcp 172.20.1.1 22", "tcp 172.20.2.1 22", "tcp 172.20.4.1 22", "tcp 172.20.4.1 9100"],
    ...[`tcp ${neighbour.v4} 22`, `tcp ${neighbour.v4} 8000`, `tcp ${neighbour.v6} 8000`, "tcp 169.254.169.254 80"],
    ...["tcp 172.20.1.2 443", "tcp 172.20.1.3 9000", "tcp 172.20.2.2 5678", "tcp 172.20.4.2 5678"],
  ];
  const isPublic = [`tcp ${v4} 443`, `udp ${v4} 443`];
  expect({
    caddy: fromInside("caddy", ...targets),
    n8n: fromInside("n8n", ...targets),
    postgresql: fromInside("postgresql", ...targets),
  }).toEqual({
    caddy: [...isPublic, "tcp 172.20.1.2 443", "tcp 172.20.1.3 9000"],
    n8n: [...isPublic, `tcp ${neighbour.v4} 8000`, "tcp 172.20.4.2 5678"],
    postgresql: ["tcp 172.20.2.2 5678"],
  });
});

test("who claims an address of the VPN, and is not in it, is answered by nobody, by no port that is public either", () => {
  const member = "100.64.0.77";
  inside(NEIGHBOUR, "ip", "address", "add", `${member}/32`, "dev", "lo");
  // An answer would find its way.
  inside("host", "ip", "route", "add", `${member}/32`, "via", neighbour.v4);
  const targets = [...declared(), ...forbidden()].filter((target) => !target.includes(host.v6));
  const ask = ASK.replace("one.settimeout(4)", `one.settimeout(4)\n    one.bind(("${member}", 0))`);
  expect(lines(inside(NEIGHBOUR, "python3", "-c", ask, ...targets))).toEqual([]);
  inside("host", "ip", "route", "del", `${member}/32`);
});

/** Until containers answer again: what was to be open is, so that what is closed is not so for want of a server. */
const answering = (): Promise<void> => eventually(() => expect(fromOutside(...declared())).toEqual(declared()), 120);

test.each([
  ["a restart of the engine", () => firewall().output(["systemctl", "restart", "docker"])],
  ["ufw reload", () => firewall().output(["ufw", "reload"])],
  ["a reboot", () => Promise.resolve(docker("restart", container("host")))],
])(
  "it stays closed across %s, without an open moment",
  async (_what, act) => {
    const ever = await everWhile(container(NEIGHBOUR), forbidden(), async () => {
      await act();
      // A restart takes the test's own bridge along.
      inside(
        "host",
        "sh",
        "-c",
        `ip link add vpn0 type bridge 2>/dev/null; ip link set vpn0 up; ip addr replace ${VPN}/32 dev vpn0`,
      );
      await answering();
    });
    expect(ever).toEqual([]);
    expect(await differences()).toEqual([]);
  },
  6 * MINUTE,
);

test(
  "what was changed by hand is shown, each by its name, and repaired",
  async () => {
    await firewall().output([
      "sh",
      "-c",
      "ufw allow 9100; iptables -I INPUT -p tcp --dport 9100 -j ACCEPT; ip6tables -P INPUT ACCEPT; nft add rule inet vpai_firewall published accept; systemctl disable vpai-firewall; echo '# mine' >> /etc/ufw/after.rules",
    ]);
    expect(await differences()).toEqual(
      expect.arrayContaining([
        "/etc/ufw/user.rules: unknown allow any 9100 0.0.0.0/0 any 0.0.0.0/0 in",
        "/etc/ufw/user6.rules: unknown allow any 9100 ::/0 any ::/0 in",
        "iptables > -A INPUT -p tcp -m tcp --dport 9100 -j ACCEPT",
        "ip6tables > :INPUT ACCEPT",
        "nft > accept",
        "vpai-firewall.service: does not start with the host",
        "/etc/ufw/after.rules: expected as in its package",
      ]),
    );
    await put();
    expect(await differences()).toEqual([]);
    expect(fromOutside(...declared(), ...forbidden())).toEqual(declared());
    await firewall().output([
      "sh",
      "-c",
      "iptables -F INPUT; iptables -P INPUT ACCEPT; nft delete table inet vpai_firewall",
    ]);
    await put();
    expect(await differences()).toEqual([]);
    expect(fromOutside(...declared(), ...forbidden())).toEqual(declared());
  },
  6 * MINUTE,
);

test(
  "one that shuts SSH is taken back by the host",
  async () => {
    const shut = rules.host.map((one) => (one.why === "ssh" ? { ...one, port: 2222 } : one));
    await expect(put({ host: shut })).rejects.toThrow(
      /^firewall on root@[\d.]+: .*The host was put back to what it was before\.$/,
    );
    expect(await differences()).toEqual([]);
  },
  5 * MINUTE,
);

test("its removal leaves SSH open and UFW on, and no table of ours", async () => {
  await hostFirewall!.delete("firewall", inputs());
  expect(await firewall().output(["sh", "-c", "ufw status | grep -c ALLOW; nft list tables | grep -c vpai || :"])).toBe(
    "2\n0",
  );
});
