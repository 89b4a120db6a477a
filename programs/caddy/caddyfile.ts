import type { ServiceContext } from "../../model/context";
import { UserError } from "../../model/finding";
import { awayFor } from "./proxy";
import { isUnitGateway, PUBLIC_LISTENER, type Route, type Site, sitesOf, VPN_LISTENER, VPN_REDIRECTS } from "./routes";

/** Container port of Caddy's metrics, for the networks that Caddy is on; the host does not publish it. */
export const METRICS_LISTENER = 2020;

/**
 * Folders of the socket by which Caddy is administered, in a container and on a host. Who reaches it may have Caddy read out any of its
 * files, so it is Caddy's user's (and root's) alone: on a loopback address, every program of a host would be let in.
 */
export const ADMIN_FOLDERS = { container: "/config", unit: "/run/caddy-admin" };

/** Where Caddy notes what everybody may ask, for CrowdSec: in the folder that it keeps. */
export const ACCESS_LOG = "/data/access/access.log";

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

/**
 * Which path leads where is decided by the path as Caddy reads it, and programs read the one that was sent. Where paths
 * decide, one that the two may read differently is not found: dots and slashes that are encoded or lead upwards, empty
 * parts, backslashes, NUL.
 */
export const PLAIN_PATHS = block("(plain_paths)", [
  "@ambiguous vars_regexp {http.request.uri} `(?i)^[^?]*(?:/\\.{1,2}(?:[/?]|$)|//|\\\\|%2e|%2f|%5c|%00)`",
  "respond @ambiguous 404",
]);

/**
 * Without what CrowdSec does not look at: the answer's header, which may hold secrets, and TLS. Cookies and logins Caddy leaves out
 * by itself. A disk keeps two days at most, and no more than three files of 10 MiB.
 */
const accessNotes = (context: ServiceContext): string =>
  block("(access_notes)", [
    "log {",
    `\toutput file ${ACCESS_LOG} {`,
    "\t\troll_size 10MiB",
    "\t\troll_keep 2",
    "\t\troll_keep_for 48h",
    "\t}",
    "\tformat filter {",
    "\t\twrap json",
    "\t\trequest>tls delete",
    "\t\tresp_headers delete",
    ...withoutSecrets(context).map((line) => `\t\t${line}`),
    "\t}",
    "}",
  ]);

/** What of an address is left out wherever it is noted. */
function withoutSecrets({ services, remoteSites }: ServiceContext): string[] {
  const sites = [...services.flatMap(({ expose = [] }) => expose), ...remoteSites];
  const beginnings = [...new Set(sites.flatMap(({ secretsBelow = [] }) => secretsBelow))];
  return beginnings.length === 0 ? [] : [`request>uri regexp ^(${beginnings.join("|")})[^?]* $1<secret>`];
}

/** Caddy notes there what it could not pass on, with its address. Left alone where no address holds a secret. */
function ownLog(context: ServiceContext): string[] {
  const fields = withoutSecrets(context);
  return fields.length === 0 ? [] : part("log", part("format filter", ["wrap json", ...fields]));
}

/** Members of the VPN are never banned: what is asked of their sites is noted nowhere. */
const notes = (ports: readonly number[], { crowdsec }: ServiceContext): string[] =>
  crowdsec === true && ports.includes(PUBLIC_LISTENER) ? ["import access_notes"] : [];

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

/**
 * A handshake that no client gets through: its suites are RSA's alone, and every certificate here is ECDSA's. Caddy has one store of
 * certificates for all its listeners, and would show everybody that of a VPN-only name.
 */
const NO_HANDSHAKE = ["protocols tls1.2 tls1.2", "ciphers TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256"];

