import type { HostView, ServiceContext } from "../../../../model/context";
import { UserError } from "../../../../model/finding";
import { type Exposure, hostnameOf } from "../../../../model/site";
import { PLAIN_PATHS } from "../../../../programs/caddy/sites";
import { block, part } from "../../../../programs/caddy/syntax";
import { awayFor, proxyTo } from "../../../../programs/caddy/proxy";

/** Plain HTTP, for the gateway of its host. */
export const PORT = 8080;

/** A part of a site on another host that the relay passes requests on to. */
interface Target {
  path: string;
  site: Exposure;
  /** VPN address of the host that answers for it; undefined while it has none. */
  address: string | undefined;
}

/** The relay's Caddyfile: what the platform's sites mark as relayed goes to the hosts that answer for them, over the VPN. */
export function relayCaddyfile(context: ServiceContext): string {
  const targets = targetsOf(context);
  return [
    block("", ["admin localhost:2019", "auto_https off", "grace_period 25s"]),
    PLAIN_PATHS,
    block(`http://:${PORT}`, [
      "header -Server",
      ...part("route", [
        "import plain_paths",
        ...part("handle /health", ['respond "OK" 200']),
        ...targets.flatMap((target) => part(`handle ${target.path}`, passOn(target, context))),
        ...part("handle", ["respond 404"]),
      ]),
      ...awayFor(targets.map(({ path }) => path)),
    ]),
  ].join("\n");
}

/** Sites whose requests the relay passes on. */
export const relayedSites = (hosts: readonly HostView[]): Exposure[] =>
  hosts.flatMap(({ services }) =>
    services.flatMap(({ expose = [] }) => expose.filter(({ relayed }) => relayed === true)),
  );

/** @throws when two sites want the same path: the relay has one name */
function targetsOf({ hosts, host: own }: ServiceContext): Target[] {
  const targets = hosts
    .filter(({ name }) => name !== own)
    .flatMap((other) =>
      relayedSites([other]).map((site): Target => ({ path: site.path ?? "*", site, address: other.vpnAddress })),
    );
  const paths = targets.map(({ path }) => path);
  const twice = paths.find((path, index) => paths.indexOf(path) !== index);
  if (twice === undefined) return targets;
  throw new UserError(
    `the relay: expected one site to be relayed under ${twice}, found two; give each a path of its own`,
  );
}

/** While the other host has no VPN address, nobody is there. */
function passOn({ site, address }: Target, { domain, tls }: ServiceContext): string[] {
  if (address === undefined) return ["error 503"];
  const hostname = hostnameOf(site, domain);
  return proxyTo({
    address: `https://${address}:443`,
    hostname,
    holds: site.holds,
    transport: [
      `tls_server_name ${hostname}`,
      // Another host's own authority is not known here; that it is that host is what the VPN shows.
      ...(tls === "internal" ? ["tls_insecure_skip_verify"] : []),
    ],
  });
}
