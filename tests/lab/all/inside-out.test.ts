import { type AddressInfo, createServer, type Server } from "node:net";
import type { ServiceFacts } from "../../facts/form";
import { SEKO_VPN, SEKO_VPN_HOST } from "../../facts/seko-vpn";
import { SESE_AI } from "../../facts/sese-ai";
import { OPENCUT, WORKSTATION, WORKSTATION_HOST, WORKSTATION_UNITS } from "../../facts/workstation";
import type { LabHost } from "../harness/host";
import { Ipv6Network } from "../harness/ipv6";
import type { Lab } from "../harness/lab";
import { Outsider } from "../harness/outsider";
import { ASK } from "../harness/ports";
import { sharedLabOfAll } from "../harness/shared";
import { joinVpn, leaveVpn } from "../harness/vpn-addresses";

/**
 * The three hosts with their VPN addresses and the VPN enforced: what answers each container, wherever it asks, and what VPN-only
 * sites answer somebody outside, by IPv4 and IPv6, and a container: nothing. Hosts take VPN addresses by the lab's network
 * (docs/lab.md): forged sources are tried in tests/lab/firewall.test.ts.
 */

/** docs/requirements.md#vpn; the hub's has no source. */
const VPN = { "sese-ai": "100.64.0.14", "seko-vpn": "100.64.0.9", workstation: "100.64.0.1" } as const;

type HostName = keyof typeof VPN;

const NAMES = Object.keys(VPN) as HostName[];

/** What everybody reaches of each host: docs/requirements.md#global-view, docs/decisions/hub.md. */
const PUBLIC: Record<HostName, readonly number[]> = { "sese-ai": [80, 443], "seko-vpn": [80, 443], workstation: [] };

/** Networks with a way out, and what containers of each reach in the VPN. */
const ROUTES: Record<HostName, Record<string, readonly string[]>> = {
  "sese-ai": {
    // docs/requirements.md#obsidian-sync: Caddy answers for `couch`.
    frontend: [`tcp ${VPN["seko-vpn"]} 5984`],
    // docs/decisions/creative-pipeline.md: n8n asks the studio. docs/decisions/notes.md: a collector of OpenClaw's writes notes.
    egress: [`tcp ${VPN["seko-vpn"]} 5984`, `tcp ${VPN.workstation} 443`],
  },
  "seko-vpn": {
    // docs/decisions/collectors.md, webhook-relay.md, and Uptime Kuma, which asks the sites of all hosts (docs/decisions/hub.md).
    frontend: [`tcp ${VPN["sese-ai"]} 443`, `tcp ${VPN["seko-vpn"]} 443`, `tcp ${VPN.workstation} 443`],
    storage: [],
    // Of jobs alone; without copies elsewhere, as here, they visit nobody (docs/decisions/offsite.md).
    egress: [],
  },
  workstation: {
    // docs/decisions/collectors.md; ComfyUI's notes: docs/decisions/notes.md.
    workstation_creative: [`tcp ${VPN["sese-ai"]} 443`, `tcp ${VPN["seko-vpn"]} 5984`],
  },
};

const SERVICES: Record<HostName, Readonly<Record<string, ServiceFacts>>> = {
  "sese-ai": SESE_AI,
  "seko-vpn": SEKO_VPN,
  workstation: { ...WORKSTATION, ...OPENCUT },
};

const PREFIX: Record<HostName, string> = {
  "sese-ai": "vpai_",
  "seko-vpn": SEKO_VPN_HOST.prefix,
  workstation: WORKSTATION_HOST.prefix,
};

/** Ports that are asked wherever they are not declared: of sshd, gateways, engines, databases and metrics. */
const PORTS = [22, 80, 443, 804, 2375, 2376, 5432, 5984, 6379, 8080, 9090, 9100];

let lab: Lab;
let hosts: Record<HostName, LabHost>;
let internet: Server;
let outsider: Outsider;

beforeAll(async () => {
  lab = await sharedLabOfAll();
  const found = await Promise.all(NAMES.map(async (name) => [name, await lab.host(name)] as const));
  hosts = Object.fromEntries(found) as typeof hosts;
  await joinVpn(lab, VPN);
  await lab.makeSucceed("up");
  // Who has its answer resets the connection.
  internet = createServer((socket) => socket.on("error", () => socket.destroy()).end("yes")).listen(
    0,
    lab.identity.address(1),
  );
  outsider = await Outsider.start(lab, "outsider");
}, 3_600_000);

afterAll(async () => {
  internet.close();
  await outsider.remove();
  await leaveVpn(lab, VPN);
  await lab.makeSucceed("up");
}, 900_000);

/** A connection alone is an answer here: TLS waits for the other to speak first. All at once, as what is dropped takes its time. */
const CONNECTS = ASK.replace("return target if one.recv(9) else None", "return target").replace("(60)", "(400)");

