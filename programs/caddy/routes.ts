import type { ServiceContext } from "../../model/context";
import { type Exposure, hostnameOf } from "../../model/site";

/** Container port on which Caddy serves VPN-only sites; the host publishes it on its VPN address as 443. */
export const VPN_LISTENER = 8443;

/** Container port on which Caddy sends VPN members on to HTTPS; the host publishes it on its VPN address as 80. */
export const VPN_REDIRECTS = 8080;

/** Container port on which Caddy serves everybody. */
export const PUBLIC_LISTENER = 443;

/** How long connections that stay open, such as WebSockets, outlive a reload; without, each reload closes them at once. */
const STREAM_GRACE = "5m";

/** Requests of a site that have one answer. */
export interface Route {
  /** Undefined for all that no other route of the site takes. */
  path: string | undefined;
  stripPath: boolean;
  /** Whole paths that are answered, as the program sees them; no others are. Undefined for all. */
  only: readonly string[] | undefined;
  /** Paths that are not found, as the program sees them. */
  closed: readonly string[];
  /** The Caddyfile directive that answers. */
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
 */
export function sitesOf(context: ServiceContext): Site[] {
  const all = offersOf(context);
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
  healthOf(context),
  ...context.services.flatMap(({ name, expose = [], firstUser }) =>
    expose.map((exposure) => offer({ closed: firstUser?.closed, ...exposure }, `${name}:${exposure.port}`, context)),
  ),
  ...(context.remoteSites ?? []).map((site) => offer(site, `${site.address}:${site.port}`, context)),
];

/** The domain itself answers health checks from anywhere (docs/requirements.md#global-view). */
const healthOf = ({ domain }: ServiceContext): Offer => ({
  hostname: domain,
  isPublic: true,
  path: "/health",
  stripPath: false,
  only: undefined,
  closed: [],
  directive: 'respond "OK" 200',
});

/** A site, and what the gateway passes on of it to nobody. */
type Guarded = Exposure & { closed?: readonly string[] | undefined };

const offer = (exposure: Guarded, upstream: string, { domain }: ServiceContext): Offer => ({
  hostname: hostnameOf(exposure, domain),
  isPublic: exposure.access === "public",
  path: exposure.path,
  stripPath: exposure.stripPath ?? false,
  only: exposure.only,
  closed: closedOf(exposure),
  directive: `reverse_proxy ${upstream} {\n\tstream_close_delay ${STREAM_GRACE}\n}`,
});

/** The closed paths that a site leads to at all. */
function closedOf({ closed = [], path = "/*", stripPath = false }: Guarded): readonly string[] {
  const beginning = path.replace(/\*$/, "");
  return stripPath ? closed : closed.filter((one) => one.startsWith(beginning));
}

/** An exact path before the tree below it, a longer tree before a shorter one, everything last. */
const bySpecificity = (one: Route, other: Route): number => weight(other) - weight(one);

const weight = ({ path }: Route): number => {
  if (path === undefined) return 0;
  const fixed = path.replace(/\*$/, "");
  return 2 * fixed.length + (fixed === path ? 1 : 0);
};
