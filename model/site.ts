import type { SecretDeclaration } from "./secret";

/** Who may reach a site or port: everybody, or members of the VPN only. */
export type Access = "public" | "vpn";

/** What a site promises to whoever asks without a login. */
export interface Answer {
  /** Path that is asked, with a query where one is needed. Default: the beginning of the site. */
  at?: string;
  /** HTTP status of the right answer: 200, or that of a redirect to the login page. Default: 200. */
  status?: number;
  /** Where a redirect leads, as a path of the site or a whole URL. Default: it is not looked at. */
  to?: string;
  /** What the right answer's body holds. Default: anything. */
  contains?: string;
}

/** What a client must know before the gateway passes anything on, for a program that asks nobody who he is. */
export interface Login {
  /** Name of HTTP's basic authentication. */
  user: string;
  /** Its password, which the gateway must have among its secrets. */
  secret: SecretDeclaration;
}

/** How a gateway holds requests while a program is away. None is sent twice: only one that was not sent is tried again. */
export interface Hold {
  /** Seconds that a request waits at most; then it is answered 503 with `Retry-After`. */
  seconds: number;
  /** Path that the program answers 2xx to once it takes requests; asked every second. */
  ready: string;
}

/** A website of a service; its route, name and certificate follow from it. */
export interface Exposure {
  /** First label of the hostname under the stack's domain; empty for the domain itself. */
  subdomain: string;
  /** The service's port that speaks HTTP. */
  port: number;
  /** Who may come in. */
  access: Access;
  /**
   * Only requests whose path is this or, ending in `/*`, lies below it. Default: all that no other exposure of the
   * hostname takes; where none takes them, they are not found.
   */
  path?: string;
  /** Whether the program sees the request's path without `path`'s own part. Default: false. */
  stripPath?: boolean;
  /** Without it, a request is answered 401 by the gateway. Default: the program knows itself whom it serves. */
  login?: Login;
  /**
   * What of it the gateway passes on: whole paths, as the program sees them. Default: everything. All else is not found.
   */
  only?: readonly string[];
  /** Beginnings of paths that a secret follows, of plain letters and `/`: the gateway's log has what follows as `<secret>`. Default: none. */
  secretsBelow?: readonly string[];
  /** What it promises to whoever asks without a login; tried after each `up`. Default: 200 at its beginning. */
  answers?: Answer;
  /** Name of a setting that, where it is true, makes it VPN-only, whatever `access` says. Default: none does. */
  vpnWhen?: string;
  /** Requests wait while the program is away, in the gateway. Default: they are answered 502 at once. */
  holds?: Hold;
  /** Whether a relay on another host passes on what comes for it from outside (docs/decisions/webhook-relay.md). Default: false. */
  relayed?: boolean;
  /**
   * Host whose gateway answers. Default: the service's own. Another one reaches the port on the service's host, at its
   * VPN address; while the host has none, there is no site.
   */
  via?: string;
}

/** A website by its name. */
export type SiteName = Pick<Exposure, "subdomain">;

/** A website whose program runs on another host, which is reached through the VPN. */
export interface RemoteSite extends Exposure {
  /** The other host's VPN address. */
  address: string;
  /** What the gateway passes on to nobody (closed-paths.ts). Default: nothing. */
  closed?: readonly string[];
}

/** A port of a service that its host itself listens on. */
export interface PublishedPort {
  /** The container's port. */
  port: number;
  /** The host's port. */
  hostPort: number;
  /** One entry for each: a port for both stands twice. */
  protocol: "tcp" | "udp";
  /** Which of the host's addresses listens: for everybody, VPN members, or the host's own programs alone. A public address is an explicit choice. */
  access: Access | "host";
}

/** Full hostname of an exposure under a domain. */
export const hostnameOf = ({ subdomain }: Pick<Exposure, "subdomain">, domain: string): string =>
  subdomain === "" ? domain : `${subdomain}.${domain}`;

/** Address of an exposure, without the wildcard of its path. */
export const urlOf = (exposure: Pick<Exposure, "subdomain" | "path">, domain: string): string =>
  `https://${hostnameOf(exposure, domain)}${(exposure.path ?? "/").replace(/\*$/, "")}`;
