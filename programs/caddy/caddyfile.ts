import type { ServiceContext } from "../../model/context";
import { PUBLIC_LISTENER, type Route, type Site, sitesOf, VPN_REDIRECTS } from "./routes";

/** Container port of Caddy's metrics, for the networks that Caddy is on; the host does not publish it. */
export const METRICS_LISTENER = 2020;

/**
 * The Caddyfile of a host. A VPN-only site has a listener of its own, which the host binds to its VPN address: who may
 * come in is decided by where the packet arrives, never by the source address it claims.
 */
export function caddyfile(context: ServiceContext): string {
  return [
    globalOptions(context),
    SNIPPETS,
    redirects(),
    metricsSite(),
    ...sitesOf(context).map((site) => siteBlock(site, context)),
  ].join("\n");
}

function globalOptions({ acmeEmail }: ServiceContext): string {
  return block("", [
    "admin localhost:2019",
    "auto_https disable_redirects",
    ...(acmeEmail === undefined ? [] : [`email ${acmeEmail}`]),
    "grace_period 10s",
    "metrics",
    "servers {",
    "\tprotocols h1 h2 h3",
    "}",
  ]);
}

const SNIPPETS = block("(security_headers)", [
  "header {",
  '\tStrict-Transport-Security "max-age=31536000; includeSubDomains"',
  '\tX-Content-Type-Options "nosniff"',
  '\tX-Frame-Options "SAMEORIGIN"',
  '\tReferrer-Policy "strict-origin-when-cross-origin"',
  "\t-Server",
  "}",
]);

/** Caddy's own redirects would name the VPN listener's port, which only exists inside the container. */
const redirects = (): string => block(`http://, http://:${VPN_REDIRECTS}`, ["redir https://{host}{uri} 308"]);

/** Plain HTTP: the metrics name paths' and upstreams' figures, no secret, and never leave the host. */
const metricsSite = (): string => block(`http://:${METRICS_LISTENER}`, ["metrics /metrics"]);

function siteBlock({ hostname, ports, routes }: Site, context: ServiceContext): string {
  const addresses = ports.map((port) => (port === PUBLIC_LISTENER ? hostname : `https://${hostname}:${port}`));
  return block(addresses.join(", "), [...tls(context), "import security_headers", ...answers(routes)]);
}

/** What no route takes is not found. */
function answers(routes: readonly Route[]): string[] {
  const [only] = routes;
  if (routes.length === 1 && only?.path === undefined) return [only?.directive ?? ""];
  const rest = routes.some(({ path }) => path === undefined) ? [] : ["handle {", "\trespond 404", "}"];
  return [...routes.flatMap(answer), ...rest];
}

const answer = ({ path, stripPath, directive }: Route): string[] => [
  path === undefined ? "handle {" : `${stripPath ? "handle_path" : "handle"} ${path} {`,
  directive.replaceAll(/^/gm, "\t"),
  "}",
];

function tls(context: ServiceContext): string[] {
  if (context.tls === "internal") return ["tls internal"];
  return [
    "tls {",
    "\tdns ovh {",
    "\t\tendpoint ovh-eu",
    "\t\tapplication_key {file./run/secrets/ovh_application_key}",
    "\t\tapplication_secret {file./run/secrets/ovh_application_secret}",
    "\t\tconsumer_key {file./run/secrets/ovh_consumer_key}",
    "\t}",
    "}",
  ];
}

/** A Caddyfile block; the head of the global options is empty. */
function block(head: string, lines: readonly string[]): string {
  const indented = lines.flatMap((line) => line.split("\n")).map((line) => `\t${line}`);
  return [`${head} {`.trimStart(), ...indented, "}", ""].join("\n");
}
