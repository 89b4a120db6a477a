import { defineCapability } from "../../../model/capability";
import type { HostView, ServiceContext } from "../../../model/context";
import { gatewayOf, neededBy, offererOf, peer, remoteClients, startedWith } from "../../../model/peers";
import type { PublishedPort } from "../../../model/site";
import { contextWith } from "../../context";
import { serviceWith } from "../../service";

/** Two hosts with a server each; programs on both ask for one. */

const store = defineCapability<object, object>({ name: "store", when: "before" });
const job = defineCapability<object, object>({ name: "job", when: "after" });

const server = (name: string, publish: readonly PublishedPort[] = []) =>
  serviceWith({ name, port: 7, offers: [store.offer({}), job.offer({})], run: { publish } });

const host = (name: string, ...services: HostView["services"]): HostView => ({
  name,
  services,
  networks: {},
  vpnAddress: `100.64.0.${name.length}`,
  publicAddress: `192.0.2.${name.length}`,
});

const contextOn = (own: string, hosts: readonly HostView[]): ServiceContext => ({
  ...contextWith({ runs: [] }),
  host: own,
  hosts,
});

const HOSTS = [host("west", server("archive")), host("eastern", serviceWith({ name: "two" }), server("depot"))];

const found = (wanted: { from?: string }, own: string, hosts = HOSTS): string | undefined => {
  const offerer = offererOf(hosts, own, { capability: "store", ...wanted });
  return offerer && `${offerer.service.name} on ${offerer.host.name}`;
};

describe("who serves a request", () => {
  test("the own host comes first, whatever the order of hosts", () => {
    expect(found({}, "west")).toBe("archive on west");
    expect(found({}, "eastern")).toBe("depot on eastern");
  });

  test("then another one: a host without a server, and one that no server is on", () => {
    expect(found({}, "eastern", [host("eastern"), host("west", server("archive"))])).toBe("archive on west");
    expect(found({}, "elsewhere")).toBe("archive on west");
  });

  test("who is asked for by name, on whichever host it is", () => {
    expect(found({ from: "depot" }, "west")).toBe("depot on eastern");
    expect(found({ from: "archive" }, "eastern")).toBe("archive on west");
  });

  test("nobody, where nobody offers it: another capability, another name, a service of that name that offers nothing", () => {
    expect(offererOf(HOSTS, "west", { capability: "stores" })).toBeUndefined();
    expect(found({ from: "nobody" }, "west")).toBeUndefined();
    expect(found({ from: "two" }, "west")).toBeUndefined();
  });
});

describe("what a service waits for", () => {
  const names = (service: Parameters<typeof neededBy>[0], own = "west"): string[] =>
    neededBy(service, HOSTS, own).map((one) => `${one.service.name} on ${one.host.name}`);

  test("what it needs by name, and who serves it before it starts; each once", () => {
    expect(names(serviceWith({ needs: ["two"], uses: [store.request({})] }))).toEqual([
      "two on eastern",
      "archive on west",
    ]);
    expect(names(serviceWith({ needs: ["archive"], uses: [store.request({}), store.request({})] }))).toEqual([
      "archive on west",
    ]);
  });

  test("not for who serves it afterwards, which may be itself", () => {
    expect(names(serviceWith({ uses: [job.request({}, { from: "depot" })] }))).toEqual([]);
  });
});

