import { closedPaths } from "../../model/closed-paths";
import type { ServiceContext } from "../../model/context";
import { SECRETS_FOLDER } from "../../model/files";
import { isContainer, publishedBy } from "../../model/run";
import type { Service } from "../../model/service";
import { UserError } from "../../model/finding";
import { type Exposure, hostnameOf, type Login } from "../../model/site";
import { proxyTo } from "./proxy";

/** Container port on which Caddy serves VPN-only sites; the host publishes it on its VPN address as 443. */
export const VPN_LISTENER = 8443;

/** Container port on which Caddy sends VPN members on to HTTPS; the host publishes it on its VPN address as 80. */
export const VPN_REDIRECTS = 8080;

/** Container port on which Caddy serves everybody. */
export const PUBLIC_LISTENER = 443;

/** Requests of a site that have one answer. */
export interface Route {
  /** Undefined for all that no other route of the site takes. */
  path: string | undefined;
  stripPath: boolean;
  /** Whole paths that are answered, as the program sees them; no others are. Undefined for all. */
  only: readonly string[] | undefined;
  /** Paths that are not found, as the program sees them. */
  closed: readonly string[];
  /** Whether requests wait while the program is away. */
  isHeld: boolean;
  /** The Caddyfile directives that answer. */
  directive: string;
}

/** One hostname on the listeners where it answers the same. */
export interface Site {
  hostname: string;
  ports: readonly number[];
  /** The most specific path first, as Caddy tries them. */
  routes: readonly Route[];
}

/** Who may use a route, beside what it is. */
interface Offer extends Route {
  hostname: string;
  isPublic: boolean;
}

/**
 * The sites of a host. A VPN-only route is on the VPN listener alone, unless the VPN is not enforced; there, members find
 * the same hostname's public routes, too. A hostname may thus answer differently on its two listeners.
 * @param answersDomain whether the host is the one that the domain itself leads to
 */
export function sitesOf(context: ServiceContext, answersDomain: boolean): Site[] {
  const all = [...(answersDomain ? [healthOf(context)] : []), ...offersOf(context)];
  const hostnames = [...new Set(all.map(({ hostname }) => hostname))];
  return hostnames.flatMap((hostname) =>
    listenersOf(
      all.filter((one) => one.hostname === hostname),
      context,
    ).map(({ ports, routes }) => ({ hostname, ports, routes: routes.sort(bySpecificity) })),
  );
}

function listenersOf(offers: Offer[], { vpnEnforce }: ServiceContext): { ports: number[]; routes: Offer[] }[] {
  const outside = offers.filter(({ isPublic }) => isPublic || !vpnEnforce);
  const inside = offers.some(({ isPublic }) => !isPublic) ? offers : [];
  if (outside.length === inside.length) return [{ ports: [PUBLIC_LISTENER, VPN_LISTENER], routes: outside }];
  return [
    { ports: [PUBLIC_LISTENER], routes: outside },
    { ports: [VPN_LISTENER], routes: inside },
  ].filter(({ routes }) => routes.length > 0);
}

const offersOf = (context: ServiceContext): Offer[] => [
  ...context.services.flatMap((service) =>
    (service.expose ?? [])
      .filter(({ via = context.host }) => via === context.host)
      .map((exposure) =>
        offer(
          { closed: closedPaths(service, exposure.port), ...exposure },
          upstreamOf(service, exposure.port, context),
          context,
        ),
      ),
  ),
  ...context.remoteSites.map((site) => offer(site, `${site.address}:${site.port}`, context)),
];

/** Whether the host's gateway is a systemd unit, which is on no Docker network. */
export const isUnitGateway = ({ services }: ServiceContext): boolean =>
  services.some(({ gateway, run }) => gateway !== undefined && !isContainer(run));

/** Where the gateway reaches a port of a service: by its name on their network, or on the host itself. */
function upstreamOf(service: Service, port: number, context: ServiceContext): string {
  if (!isUnitGateway(context)) return `${service.name}:${port}`;
  if (!isContainer(service.run)) return `127.0.0.1:${port}`;
  const published = publishedBy(service.run).find((one) => one.port === port && one.access === "host");
  if (published !== undefined) return `127.0.0.1:${published.hostPort}`;
  throw new UserError(
    `${service.name} on ${context.host}: expected port ${port} published with access: "host", as what answers there is no container, found it is not`,
  );
}

/** The domain itself answers health checks from anywhere (docs/requirements.md#global-view). */
const healthOf = ({ domain }: ServiceContext): Offer => ({
  hostname: domain,
  isPublic: true,
  path: "/health",
  stripPath: false,
  only: undefined,
  closed: [],
  isHeld: false,
  directive: 'respond "OK" 200',
});

/** A site, and what the gateway passes on of it to nobody. */
type Guarded = Exposure & { closed?: readonly string[] | undefined };

const offer = (exposure: Guarded, upstream: string, { domain, rotating }: ServiceContext): Offer => ({
  hostname: hostnameOf(exposure, domain),
  isPublic: exposure.access === "public",
  path: exposure.path,
  stripPath: exposure.stripPath ?? false,
  only: exposure.only,
  closed: closedOf(exposure),
  isHeld: exposure.holds !== undefined,
  directive: guarded(exposure, proxyTo({ address: upstream, holds: exposure.holds }), rotating).join("\n"),
});

/** The closed paths that a site leads to at all. */
function closedOf({ closed = [], path = "/*", stripPath = false }: Guarded): readonly string[] {
  const beginning = path.replace(/\*$/, "");
  return stripPath ? closed : closed.filter((one) => one.startsWith(beginning));
}

/** Name of the file with what a client of a login sends, which is also that of the matcher. */
export const loginFile = ({ secret }: Login): string => secret.name;

/** The same of the password of before, while it is being rotated. */
export const loginFileBefore = (login: Login): string => `${loginFile(login)}_before`;

/** What the client of a login sends behind `Basic `. */
export const credentialsOf = ({ user }: Login, password: string): string =>
  Buffer.from(`${user}:${password}`).toString("base64");

/**
 * Passes on what a login's client sends, without its password. The header is compared as a text: `basic_auth` wants a hash in the
 * Caddyfile, and would refuse to start a check that has no secrets. An absent file matches no header.
 */
function guarded({ login }: Exposure, proxy: readonly string[], rotating: ReadonlySet<string>): string[] {
  if (login === undefined) return [...proxy];
  const name = loginFile(login);
  return [
    ...matcherOf(name, rotating.has(login.secret.name) ? [name, loginFileBefore(login)] : [name]),
    `handle @${name} {`,
    "\trequest_header -Authorization",
    ...proxy.map((line) => `\t${line}`),
    "}",
    "handle {",
    '\theader WWW-Authenticate "Basic"',
    "\trespond 401",
    "}",
  ];
}

/** Requests whose login is what one of the files holds. */
function matcherOf(name: string, files: readonly string[]): string[] {
  const headers = files.map((file) => `header Authorization "Basic {file.${SECRETS_FOLDER}/${file}}"`);
  const [only] = headers;
  return headers.length === 1 ? [`@${name} ${only}`] : [`@${name} {`, ...headers.map((line) => `\t${line}`), "}"];
}

/** An exact path before the tree below it, a longer tree before a shorter one, everything last. */
const bySpecificity = (one: Route, other: Route): number => weight(other) - weight(one);

const weight = ({ path }: Route): number => {
  if (path === undefined) return 0;
  const fixed = path.replace(/\*$/, "");
  return 2 * fixed.length + (fixed === path ? 1 : 0);
};
