import type { ServiceContext } from "../../model/context";
import { NO_HANDSHAKE, tls } from "./handshake";
import { notes } from "./notes";
import { awayFor } from "./proxy";
import { PUBLIC_LISTENER, type Route, type Site, VPN_LISTENER } from "./routes";
import { block, part } from "./syntax";

/**
 * Which path leads where is decided by the path as Caddy reads it, and programs read the one that was sent. Where paths
 * decide, one that the two may read differently is not found: dots and slashes that are encoded or lead upwards, empty
 * parts, backslashes, NUL.
 */
export const PLAIN_PATHS = block("(plain_paths)", [
  "@ambiguous vars_regexp {http.request.uri} `(?i)^[^?]*(?:/\\.{1,2}(?:[/?]|$)|//|\\\\|%2e|%2f|%5c|%00)`",
  "respond @ambiguous 404",
]);

/** Names of VPN-only sites get no certificate at the public listener; by the handshake of another name they are not found. */
export function closedNames(sites: readonly Site[], context: ServiceContext): string[] {
  const open = namesAt(PUBLIC_LISTENER, sites);
  const names = namesAt(VPN_LISTENER, sites).filter((name) => !open.includes(name));
  if (names.length === 0) return [];
  return [
    block(names.join(", "), [...tls(context, NO_HANDSHAKE), ...notes([PUBLIC_LISTENER], context), "respond 404"]),
  ];
}

const namesAt = (port: number, sites: readonly Site[]): string[] =>
  sites.filter(({ ports }) => ports.includes(port)).map(({ hostname }) => hostname);

/** A site with its routes, at the listeners that it has. */
export function siteBlock({ hostname, ports, routes }: Site, context: ServiceContext): string {
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
