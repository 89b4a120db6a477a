import { z } from "zod";
import * as formats from "../formats";
import { settings } from "./structure";

/** Who issues the certificates of sites. */
export const acme = settings({
  directory: formats.httpsUrl.exactOptional().describe("Directory of the ACME server. Default: Let's Encrypt."),
  root: formats.certificates
    .exactOptional()
    .describe(
      "Root certificates, PEM, of a server that is not public: of its own address, and of what it issues. Default: the public ones.",
    ),
  resolvers: z
    .array(formats.dnsServer, { error: "a list of DNS servers" })
    .min(1, { error: "at least one DNS server" })
    .exactOptional()
    .describe(
      "DNS servers that show whether the answer to a DNS challenge is there. Default: those of the zone itself.",
    ),
});

/** Where the public names of sites are kept. */
export const ovh = settings({
  zone: formats.domainName.describe("The zone, such as ewutelo.cloud; the stack's domain is it or lies below it."),
  endpoint: formats.apiAddress.default("https://eu.api.ovh.com/1.0").describe("OVH's API, up to its version."),
  adoptNames: z
    .array(formats.recordName, { error: "a list of names below the zone" })
    .min(1, { error: "at least one name below the zone" })
    .exactOptional()
    .describe(
      "Names whose records make way where they have another value; the zone itself is an empty name. Default: none, the run stops.",
    ),
});
