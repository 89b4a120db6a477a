import type { HostView, ServiceContext } from "../../../../model/context";
import { type Exposure, hostnameOf } from "../../../../model/site";

/** A name and where it leads for members of the VPN. */
interface DnsRecord {
  name: string;
  type: "A";
  value: string;
}

/**
 * The names of all sites of the platform for members of the VPN: one with a VPN-only part leads to the VPN address of
 * the host that answers for it, any other to its public one. A site whose host has no such address is left out.
 */
export function dnsRecords({ hosts, domain }: ServiceContext): string {
  const sites = hosts.flatMap((host) =>
    host.services.flatMap(({ expose = [] }) => expose.map((site) => ({ site, by: gatewayOf(site, host, hosts) }))),
  );
  const names = [...new Set(sites.map(({ site }) => hostnameOf(site, domain)))].sort();
  const records = names.flatMap((name): DnsRecord[] => {
    const value = addressOf(sites.filter(({ site }) => hostnameOf(site, domain) === name));
    return value === undefined ? [] : [{ name, type: "A", value }];
  });
  return `${JSON.stringify(records, null, 2)}\n`;
}

/** A site and the host that answers for it. */
interface Answered {
  site: Exposure;
  by: HostView | undefined;
}

const gatewayOf = ({ via }: Exposure, own: HostView, hosts: readonly HostView[]): HostView | undefined =>
  via === undefined ? own : hosts.find(({ name }) => name === via);

function addressOf(parts: readonly Answered[]): string | undefined {
  const closed = parts.find(({ site }) => site.access === "vpn");
  return closed === undefined ? parts[0]?.by?.publicAddress : closed.by?.vpnAddress;
}
