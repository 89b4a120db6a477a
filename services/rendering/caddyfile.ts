import { hostnameOf, type Service, type ServiceContext } from "../model";

/** Container port on which Caddy serves VPN-only sites; the host publishes it on its VPN address as 443. */
export const VPN_LISTENER = 8443;

/** Container port of Caddy's metrics, for the networks that Caddy is on; the host does not publish it. */
export const METRICS_LISTENER = 2020;

/** One site: a hostname, the listeners it answers on, and where its requests go. */
interface Site {
  hostname: string;
  ports: number[];
  upstream: string;
}

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
    rootSite(context),
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
const redirects = (): string => block("http://", ["redir https://{host}{uri} 308"]);

/** Plain HTTP: the metrics name paths' and upstreams' figures, no secret, and never leave the host. */
const metricsSite = (): string => block(`http://:${METRICS_LISTENER}`, ["metrics /metrics"]);

/** The domain itself answers health checks from anywhere (seed 001, 8.2: public /health). */
const rootSite = (context: ServiceContext): string =>
  block(context.domain, [...tls(context), "import security_headers", 'respond /health "OK" 200', "respond 404"]);

function siteBlock({ hostname, ports, upstream }: Site, context: ServiceContext): string {
  const addresses = ports.map((port) => (port === 443 ? hostname : `https://${hostname}:${port}`));
  return block(addresses.join(", "), [...tls(context), "import security_headers", `reverse_proxy ${upstream}`]);
}

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

function sitesOf(context: ServiceContext): Site[] {
  return context.services.flatMap((service) =>
    (service.expose ?? []).map((exposure) => siteOf(service, exposure, context)),
  );
}

function siteOf(service: Service, exposure: NonNullable<Service["expose"]>[number], context: ServiceContext): Site {
  const vpnOnly = exposure.access === "vpn";
  return {
    hostname: hostnameOf(exposure, context.domain),
    ports: vpnOnly ? [...(context.vpnEnforce ? [] : [443]), VPN_LISTENER] : [443],
    upstream: `${service.name}:${exposure.port}`,
  };
}

/** A Caddyfile block; the head of the global options is empty. */
function block(head: string, lines: readonly string[]): string {
  return [`${head} {`.trimStart(), ...lines.map((line) => `\t${line}`), "}", ""].join("\n");
}
