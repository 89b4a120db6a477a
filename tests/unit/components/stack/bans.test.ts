import { coreOfProd, coreProgram, graphOf, type Registered, resource } from "./graph";

const CROWDSEC = "pulumi-nodejs:dynamic/vpai/host:CrowdSec";
const LOGIN_BANS = "pulumi-nodejs:dynamic/vpai/host:LoginBans";
const CADDYFILE = "sese-ai/caddy/config/Caddyfile";

let prod: Registered[];
let without: Registered[];

/** The same stack with other settings of its hosts. */
function withCrowdsec(crowdsec: boolean): Record<string, string> {
  const hosts = JSON.parse(coreOfProd["vpai:hosts"] ?? "") as Record<string, object>;
  const changed = Object.fromEntries(Object.entries(hosts).map(([name, host]) => [name, { ...host, crowdsec }]));
  return { ...coreOfProd, "vpai:hosts": JSON.stringify(changed) };
}

beforeAll(async () => {
  const own = { ...coreOfProd, "vpai:neverBanned": JSON.stringify(["203.0.113.7", "2001:db8::/48"]) };
  prod = await graphOf("prod", own, coreProgram);
  without = await graphOf("prod", withCrowdsec(false), coreProgram);
}, 60_000);

test("CrowdSec is on Sese-AI alone, and bans neither the operator nor the platform itself", () => {
  const { inputs, dependsOn } = resource(prod, "sese-ai/crowdsec", CROWDSEC);
  expect(inputs).toMatchObject({
    accessLogs: ["/opt/vpai/data/caddy/access/access.log"],
    banTime: "4h",
    // The operator's, the hosts' public addresses, and the containers' networks.
    ignored: [
      ...["203.0.113.7", "2001:db8::/48", "137.74.114.167", "87.106.30.160", "192.168.1.8"],
      ...["172.20.1.0/24", "172.20.2.0/24", "172.20.3.0/24", "172.20.4.0/24", "172.20.5.0/24"],
    ],
  });
  expect(dependsOn).toContain("sese-ai/packet-filter");
  expect(prod.filter(({ type }) => type === CROWDSEC)).toHaveLength(1);
});

test("fail2ban never bans the operator's addresses either", () => {
  for (const host of ["sese-ai", "seko-vpn", "workstation"])
    expect(resource(prod, `${host}/login-bans`, LOGIN_BANS).inputs["ignored"]).toEqual([
      "203.0.113.7",
      "2001:db8::/48",
    ]);
  expect(resource(without, "sese-ai/login-bans", LOGIN_BANS).inputs["ignored"]).toEqual([]);
});

test("a gateway notes what its public sites are asked, where somebody reads it, and nowhere what members of the VPN ask", () => {
  const noted = (graph: readonly Registered[]): string[] =>
    String(resource(graph, CADDYFILE).inputs["content"])
      .split(/^(?=\S.* \{$)/m)
      .filter((block) => block.includes("import access_notes"))
      .map((block) => block.split(" {")[0] ?? "");
  expect(noted(prod)).toEqual(["https://:443, https://:8443", "mayi.ewutelo.cloud", "ewutelo.cloud"]);
  expect(noted(without)).toEqual([]);
  expect(String(resource(without, CADDYFILE).inputs["content"])).not.toContain("access");
  expect(without.filter(({ type }) => type === CROWDSEC)).toEqual([]);
});
