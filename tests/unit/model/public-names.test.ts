import type { HostView } from "../../../model/context";
import { publicNames } from "../../../model/public-names";
import { hostViews, stackViews } from "../../../platforms/contexts";
import vpai from "../../../platforms/vpai/platform";
import { STACK } from "../../context";
import { serviceWith } from "../../service";

/** Names that everybody resolves, as docs/requirements.md#names has them. */

const named = (views: readonly HostView[]): string[] =>
  publicNames(views).map(({ subdomain, host }) => `${subdomain === "" ? "@" : subdomain} ${host}`);

const withHub = (views: readonly HostView[]): HostView[] =>
  views.map((view) => (view.name === "seko-vpn" ? { ...view, vpnAddress: "100.64.0.9" } : view));

test("vpai has its domain and couch at Sese-AI, and singa and the relay at the hub", () => {
  expect(named(withHub(hostViews(vpai)))).toEqual(["@ sese-ai", "couch sese-ai", "relay seko-vpn", "singa seko-vpn"]);
});

test("a site that another host answers for has no name while its own host has no VPN address", () => {
  expect(named(hostViews(vpai))).toEqual(["@ sese-ai", "relay seko-vpn", "singa seko-vpn"]);
});

test("a site that a setting makes VPN-only has none", () => {
  const machine = { kind: "existing" } as const;
  const sized = { machine, memoryMiB: 8192, architecture: "amd64", vpnAddress: "100.64.0.9" } as const;
  const hosts = { "sese-ai": sized, "seko-vpn": sized };
  const stack = { ...STACK, services: ["core", "vpn"], hosts };
  expect(named(stackViews(vpai, { ...stack, settings: {} }))).toContain("couch sese-ai");
  expect(named(stackViews(vpai, { ...stack, settings: { couchdbVpnEnforce: true } }))).not.toContain("couch sese-ai");
});

test("a name with several parts is there once, and one that is VPN-only is not there", () => {
  const web = serviceWith({
    name: "web",
    expose: [
      { subdomain: "web", port: 1, path: "/a/*", access: "public" },
      { subdomain: "web", port: 1, path: "/b/*", access: "public" },
      { subdomain: "inner", port: 1, access: "vpn" },
    ],
  });
  const host = { name: "one", networks: {}, vpnAddress: undefined, publicAddress: "192.0.2.1", services: [web] };
  expect(named([host])).toEqual(["web one"]);
});