describe("where a server answers", () => {
  const remoteOf = (publish: readonly PublishedPort[], over: Partial<HostView> = {}) =>
    peer(contextOn("eastern", [host("eastern"), { ...host("west", server("archive", publish)), ...over }]), store);

  const port = (access: "public" | "vpn"): PublishedPort => ({ port: 7, hostPort: 7007, protocol: "tcp", access });

  test("on the own host under its name on the networks", () => {
    expect(peer(contextOn("west", HOSTS), store)).toMatchObject({ host: "archive", port: 7 });
    expect(peer(contextOn("eastern", HOSTS), store, "depot")).toMatchObject({ host: "depot", port: 7 });
  });

  test("on another host at the address and port that it is published on", () => {
    expect(remoteOf([port("public")])).toMatchObject({ host: "192.0.2.4", port: 7007 });
    expect(remoteOf([port("vpn")])).toMatchObject({ host: "100.64.0.4", port: 7007 });
  });

  test.each<[string, readonly PublishedPort[], Partial<HostView>, RegExp]>([
    ["published nowhere", [], {}, /^archive on west: expected its port 7 published.*; found it published nowhere$/],
    ["published by another port", [{ ...port("public"), port: 8 }], {}, /found it published nowhere$/],
    ["published by UDP alone", [{ ...port("public"), protocol: "udp" }], {}, /found it published nowhere$/],
    ["on a host outside the VPN", [port("vpn")], { vpnAddress: undefined }, /found no vpn address of west$/],
    ["on a host that is not made yet", [port("public")], { publicAddress: undefined }, /no public address of west$/],
  ])("%s it cannot be reached, and the error says why", (_what, publish, over, message) => {
    expect(() => remoteOf(publish, over)).toThrow(message);
  });

  test("where nobody offers it, the error names what is missing and for whom", () => {
    expect(() => peer(contextOn("west", [host("west")]), store)).toThrow(
      "expected a service that offers store to west, found none",
    );
  });
});

describe("clients on other hosts", () => {
  const asking = serviceWith({ name: "asking", uses: [store.request({})] });

  test("come from the addresses of those hosts whose requests this one serves", () => {
    const hosts = [host("west", server("archive")), host("eastern", asking), host("idle")];
    expect(remoteClients(contextOn("west", hosts), store)).toEqual(["100.64.0.7", "192.0.2.7"]);
  });

  test("are none where each host has a server of its own, or another capability is asked for", () => {
    const hosts = [host("west", server("archive")), host("eastern", asking, server("depot"))];
    expect(remoteClients(contextOn("west", hosts), store)).toEqual([]);
    expect(remoteClients(contextOn("west", [host("west", server("a")), host("eastern", asking)]), job)).toEqual([]);
  });

  test("of a host without VPN are told by its public address alone", () => {
    const outside = { ...host("eastern", asking), vpnAddress: undefined };
    expect(remoteClients(contextOn("west", [host("west", server("archive")), outside]), store)).toEqual(["192.0.2.7"]);
  });
});

describe("where the gateway of a site answers", () => {
  const site = (access: "public" | "vpn", via?: string) =>
    serviceWith({
      name: "web",
      port: 7,
      expose: [{ subdomain: "web", path: "/in", port: 7, access, ...(via && { via }) }],
    });
  const asked = (access: "public" | "vpn", vpnEnforce: boolean, via?: string): string | undefined =>
    gatewayOf(
      { hosts: [host("west", site(access, via)), host("eastern")], vpnEnforce },
      { subdomain: "web", path: "/in" },
    );

  test.each([
    ["public", true, undefined, "192.0.2.4"],
    ["vpn", true, undefined, "100.64.0.4"],
    ["vpn", false, undefined, "192.0.2.4"],
    ["vpn", true, "eastern", "100.64.0.7"],
  ] as const)("%s, enforced %s, via %s: %s", (access, enforced, via, address) => {
    expect(asked(access, enforced, via)).toBe(address);
  });

  test("nowhere, where nobody has it: another name, another path", () => {
    const hosts = [host("west", site("public"))];
    expect(gatewayOf({ hosts, vpnEnforce: true }, { subdomain: "other", path: "/in" })).toBeUndefined();
    expect(gatewayOf({ hosts, vpnEnforce: true }, { subdomain: "web" })).toBeUndefined();
  });
});

describe("what has to be started for a service that runs on demand", () => {
  const demanded = (name: string, ...needs: string[]) => serviceWith({ name, needs, run: { start: "demand" } });
  const cutter = demanded("cutter", "store", "door", "always");
  const hosts = [
    host(
      "west",
      cutter,
      demanded("store"),
      demanded("door", "cache", "store"),
      demanded("cache"),
      serviceWith({ name: "always" }),
    ),
  ];

  test("what it needs of its kind, each once and before whoever needs it, and itself last", () => {
    expect(startedWith(cutter, hosts, "west").map(({ name }) => name)).toEqual(["store", "cache", "door", "cutter"]);
  });
});
