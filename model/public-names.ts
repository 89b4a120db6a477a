import type { HostView } from "./context";
import type { SiteName } from "./site";

/** A name that everybody resolves, and the host whose gateway answers under it. */
interface PublicName extends SiteName {
  host: string;
}

/**
 * Names of the sites that everybody may reach, each once, in order: those that services expose, and those that gateways answer for
 * themselves. A site that another host would answer for needs a VPN address of its own host.
 */
export function publicNames(hosts: readonly HostView[]): PublicName[] {
  const all = hosts.flatMap(({ name, vpnAddress, services }) =>
    services.flatMap(({ expose = [], gateway, smoke = [] }) => [
      ...expose
        .filter(({ access, via = name }) => access === "public" && (via === name || vpnAddress !== undefined))
        .map(({ subdomain, via = name }) => ({ subdomain, host: via })),
      ...(gateway === undefined ? [] : smoke)
        .filter(({ access }) => access === "public")
        .map(({ subdomain }) => ({ subdomain, host: name })),
    ]),
  );
  const byName = new Map(all.map((one) => [`${one.subdomain} ${one.host}`, one]));
  return [...byName.keys()].sort().flatMap((key) => byName.get(key) ?? []);
}
