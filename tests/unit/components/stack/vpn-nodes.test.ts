import { deploy } from "../../../../components/stack";
import { loadStackConfig } from "../../../../config";
import { namesOf } from "../../../../platforms";
import vpai from "../../../../platforms/vpai/platform";
import { CANARIES, graphOf, type Registered, resource, settingsOf } from "./graph";

/** Hosts of prod as nodes of the VPN, once the hub has an address there and the group `vpn` is chosen. */

const HUB = "100.64.0.9";

function graphWith(changed: Readonly<Record<string, string>>): Promise<Registered[]> {
  const hosts = JSON.parse(settingsOf("prod")["vpai:hosts"] ?? "{}") as Record<string, object>;
  const withHub = { ...hosts, "seko-vpn": { ...hosts["seko-vpn"], vpnAddress: HUB } };
  const config = {
    "vpai:services": JSON.stringify(["core", "vpn", "studio"]),
    "vpai:hosts": JSON.stringify(withHub),
    ...changed,
  };
  return graphOf("prod", { ...settingsOf("prod"), ...config, ...CANARIES }, () => ({
    hosts: deploy(vpai, loadStackConfig([namesOf(vpai)]), {}),
  }));
}

const nodesIn = (graph: readonly Registered[]): string[] =>
  graph
    .map(({ name }) => name)
    .filter((name) => name.endsWith("/vpn-node"))
    .sort();

let graph: Registered[];
beforeAll(async () => {
  graph = await graphWith({});
}, 120_000);

test("each host with an address is a node, at that address and under its name", () => {
  expect(nodesIn(graph)).toEqual(["seko-vpn/vpn-node", "sese-ai/vpn-node", "workstation/vpn-node"]);
  const given = (host: string): unknown => {
    const { node, address, user, url } = resource(graph, `${host}/vpn-node`).inputs;
    return { node, address, user, url };
  };
  const common = { user: "hosts", url: "https://singa.ewutelo.cloud" };
  expect(given("sese-ai")).toEqual({ node: "sese", address: "100.64.0.14", ...common });
  expect(given("seko-vpn")).toEqual({ node: "seko", address: HUB, ...common });
  expect(given("workstation")).toEqual({ node: "workstation-pi", address: "100.64.0.1", ...common });
});

test("a node waits for Headscale, its users and policy, the hub's gateway and its own client", () => {
  expect(resource(graph, "sese-ai/vpn-node").dependsOn).toEqual(
    expect.arrayContaining([
      ...["seko-vpn/headscale/health", "seko-vpn/vpn-user/hosts", "seko-vpn/vpn-policy", "seko-vpn/gateway/health"],
      "sese-ai/sese-node/unit",
    ]),
  );
});

test("the checks of a host wait for its node, and its containers do not", () => {
  expect(resource(graph, "sese-ai/smoke").dependsOn).toContain("sese-ai/vpn-node");
  expect(resource(graph, "sese-ai/caddy", "docker:index/container:Container").dependsOn).not.toContain(
    "sese-ai/vpn-node",
  );
});

test("the client is the unit tailscaled, whose command is there for those who log in", () => {
  expect(resource(graph, "sese-ai/sese-node/unit").inputs).toMatchObject({ unit: "tailscaled.service" });
  expect(resource(graph, "sese-ai/sese-node/program").inputs).toMatchObject({
    source: { kind: "image", reference: "docker.io/tailscale/tailscale:v1.84.2", path: "/usr/local/bin/." },
    commands: { tailscale: "tailscale" },
  });
});

test("no key is in the graph: each is made when a host joins", () => {
  expect(graph.filter(({ type }) => type.endsWith("headscale:PreAuthKey"))).toEqual([]);
});

test("a stack can say that something else makes them", async () => {
  expect(nodesIn(await graphWith({ "vpai:vpnNodes": "false" }))).toEqual([]);
}, 120_000);

test("without Headscale there is none", async () => {
  expect(nodesIn(await graphWith({ "vpai:services": JSON.stringify(["core", "studio"]) }))).toEqual([]);
}, 120_000);

test("monitors wait for the account that they log in with", () => {
  expect(resource(graph, "seko-vpn/monitors").dependsOn).toContain("seko-vpn/owner/uptime-kuma");
});

test("a stack without devices has none, and a device is made in Headscale after its users", async () => {
  const devicesIn = (found: readonly Registered[]): Registered[] =>
    found.filter(({ type }) => type.endsWith("headscale:Device"));
  expect(devicesIn(graph)).toEqual([]);
  const devices = JSON.stringify({ laptop: "operators", phone: "people" });
  const found = devicesIn(await graphWith({ "vpai:devices": devices }));
  expect(found.map(({ name }) => name)).toEqual(["seko-vpn/vpn-device/laptop", "seko-vpn/vpn-device/phone"]);
  expect(found[0]).toMatchObject({
    parent: "seko-vpn/headscale",
    inputs: { node: "laptop", user: "operators", server: { container: "vpn_headscale", port: 8080 } },
  });
  expect(found[0]?.dependsOn).toEqual(
    expect.arrayContaining(["seko-vpn/headscale/health", "seko-vpn/vpn-user/operators"]),
  );
}, 120_000);
