import path from "node:path";
import type { CrossHostSite, Platform } from "../../model/platform";
import { flag } from "../../model/setting";
import { servicesIn } from "../services-in";
import { HOSTS } from "./hosts";

/** Obsidian's clients sync with CouchDB on the VPN hub; phones without a VPN (docs/requirements.md#obsidian-sync). */
const couchdb: CrossHostSite = {
  on: "sese-ai",
  host: "seko-vpn",
  subdomain: "couch",
  port: 5984,
  access: ({ settings }) => (settings["couchdbVpnEnforce"] === true ? "vpn" : "public"),
};

/** A founder's AI platform on three computers (docs/requirements.md). */
const vpai: Platform = {
  name: "vpai",
  groups: ["core", "apps", "monitoring", "studio"],
  hosts: HOSTS,
  services: servicesIn(path.join(__dirname, "services")),
  crossHostSites: [couchdb],
  settings: {
    couchdbVpnEnforce: flag(false).describe(
      "true: CouchDB's site is VPN-only too. false: it is public, behind its login.",
    ),
  },
};

export default vpai;