/** Asks from the network namespace of every container that runs: `<container>: <targets that answered>`. */
const FROM_EACH = `ask=$1; shift
for id in $(docker ps --quiet); do
  pid=$(docker inspect --format '{{.State.Pid}}' "$id")
  printf '%s: %s\\n' "$(docker inspect --format '{{slice .Name 1}}' "$id")" \\
    "$(nsenter --target "$pid" --net python3 -c "$ask" "$@" | LC_ALL=C sort | paste -sd,)"
done`;

/** Prints each port that anybody listens on. */
const LISTENED = "ss -Hltn | awk '{ print $4 }' | sed 's/.*://' | sort -nu";

const OWN = `ip -4 -oneline address | sed -n 's/.*inet \\([0-9.]*\\).*/\\1/p' | grep -v '^127\\.' | sort -u
echo
${LISTENED}`;

/** All that a container of a host may ask: the host's own addresses, by every port that anybody listens on there, and others'. */
async function targetsOn(name: HostName): Promise<string[]> {
  const [addresses = "", ports = ""] = (await hosts[name].output(["sh", "-c", OWN])).split("\n\n");
  const listened = [...new Set([...ports.split("\n").map(Number), ...PORTS])];
  const others = NAMES.filter((other) => other !== name).flatMap((other) => [hosts[other].publicAddress, VPN[other]]);
  return [
    ...addresses.split("\n").flatMap((address) => listened.map((port) => `tcp ${address} ${port}`)),
    ...others.flatMap((address) => PORTS.map((port) => `tcp ${address} ${port}`)),
    `tcp ${theInternet()}`,
    ...[`tcp ${lab.identity.address(5)} 80`, "tcp 169.254.169.254 80", "tcp 169.254.169.254 443"],
  ];
}

const theInternet = (): string => `${lab.identity.address(1)} ${(internet.address() as AddressInfo).port}`;

/** The network by which a container's packets leave; the engine takes the first one that has a way out. */
const wayOut = (name: HostName, { networks }: ServiceFacts): string | undefined =>
  [...networks].sort().find((network) => ROUTES[name][network] !== undefined);

/** Network by which the engine leads to a host's gateway: of its own host's ports, only containers on it are answered (docs/decisions/baseline.md). */
const GATEWAY = "frontend";

/** What answers a container, from what was typed in of its service. */
function expectedOf(name: HostName, container: string): string {
  const facts = SERVICES[name][container.replace(PREFIX[name], "")];
  const network = facts === undefined ? undefined : wayOut(name, facts);
  if (network === undefined) return "";
  const answering = NAMES.filter((host) => host !== name || network === GATEWAY);
  const everybody = answering.flatMap((host) => PUBLIC[host].map((port) => `tcp ${hosts[host].publicAddress} ${port}`));
  return [...everybody, ...(ROUTES[name][network] ?? []), `tcp ${theInternet()}`].sort().join(",");
}

test.each(NAMES)(
  "what answers each container of %s is the table",
  async (name) => {
    const targets = await targetsOn(name);
    const began = Date.now();
    const said = await hosts[name].output(["sh", "-c", FROM_EACH, "vpai", CONNECTS, ...targets], { timeout: 900 });
    const found = Object.fromEntries(
      [...said.matchAll(/^([^:]+): ?(.*)$/gm)].map(([, container = "", answers = ""]) => [container, answers]),
    );
    const containers = Object.keys(found);
    console.log(
      `${name}: ${containers.length} containers, each asked ${targets.length} targets, in ${Math.round((Date.now() - began) / 1000)} s`,
    );
    expect(containers.length).toBeGreaterThan(3);
    expect(found).toEqual(Object.fromEntries(containers.map((one) => [one, expectedOf(name, one)])));
  },
  1_200_000,
);

const ALL: readonly Readonly<Record<string, Pick<ServiceFacts, "sites">>>[] = [
  SESE_AI,
  SEKO_VPN,
  WORKSTATION,
  WORKSTATION_UNITS,
];

const sites = ALL.flatMap((services) => Object.values(services)).flatMap((service) => service.sites);

/** Names that have a VPN-only part and no public one. */
const CLOSED = [...new Set(sites.filter(({ access }) => access === "vpn").map(({ subdomain }) => subdomain))]
  .filter((name) => !sites.some(({ subdomain, access }) => subdomain === name && access === "public"))
  .map((name) => `${name}.vpai.test`);

/** A public name of each host that has one, by whose handshake another may be asked for. */
const OPEN: readonly (readonly [HostName, string])[] = [
  ["sese-ai", "vpai.test"],
  ["seko-vpn", "singa.vpai.test"],
];

/** Names in a certificate that is shown for a name, by TLS 1.3 and 1.2. Arguments: address, names. */
const SHOWN = `address=$1; shift
for name; do (for version in -tls1_3 -tls1_2; do
  shown=$(timeout 10 openssl s_client -connect "$address:443" -servername "$name" $version </dev/null 2>/dev/null |
    openssl x509 -noout -ext subjectAltName 2>/dev/null | sed -n 's/^ *DNS://p')
  [ -z "$shown" ] || echo "$name $version: $shown"
done) & done; wait`;

