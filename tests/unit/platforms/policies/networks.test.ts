import { askedAtHome, ownSubnets } from "../../../../platforms/policies/networks";
import { serviceWith } from "../../../service";
import { plan } from "../plan";

const said = (subnet: string): string[] => {
  const one = plan();
  const host = { ...one.host, networks: { front: { subnet, internal: false } } };
  return ownSubnets([{ ...one, host }]).map(({ where, found }) => `${where}: ${found}`);
};

test.each([
  [
    "172.29.200.0/24",
    "h/network/front: 172.29.200.0/24, which is in 172.29.0.0/16: the engine's own (default-address-pools)",
  ],
  [
    "172.17.5.0/24",
    "h/network/front: 172.17.5.0/24, which is in 172.17.0.0/16: the engine's own (default-address-pools)",
  ],
  [
    "172.28.0.0/15",
    "h/network/front: 172.28.0.0/15, which is in 172.29.0.0/16: the engine's own (default-address-pools)",
  ],
  ["100.127.0.0/16", "h/network/front: 100.127.0.0/16, which is in 100.64.0.0/10: the VPN's"],
])("%s is given away by somebody else", (subnet, finding) => {
  expect(said(subnet)).toEqual([finding]);
});

test.each(["172.20.1.0/24", "172.21.2.0/24", "172.30.1.0/24", "172.16.0.0/16", "10.0.0.0/8", "100.128.0.0/16"])(
  "%s is free",
  (subnet) => expect(said(subnet)).toEqual([]),
);

const NETWORKS = {
  archive: { subnet: "10.0.0.0/24", internal: false },
  frontend: { subnet: "10.0.1.0/24", internal: false },
  inside: { subnet: "10.0.2.0/24", internal: true },
  storage: { subnet: "10.0.3.0/24", internal: false },
};

/** What is said of one on `frontend` that asks a site of its own host, whose gateway is on some networks. */
function saidOfAsking(gateway: readonly string[], subdomain = "shown"): string[] {
  const services = [
    serviceWith({ name: "asking", run: { networks: ["frontend"] }, asks: () => [{ subdomain }] }),
    serviceWith({ name: "shown", expose: [{ subdomain: "shown", access: "vpn", port: 80 }] }),
    serviceWith({
      name: "gateway",
      gateway: { authority: "/root.crt" },
      run: { networks: [...gateway], publish: [{ port: 8443, hostPort: 443, protocol: "tcp", access: "vpn" }] },
    }),
  ];
  const one = plan(...services);
  const found = askedAtHome([{ ...one, host: { ...one.host, networks: NETWORKS } }]);
  return found.map(({ where, expected }) => `${where}: ${expected}`);
}

test("who asks sites of its own host is where the engine leads their gateway's ports", () => {
  expect(saidOfAsking(["archive", "frontend"])).toEqual([
    "h/asking: the network archive, where the ports of its host's gateway lead, as it asks sites of this host",
  ]);
  for (const reached of [["storage", "frontend"], ["frontend", "inside"], ["frontend"]])
    expect(saidOfAsking(reached)).toEqual([]);
  expect(saidOfAsking(["archive", "frontend"], "elsewhere")).toEqual([]);
});
