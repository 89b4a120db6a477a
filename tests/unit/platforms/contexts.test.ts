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
  contextOf(vpai, host, STACK, views(vpnAddress)).remoteSites;

test("a site of another host's service is answered for by the host that it names, at the other's VPN address", () => {
  expect(sitesOn("sese-ai", "100.64.0.9")).toEqual([
    { subdomain: "far", port: 9, access: "vpn", via: "sese-ai", address: "100.64.0.9" },
  ]);
  expect(sitesOn("workstation", "100.64.0.9")).toEqual([]);
  expect(sitesOn("seko-vpn", "100.64.0.9")).toEqual([]);
});

test("while the other host has no VPN address there is no site", () => {
  expect(sitesOn("sese-ai", undefined)).toEqual([]);
});

test("a service is told of its own host's services and networks, and of all hosts", () => {
  const context = contextOf(vpai, "seko-vpn", { ...STACK, acmeEmail: "me@example.org" }, views(undefined));
  expect(context).toMatchObject({ host: "seko-vpn", domain: "ewutelo.cloud", acmeEmail: "me@example.org" });
  expect(context.services.map(({ name }) => name)).toEqual(["hub"]);
  expect(context.networks).toEqual({});
  expect(context.hosts.map(({ name }) => name)).toEqual(["sese-ai", "seko-vpn", "workstation"]);
  expect(contextOf(vpai, "sese-ai", STACK, views(undefined)).networks["backend"]).toEqual({
    subnet: "172.20.2.0/24",
    internal: true,
  });
});

test("a host runs the chosen groups among its own", () => {
  const names = (host: string, chosen: string[]): string[] => servicesOn(vpai, host, chosen).map(({ name }) => name);
  expect(names("sese-ai", ["core"])).toEqual(["caddy", "n8n", "postgresql", "redis"]);
  expect(names("seko-vpn", ["core", "apps", "monitoring"])).toEqual([]);
  expect(names("nowhere", ["core"])).toEqual([]);
});
