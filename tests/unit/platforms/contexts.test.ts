import { defineCapability } from "../../../model/capability";
import type { HostView, ServiceContext } from "../../../model/context";
import { contextOf, hostViews, servicesOn } from "../../../platforms/contexts";
import vpai from "../../../platforms/vpai/platform";
import { STACK } from "../../context";
import { serviceWith } from "../../service";

const HUB = serviceWith({
  name: "hub",
  expose: [
    { subdomain: "far", port: 9, access: "vpn", via: "sese-ai" },
    { subdomain: "near", port: 9, access: "public" },
  ],
});

const views = (vpnAddress: string | undefined): HostView[] =>
  hostViews(vpai).map((view) => (view.name === "seko-vpn" ? { ...view, services: [HUB], vpnAddress } : view));

const sitesOn = (host: string, vpnAddress: string | undefined): ServiceContext["remoteSites"] =>
  contextOf(host, STACK, views(vpnAddress)).remoteSites;

test("a site of another host's service is answered for by the host that it names, at the other's VPN address", () => {
  expect(sitesOn("sese-ai", "100.64.0.9")).toEqual([
    { subdomain: "far", port: 9, access: "vpn", via: "sese-ai", address: "100.64.0.9", closed: [] },
  ]);
  expect(sitesOn("workstation", "100.64.0.9")).toEqual([]);
  expect(sitesOn("seko-vpn", "100.64.0.9")).toEqual([]);
});

test("while the other host has no VPN address there is no site", () => {
  expect(sitesOn("sese-ai", undefined)).toEqual([]);
});

test("a service is told of its own host's services and networks, and of all hosts", () => {
  const context = contextOf("seko-vpn", { ...STACK, acmeEmail: "me@example.org" }, views(undefined));
  expect(context).toMatchObject({ host: "seko-vpn", domain: "ewutelo.cloud", acmeEmail: "me@example.org" });
  expect(context.services.map(({ name }) => name)).toEqual(["hub"]);
  // docs/decisions/hub.md
  expect(context.networks).toEqual({
    frontend: { subnet: "172.21.1.0/24", internal: false },
    storage: { subnet: "172.21.3.0/24", internal: false },
    egress: { subnet: "172.21.4.0/24", internal: false },
  });
  expect(context.hosts.map(({ name }) => name)).toEqual(["sese-ai", "seko-vpn", "workstation"]);
  expect(contextOf("sese-ai", STACK, views(undefined)).networks["backend"]).toEqual({
    subnet: "172.20.2.0/24",
    internal: true,
  });
});

test("a host runs the chosen groups among its own", () => {
  const groups = ["core", "apps", "monitoring"];
  const services = groups.map((group) => serviceWith({ name: `of-${group}`, group }));
  const [host] = Object.values(vpai.hosts);
  const platform = {
    ...vpai,
    services,
    hosts: { one: { ...host!, groups: ["core", "apps"] }, bare: { ...host!, groups: [] } },
  };
  const names = (on: string, chosen: string[]): string[] => servicesOn(platform, on, chosen).map(({ name }) => name);
  expect(names("one", groups)).toEqual(["of-core", "of-apps"]);
  expect(names("one", ["apps", "monitoring"])).toEqual(["of-apps"]);
  expect(names("bare", groups)).toEqual([]);
  expect(names("nowhere", groups)).toEqual([]);
});

test("what is requested for the sake of services that the stack does not run, is not requested", () => {
  const thing = defineCapability<object, object>({ name: "thing", when: "after" });
  const uses = [thing.request({}), thing.request({}, { from: "one", beside: ["far", "near"] })];
  const services = [
    serviceWith({ name: "one", uses }),
    serviceWith({ name: "near", group: "apps" }),
    serviceWith({ name: "far", group: "monitoring" }),
  ];
  const [host] = Object.values(vpai.hosts);
  const groups = (...names: string[]) => ({ ...host!, groups: names });
  const requested = (hosts: typeof vpai.hosts, chosen: string[]): number | undefined =>
    servicesOn({ ...vpai, services, hosts }, "here", chosen)[0]?.uses?.length;
  const hosts = { here: groups("core", "apps"), there: groups("monitoring") };
  expect(requested(hosts, ["core", "apps", "monitoring"])).toBe(2);
  expect(requested(hosts, ["core", "apps"])).toBe(1);
  expect(requested({ here: groups("core", "apps") }, ["core", "apps", "monitoring"])).toBe(1);
});
