import { CANARIES, graphOf, program, type Registered, resource, settingsOf } from "./graph";

/** Records of prod's public names at OVH. */

const OVH = { zone: "ewutelo.cloud" };

const graphWith = (settings: Record<string, string>): Promise<Registered[]> => {
  const prod = settingsOf("prod");
  const hosts = JSON.parse(prod["vpai:hosts"] ?? "{}") as Record<string, object>;
  const withHub = { ...hosts, "seko-vpn": { ...hosts["seko-vpn"], vpnAddress: "100.64.0.9" } };
  const services = JSON.stringify(["core", "vpn"]);
  const all = { ...prod, "vpai:services": services, "vpai:hosts": JSON.stringify(withHub), ...settings, ...CANARIES };
  return graphOf("prod", all, program);
};

const zonesIn = (graph: readonly Registered[]): Registered[] => graph.filter(({ type }) => type.includes("vpai/ovh:"));

test("each public name leads to the public address of the host that answers, and the keys are secret", async () => {
  const graph = await graphWith({ "vpai:ovh": JSON.stringify(OVH) });
  const { inputs, secrets } = resource(graph, "public-dns/ewutelo.cloud");
  expect(inputs).toMatchObject({
    endpoint: "https://eu.api.ovh.com/1.0",
    zone: "ewutelo.cloud",
    records: [
      { name: "", type: "A", target: "137.74.114.167" },
      { name: "couch", type: "A", target: "137.74.114.167" },
      { name: "relay", type: "A", target: "87.106.30.160" },
      { name: "singa", type: "A", target: "87.106.30.160" },
    ],
    ttl: 3600,
    adopt: [],
    applicationSecret: CANARIES["secrets:ovhApplicationSecret"],
  });
  expect(secrets.sort()).toEqual(["applicationKey", "applicationSecret", "consumerKey"]);
});

test("CouchDB's name is there no more once its site is VPN-only", async () => {
  const graph = await graphWith({ "vpai:ovh": JSON.stringify(OVH), "vpai:couchdbVpnEnforce": "true" });
  const records = resource(graph, "public-dns/ewutelo.cloud").inputs["records"] as { name: string }[];
  expect(records.map(({ name }) => name)).toEqual(["", "relay", "singa"]);
});

test("a stack below its zone has its names there", async () => {
  const graph = await graphWith({ "vpai:ovh": JSON.stringify(OVH), "vpai:domain": "staging.ewutelo.cloud" });
  const records = resource(graph, "public-dns/ewutelo.cloud").inputs["records"] as { name: string }[];
  expect(records.map(({ name }) => name)).toEqual(["staging", "couch.staging", "relay.staging", "singa.staging"]);
});

test("without vpai:ovh there is nothing of it", async () => {
  expect(zonesIn(await graphWith({}))).toEqual([]);
});

test("a zone that the domain is not in is told", async () => {
  await expect(graphWith({ "vpai:ovh": JSON.stringify({ zone: "example.org" }) })).rejects.toThrow(
    "expected in vpai:ovh.zone the zone that holds vpai:domain ewutelo.cloud, found example.org",
  );
});
