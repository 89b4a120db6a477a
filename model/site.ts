/** Who may reach a site or port: everybody, or members of the VPN only. */
export type Access = "public" | "vpn";

/** A website of a service; its route, name and certificate follow from it. */
export interface Exposure {
  /** First label of the hostname under the stack's domain; empty for the domain itself. */
  subdomain: string;
  /** The service's port that speaks HTTP. */
  port: number;
  access: Access;
  /**
   * Only requests whose path is this or, ending in `/*`, lies below it. Default: all that no other exposure of the
   * hostname takes; where none takes them, they are not found.
   */
  path?: string;
  /** Whether the program sees the request's path without `path`'s own part. Default: false. */
  stripPath?: boolean;
  /**
   * Host whose gateway answers. Default: the service's own. Another one reaches the port on the service's host, at its
   * VPN address; while the host has none, there is no site.
   */
  via?: string;
}

/** A website whose program runs on another host, which is reached through the VPN. */
export interface RemoteSite extends Exposure {
  /** The other host's VPN address. */
  address: string;
}

/** A port of a service that its host itself listens on. */
export interface PublishedPort {
  /** The container's port. */
  port: number;
  /** The host's port. */
  hostPort: number;
  protocol: "tcp" | "udp";
  /** Which of the host's addresses listens. A public address is an explicit choice. */
  access: Access;
}

/** Full hostname of an exposure under a domain. */
export const hostnameOf = ({ subdomain }: Pick<Exposure, "subdomain">, domain: string): string =>
  subdomain === "" ? domain : `${subdomain}.${domain}`;

/** Address of an exposure, without the wildcard of its path. */
export const urlOf = (exposure: Pick<Exposure, "subdomain" | "path">, domain: string): string =>
  `https://${hostnameOf(exposure, domain)}${(exposure.path ?? "/").replace(/\*$/, "")}`;