/** Status of the answer to each name, by HTTP/1.1, 2 and 3; 000 where nobody answered. Arguments: address, names. */
const STATUS = `address=$1; shift
for name; do (for version in --http1.1 --http2 --http3-only; do
  curl --silent --insecure --max-time 10 --output /dev/null --write-out "$name $version %{http_code}\\n" $version \\
    --resolve "$name:443:$address" "https://$name/health" || :
done) & done; wait`;

/** The same of requests by another name's handshake, as somebody sends them who claims to come through the VPN. */
const FORGED = `address=$1 open=$2; shift 2
for name; do (for version in --http2 --http3-only; do
  curl --silent --insecure --max-time 10 --output /dev/null --write-out "%{http_code}\\n" $version --resolve "$open:443:$address" \\
    --header "Host: $name" --header "X-Forwarded-For: 100.64.0.5" --header "X-Real-IP: 100.64.0.5" \\
    --header "X-Forwarded-Host: $name" --header "Forwarded: for=100.64.0.5;host=$name;proto=https" "https://$open/" || :
done) & done; wait`;

const lines = (said: string): string[] => said.split("\n").filter(Boolean);

describe("somebody outside of the VPN", () => {
  test("there are names enough, and public ones answer by each version of HTTP", async () => {
    expect(CLOSED.length).toBeGreaterThan(10);
    for (const [host, name] of OPEN)
      expect(lines(await outsider.output("sh", "-c", STATUS, "status", hosts[host].publicAddress, name))).toEqual(
        ["--http1.1", "--http2", "--http3-only"].map((version) => `${name} ${version} 200`),
      );
  }, 120_000);

  test.each(NAMES)(
    "is shown no certificate of a VPN-only name by %s, and gets no answer, by HTTP/3 neither",
    async (host) => {
      const asked = [hosts[host].publicAddress, ...CLOSED];
      expect(lines(await outsider.output("sh", "-c", SHOWN, "shown", ...asked))).toEqual([]);
      const answers = lines(await outsider.output("sh", "-c", STATUS, "status", ...asked));
      expect(answers.length).toBe(CLOSED.length * 3);
      expect(answers.filter((line) => !line.endsWith(" 000"))).toEqual([]);
    },
    600_000,
  );

  test.each(OPEN)(
    "is answered by no program of %s with the handshake of %s and a forged Host and origin",
    async (host, name) => {
      const asked = [hosts[host].publicAddress, name, ...CLOSED];
      const answers = lines(await outsider.output("sh", "-c", FORGED, "forged", ...asked));
      expect(answers.length).toBe(CLOSED.length * 2);
      expect(answers.filter((status) => !["404", "421"].includes(status))).toEqual([]);
    },
    600_000,
  );
});

describe("somebody outside who comes by IPv6", () => {
  let network: Ipv6Network;
  const addresses: Partial<Record<HostName, string>> = {};
  beforeAll(async () => {
    network = await Ipv6Network.create(lab);
    for (const name of NAMES) addresses[name] = await network.connect(`${lab.identity.prefix}-${name}`);
    await network.connect(`${lab.identity.prefix}-outsider`);
  }, 120_000);

  afterAll(() => network.remove(), 120_000);

  test.each(NAMES)(
    "is answered by sshd of %s alone, whatever listens there, and for no name",
    async (name) => {
      const address = addresses[name] ?? "";
      const ports = (await hosts[name].output(["sh", "-c", LISTENED])).split("\n").map(Number);
      const asked = [...new Set([...ports, ...PORTS])].map((port) => `tcp ${address} ${port}`);
      expect(lines(await outsider.output("python3", "-c", CONNECTS, ...asked))).toEqual([`tcp ${address} 22`]);
      const names = [`[${address}]`, "vpai.test", ...CLOSED];
      expect(lines(await outsider.output("sh", "-c", SHOWN, "shown", ...names))).toEqual([]);
      const answers = lines(await outsider.output("sh", "-c", STATUS, "status", ...names));
      expect(answers.length).toBe((CLOSED.length + 1) * 3);
      expect(answers.filter((line) => !line.endsWith(" 000"))).toEqual([]);
    },
    600_000,
  );
});

test("a container that knows both addresses of its own host is answered at neither", async () => {
  const script = `pid=$(docker inspect --format '{{.State.Pid}}' vpai_n8n); exec nsenter --target "$pid" --net sh -c "$@"`;
  for (const address of [hosts["sese-ai"].publicAddress, VPN["sese-ai"]]) {
    const argv = ["sh", "-c", script, "vpai", STATUS, "status", address, "mayi.vpai.test"];
    const answers = lines(await hosts["sese-ai"].output(argv));
    expect(answers.filter((line) => !line.endsWith(" 000"))).toEqual([]);
    expect(answers.length).toBe(3);
  }
}, 240_000);
