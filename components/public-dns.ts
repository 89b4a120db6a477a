import { isIPv4, isIPv6 } from "node:net";
import { all, output, type Output } from "@pulumi/pulumi";
import { OvhZoneRecords } from "@vpai/providers";
import type { HostView } from "../model/context";
import { UserError } from "../model/finding";
import { publicNames } from "../model/public-names";
import { hostnameOf, type SiteName } from "../model/site";
import type { OvhZone } from "../model/stack";
import { OVH_SECRETS } from "../programs/caddy/ovh";
import type { SecretStore } from "./secret-store";

interface PublicDnsArgs {
  ovh: OvhZone;
  domain: string;
  views: readonly HostView[];
  secrets: SecretStore;
  /** Addresses that the world reaches the hosts on, by host. */
  addresses: Readonly<Record<string, Output<string>>>;
}

/** An address record of each public site, in the stack's zone at OVH (docs/decisions/public-dns.md). */
export function makePublicDns({ ovh, domain, views, secrets, addresses }: PublicDnsArgs): OvhZoneRecords | undefined {
  const { zone, endpoint, adoptNames = [] } = ovh;
  const names = publicNames(views);
  if (names.length === 0) return undefined;
  const records = names.map(({ host, ...site }) => {
    const name = nameIn(zone, site, domain);
    return output(addresses[host] ?? "").apply((target) => ({ name, type: typeOf(target, host), target }));
  });
  return new OvhZoneRecords(`public-dns/${zone}`, {
    endpoint,
    zone,
    applicationKey: secrets.require(OVH_SECRETS.applicationKey),
    applicationSecret: secrets.require(OVH_SECRETS.applicationSecret),
    consumerKey: secrets.require(OVH_SECRETS.consumerKey),
    records: all(records),
    adopt: [...adoptNames],
  });
}

/** @throws UserError for a name of another zone */
function nameIn(zone: string, site: SiteName, domain: string): string {
  const hostname = hostnameOf(site, domain);
  if (hostname === zone) return "";
  if (hostname.endsWith(`.${zone}`)) return hostname.slice(0, -zone.length - 1);
  throw new UserError(
    `expected in vpai:ovh.zone the zone that holds vpai:domain ${domain}, found ${zone}: set it, or remove vpai:ovh`,
  );
}

/** @throws UserError for a host that is known by a name */
function typeOf(address: string, host: string): "A" | "AAAA" {
  if (isIPv4(address)) return "A";
  if (isIPv6(address)) return "AAAA";
  throw new UserError(
    `expected an IP address of ${host}, to which records at OVH may lead, found ${address}: set vpai:hosts.${host}.machine.address to it, or remove vpai:ovh`,
  );
}