/** Names of VPN-only sites get no certificate at the public listener; by the handshake of another name they are not found. */
function closedNames(sites: readonly Site[], context: ServiceContext): string[] {
  const open = namesAt(PUBLIC_LISTENER, sites);
  const names = namesAt(VPN_LISTENER, sites).filter((name) => !open.includes(name));
  if (names.length === 0) return [];
  return [
    block(names.join(", "), [...tls(context, NO_HANDSHAKE), ...notes([PUBLIC_LISTENER], context), "respond 404"]),
  ];
}

const namesAt = (port: number, sites: readonly Site[]): string[] =>
  sites.filter(({ ports }) => ports.includes(port)).map(({ hostname }) => hostname);

function siteBlock({ hostname, ports, routes }: Site, context: ServiceContext): string {
  const addresses = ports.map((port) => (port === PUBLIC_LISTENER ? hostname : `https://${hostname}:${port}`));
  const heldPaths = routes.filter(({ isHeld }) => isHeld).map(({ path = "*" }) => path);
  const lines = [
    ...[...tls(context), ...notes(ports, context), "import security_headers"],
    ...[...answers(routes), ...awayFor(heldPaths)],
  ];
  return block(addresses.join(", "), lines);
}

/** What no route takes is not found. In a block of its own the parts are tried as they stand here. */
function answers(routes: readonly Route[]): string[] {
  const [first] = routes;
  if (routes.length === 1 && first !== undefined && isWhole(first)) return [first.directive];
  const rest = routes.some(({ path }) => path === undefined) ? [] : part("handle", ["respond 404"]);
  return part("route", ["import plain_paths", ...routes.flatMap(answer), ...rest]);
}

/** Whether a route answers all that comes. */
const isWhole = ({ path, only, closed }: Route): boolean =>
  path === undefined && only === undefined && closed.length === 0;

const answer = (route: Route): string[] =>
  route.path === undefined
    ? part("handle", passedOn(route))
    : part(`${route.stripPath ? "handle_path" : "handle"} ${route.path}`, passedOn(route));

/** What of a route reaches the program. */
function passedOn({ only, closed, directive }: Route): string[] {
  const refused = closed.flatMap((path) => part(`handle ${path}`, ["respond 404"]));
  if (only !== undefined)
    return [
      ...refused,
      `@only path ${only.join(" ")}`,
      ...part("handle @only", [directive]),
      ...part("handle", ["respond 404"]),
    ];
  return refused.length === 0 ? [directive] : [...refused, ...part("handle", [directive])];
}

/** A block inside a site's. */
export const part = (head: string, lines: readonly string[]): string[] => [
  `${head} {`,
  ...lines.flatMap((line) => line.split("\n")).map((line) => `\t${line}`),
  "}",
];

/** @param more options of the handshake. Default: Caddy's own */
function tls({ tls: source, acme, ovh }: ServiceContext, more: readonly string[] = []): string[] {
  if (source === "internal") return more.length === 0 ? ["tls internal"] : part("tls internal", more);
  // As a global option, Caddy would find it in conflict with what the site of no name says of itself.
  const ca = acme?.directory === undefined ? [] : [`ca ${acme.directory}`];
  // What it does by itself: the server asks for a file on port 80, or for a certificate on port 443.
  if (source === "acme") return ca.length + more.length === 0 ? [] : part("tls", [...ca, ...more]);
  return part("tls", [
    ...ca,
    ...part("dns ovh", [
      `endpoint ${ovh?.endpoint ?? "ovh-eu"}`,
      "application_key {file./run/secrets/ovh_application_key}",
      "application_secret {file./run/secrets/ovh_application_secret}",
      "consumer_key {file./run/secrets/ovh_consumer_key}",
    ]),
    ...(acme?.resolvers === undefined ? [] : [`resolvers ${acme.resolvers.join(" ")}`]),
    ...more,
  ]);
}

/** A Caddyfile block; the head of the global options is empty. */
export function block(head: string, lines: readonly string[]): string {
  const indented = lines.flatMap((line) => line.split("\n")).map((line) => `\t${line}`);
  return [`${head} {`.trimStart(), ...indented, "}", ""].join("\n");
}
