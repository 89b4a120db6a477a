import path from "node:path";
import type { Platform } from "../../model/platform";
import { flag } from "../../model/setting";
import { SEED_KEYS, SEED_SECRETS, SEED_SETTINGS } from "../../capabilities/seeds/source";
import { offsiteBuckets } from "../../programs/offsite/buckets";
import { OFFSITE_SECRETS } from "../../programs/offsite/keys";
import { OFFSITE_SETTINGS } from "../../programs/offsite/settings";
import { servicesIn } from "../services-in";
import { ACCEPTED } from "./accepted";
import { HOSTS } from "./hosts";
import { bucketSecret } from "./services/nocodb/attachments";

/** A founder's AI platform on three computers (docs/requirements.md). */
const vpai: Platform = {
  name: "vpai",
  groups: ["core", "apps", "monitoring", "vpn", "studio"],
  hosts: HOSTS,
  services: servicesIn(path.join(__dirname, "services")),
  // Every key opens every bucket of its project at Hetzner, unless the bucket denies it.
  buckets: (settings) =>
    offsiteBuckets(settings, [
      { key: SEED_KEYS.access, bucket: settings["seedBucket"] },
      { key: bucketSecret("AccessKey", "access_key"), bucket: settings["attachmentsBucket"] },
    ]),
  secrets: [...OFFSITE_SECRETS, ...SEED_SECRETS],
  settings: {
    ...OFFSITE_SETTINGS,
    ...SEED_SETTINGS,
    vpnNodes: flag(true).describe(
      "true: where Headscale runs, hosts with a vpnAddress are made nodes of its VPN. false: something else makes them.",
    ),
    couchdbVpnEnforce: flag(false).describe(
      "true: CouchDB's site is VPN-only too. false: it is public, behind its login.",
    ),
  },
  accepted: ACCEPTED,
};

export default vpai;
