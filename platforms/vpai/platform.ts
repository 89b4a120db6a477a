import path from "node:path";
import type { Platform } from "../../model/platform";
import { flag } from "../../model/setting";
import { servicesIn } from "../services-in";
import { HOSTS } from "./hosts";

/** A founder's AI platform on three computers (docs/requirements.md). */
const vpai: Platform = {
  name: "vpai",
  groups: ["core", "apps", "monitoring", "vpn", "studio"],
  hosts: HOSTS,
  services: servicesIn(path.join(__dirname, "services")),
  settings: {
    vpnNodes: flag(true).describe(
      "true: where Headscale runs, hosts with a vpnAddress are made nodes of its VPN. false: something else makes them.",
    ),
    couchdbVpnEnforce: flag(false).describe(
      "true: CouchDB's site is VPN-only too. false: it is public, behind its login.",
    ),
  },
};

export default vpai;
