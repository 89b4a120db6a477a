import { dnsRecords } from "../../../../../../platforms/vpai/services/headscale/dns-records";
import { contextOf, hostViews } from "../../../../../../platforms/contexts";
import vpai from "../../../../../../platforms/vpai/platform";
import { STACK } from "../../../../../context";

const ADDRESSES: Readonly<Record<string, { vpn: string; everybody: string }>> = {
  "sese-ai": { vpn: "100.64.0.14", everybody: "137.74.114.167" },
  "seko-vpn": { vpn: "100.64.0.9", everybody: "87.106.30.160" },
};

/** @param without host that is no node of the VPN */
function records(without?: string): Record<string, string> {
  const views = hostViews(vpai).map((view) => ({
    ...view,
    vpnAddress: view.name === without ? undefined : ADDRESSES[view.name]?.vpn,
    publicAddress: ADDRESSES[view.name]?.everybody,
  }));
  const text = dnsRecords(contextOf("seko-vpn", STACK, views));
  const found = JSON.parse(text) as { name: string; type: string; value: string }[];
  expect(found.every(({ type }) => type === "A")).toBe(true);
  return Object.fromEntries(found.map(({ name, value }) => [name, value]));
}

/** docs/requirements.md#names, of the hosts that run something. */
const SOURCES = {
  "javisi.ewutelo.cloud": "100.64.0.14",
  "tala.ewutelo.cloud": "100.64.0.14",
  "mayi.ewutelo.cloud": "100.64.0.14",
  "llm.ewutelo.cloud": "100.64.0.14",
  "qd.ewutelo.cloud": "100.64.0.14",
  "hq.ewutelo.cloud": "100.64.0.14",
  "couch.ewutelo.cloud": "137.74.114.167",
  "singa.ewutelo.cloud": "87.106.30.160",
};

test("every name of the sources leads where they say", () => {
  expect(records()).toMatchObject(SOURCES);
});

test("a VPN-only name of a host without a VPN address has no record", () => {
  const found = records("sese-ai");
  expect(found).not.toHaveProperty(["mayi.ewutelo.cloud"]);
  expect(found).toMatchObject({ "couch.ewutelo.cloud": "137.74.114.167", "uptime.ewutelo.cloud": "100.64.0.9" });
});
