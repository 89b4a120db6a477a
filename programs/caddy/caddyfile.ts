import type { ServiceContext } from "../../model/context";
import { UserError } from "../../model/finding";
import { tls } from "./handshake";
import { accessNotes, notes, ownLog } from "./notes";
import { isUnitGateway, PUBLIC_LISTENER, sitesOf, VPN_LISTENER, VPN_REDIRECTS } from "./routes";
import { closedNames, PLAIN_PATHS, siteBlock } from "./sites";
import { block } from "./syntax";

/** Container port of Caddy's metrics, for the networks that Caddy is on; the host does not publish it. */
export const METRICS_LISTENER = 2020;

/**
 * Folders of the socket by which Caddy is administered, in a container and on a host. Who reaches it may have Caddy read out any of its
 * files, so it is Caddy's user's (and root's) alone: on a loopback address, every program of a host would be let in.
 */
export const ADMIN_FOLDERS = { container: "/config", unit: "/run/caddy-admin" };

/**
 * The Caddyfile of a host. A VPN-only site has a listener of its own, which the host binds to its VPN address: who may
 * come in is decided by where the packet arrives, never by the source address it claims.
 * @param answersDomain whether the host is the one that the domain itself leads to
 */
export function caddyfile(context: ServiceContext, answersDomain = true): string {
  if (isUnitGateway(context)) return onHost(context);
  const sites = sitesOf(context, answersDomain);
  return [
    globalOptions(context, ownLog(context)),
    SECURITY_HEADERS,
    PLAIN_PATHS,
    ...(context.crowdsec === true ? [accessNotes(context)] : []),
    redirects(),
    metricsSite(),
    noSite(context),
    ...closedNames(sites, context),
    ...sites.map((site) => siteBlock(site, context)),
  ].join("\n");
}

/**
 * The Caddyfile of a gateway that is no container: it listens on the host's own ports, on the VPN address alone where the VPN is
 * enforced. A public site would want a listener of its own there.
 * @throws UserError for one
 */
function onHost(context: ServiceContext): string {
  const { vpnEnforce, hosts, host } = context;
  const address = vpnEnforce ? hosts.find(({ name }) => name === host)?.vpnAddress : undefined;
  const bind = address === undefined ? [] : [`default_bind ${address}`];
  const sites = sitesOf(context, false).filter(({ ports }) =>
    ports.includes(vpnEnforce ? VPN_LISTENER : PUBLIC_LISTENER),
  );
  const open = context.services.find(({ expose = [] }) => expose.some(({ access }) => access === "public"));
  if (open !== undefined)
    throw new UserError(
      `${open.name} on ${host}: expected VPN-only sites, as what answers there has no other listener, found a public one`,
    );
  return [
    globalOptions(context, [...bind, ...ownLog(context)]),
    SECURITY_HEADERS,
    PLAIN_PATHS,
    block("http://", ["redir https://{host}{uri} 308"]),
    block(`http://:${METRICS_LISTENER}`, ["bind 127.0.0.1", "metrics /metrics"]),
    block("https://", [...tls(context), "respond 404"]),
    ...sites.map(({ hostname, routes }) => siteBlock({ hostname, ports: [PUBLIC_LISTENER], routes }, context)),
  ].join("\n");
}

function globalOptions(context: ServiceContext, more: readonly string[] = []): string {
  const { acmeEmail } = context;
  const folder = ADMIN_FOLDERS[isUnitGateway(context) ? "unit" : "container"];
  return block("", [
    ...more,
    `admin unix/${folder}/admin.sock|0600`,
    "auto_https disable_redirects",
    ...(acmeEmail === undefined ? [] : [`email ${acmeEmail}`]),
    "grace_period 10s",
    "metrics",
    // Nobody in the container asks its own sites.
    "skip_install_trust",
    "servers {",
    "\tprotocols h1 h2 h3",
    "}",
  ]);
}

const SECURITY_HEADERS = block("(security_headers)", [
  "header {",
  '\tStrict-Transport-Security "max-age=31536000; includeSubDomains"',
  '\tX-Content-Type-Options "nosniff"',
  '\tX-Frame-Options "SAMEORIGIN"',
  '\tReferrer-Policy "strict-origin-when-cross-origin"',
  // Caddy would name the port that it listens on itself, which for VPN-only sites only exists inside the container.
  '\tAlt-Svc "h3=\\":443\\"; ma=2592000"',
  "\t-Server",
  "}",
]);

/** Caddy's own redirects would name the VPN listener's port, which only exists inside the container. */
const redirects = (): string => block(`http://, http://:${VPN_REDIRECTS}`, ["redir https://{host}{uri} 308"]);

/** Plain HTTP: the metrics name paths' and upstreams' figures, no secret, and never leave the host. */
const metricsSite = (): string => block(`http://:${METRICS_LISTENER}`, ["metrics /metrics"]);

/** Caddy answers names that a listener has no site of with an empty 200, which looks like one. */
const noSite = (context: ServiceContext): string =>
  block(`https://:${PUBLIC_LISTENER}, https://:${VPN_LISTENER}`, [
    ...tls(context),
    ...notes([PUBLIC_LISTENER], context),
    "respond 404",
  ]);
