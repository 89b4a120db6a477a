import { readSettings, type StackConfig } from "../../../../config";
import { expectVpn, settingOf, toggledSites, toggleOf, withToggle } from "../../../../commands/vpn-toggle/switch";
import { gatewaysOn } from "../../../../commands/vpn-toggle/gateways";
import { platformNames, stackViews } from "../../../../platforms";
import vpai from "../../../../platforms/vpai/platform";
import { rawConfig } from "../../config/example";

/** Prod's three hosts with all groups; the hub has its VPN address. */

const machine = (address: string) => ({ kind: "existing", address, user: "mobuone" });

const configWith = (settings: Record<string, unknown>): StackConfig => {
  const raw = rawConfig(
    {
      platform: "vpai",
      domain: "ewutelo.cloud",
      tls: "acme-ovh",
      hosts: {
        "sese-ai": {
          machine: machine("137.74.114.167"),
          vpnAddress: "100.64.0.14",
          memoryMiB: 8192,
          architecture: "amd64",
        },
        "seko-vpn": {
          machine: machine("87.106.30.160"),
          vpnAddress: "100.64.0.9",
          memoryMiB: 2048,
          architecture: "amd64",
        },
        workstation: {
          machine: machine("192.168.1.8"),
          vpnAddress: "100.64.0.1",
          memoryMiB: 16384,
          architecture: "arm64",
        },
      },
      services: ["core", "vpn"],
      ...settings,
    },
    {},
    false,
  );
  const { config, problems } = readSettings(raw, platformNames);
  if (config === undefined) throw new Error(JSON.stringify(problems));
  return config;
};

const PROD = configWith({});
const OPEN = configWith({ vpnEnforce: "false" });
const named = (config: StackConfig, setting: string): string[] =>
  [...new Set(toggledSites(setting, config, vpai).map(({ hostname, host }) => `${hostname} ${host}`))].sort();

test("vpnEnforce is about the VPN-only sites, whatever it is now", () => {
  expect(named(PROD, "vpnEnforce")).toContain("mayi.ewutelo.cloud sese-ai");
  expect(named(PROD, "vpnEnforce")).not.toContain("couch.ewutelo.cloud sese-ai");
  expect(named(PROD, "vpnEnforce").filter((line) => /^(singa|relay)\./.test(line))).toEqual([]);
  expect(named(OPEN, "vpnEnforce")).toEqual(named(PROD, "vpnEnforce"));
});

test("couchdbVpnEnforce is about couch alone", () => {
  expect(named(PROD, "couchdbVpnEnforce")).toEqual(["couch.ewutelo.cloud sese-ai"]);
});

test("with the VPN not enforced, CouchDB's own switch opens and closes nothing", () => {
  expect(named(OPEN, "couchdbVpnEnforce")).toEqual([]);
});

describe("what the command is given", () => {
  const views = stackViews(vpai, PROD);

  test.each([
    [{ VPN: "on" }, { setting: "vpnEnforce", isOn: true }],
    [{ VPN: "off" }, { setting: "vpnEnforce", isOn: false }],
    [
      { VPN: "on", SITE: "couch" },
      { setting: "couchdbVpnEnforce", isOn: true },
    ],
    [{}, undefined],
    [{ SITE: "couch" }, undefined],
  ])("%j", (given, toggle) => {
    expect(toggleOf(given, views)).toEqual(toggle);
  });

  test("without a word, a site is told of by its own switch", () => {
    expect([settingOf({ SITE: "couch" }, views), settingOf({}, views)]).toEqual(["couchdbVpnEnforce", "vpnEnforce"]);
  });

  test("another word, and a site without a switch, are told at once", () => {
    expect(() => toggleOf({ VPN: "yes", SITE: "mayi" }, views)).toThrow(
      /SITE\n {4}expected: a site that has a switch of its own: couch\n[^]*VPN\n {4}expected: on, off/,
    );
    expect(() => toggleOf({ VPN: "off", SITE: "constructor" }, views)).toThrow('found:    "constructor"');
  });
});

test("the switch changes its own setting and nothing else", () => {
  expect(withToggle(PROD, { setting: "vpnEnforce", isOn: false })).toEqual({ ...PROD, vpnEnforce: false });
  const { settings, ...rest } = withToggle(PROD, { setting: "couchdbVpnEnforce", isOn: true });
  expect({ ...rest, settings: { ...settings, couchdbVpnEnforce: false } }).toEqual(PROD);
});

test("a host that is no node of the VPN is not closed: nobody could reach its sites then", () => {
  const outside = { ...PROD.hosts["sese-ai"] } as StackConfig["hosts"][string];
  delete outside.vpnAddress;
  const without = { ...PROD, hosts: { ...PROD.hosts, "sese-ai": outside } };
  const sites = toggledSites("vpnEnforce", PROD, vpai);
  expect(() => expectVpn(sites, PROD)).not.toThrow();
  expect(() => expectVpn(sites, without)).toThrow(/vpai:hosts\.sese-ai\.vpnAddress/);
});

describe("the files that close a gateway at once", () => {
  const caddyfileOn = (host: string, config: StackConfig): string | undefined =>
    gatewaysOn(host, { stack: "prod", platform: vpai, config, given: [] })
      .flatMap(({ files }) => files)
      .find(({ path }) => path.endsWith("/Caddyfile"))?.content;

  test("are those that an up writes, where the host keeps them", () => {
    const gateways = gatewaysOn("sese-ai", { stack: "prod", platform: vpai, config: PROD, given: [] });
    expect(gateways.map(({ service, files }) => [service.name, files.map(({ path }) => path)])).toEqual([
      ["caddy", ["/opt/vpai/configs/caddy/Caddyfile"]],
    ]);
  });

  test("have a VPN-only site on the VPN listener alone with the switch on, and on both without", () => {
    expect(caddyfileOn("sese-ai", withToggle(OPEN, { setting: "vpnEnforce", isOn: true }))).toContain(
      "\nhttps://mayi.ewutelo.cloud:8443 {",
    );
    expect(caddyfileOn("sese-ai", OPEN)).toContain("\nmayi.ewutelo.cloud, https://mayi.ewutelo.cloud:8443 {");
  });

  test("have couch on the VPN listener alone with its own switch on", () => {
    const closed = withToggle(PROD, { setting: "couchdbVpnEnforce", isOn: true });
    expect(caddyfileOn("sese-ai", PROD)).toContain("\ncouch.ewutelo.cloud {");
    expect(caddyfileOn("sese-ai", closed)).not.toMatch(/^couch\./m);
  });
});
