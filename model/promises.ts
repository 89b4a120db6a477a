import type { SmokeCheck } from "./checks";
import type { HostView } from "./context";
import { isOnDemand } from "./run";
import type { Service } from "./service";
import type { Exposure } from "./site";

/** What a site answers to a request without a login. */
export interface SitePromise extends SmokeCheck {
  /** Where a redirect leads, as a path of the site or a whole URL. Default: it is not looked at. */
  to?: string;
}

/** Where a site begins. */
export const beginningOf = ({ path = "/" }: Exposure): string => path.replace(/\*$/, "");

/** What a site promises to whoever asks without a login. */
export function promiseOf(site: Exposure): SitePromise {
  const { at = beginningOf(site), status = 200, to, contains } = site.answers ?? {};
  return {
    subdomain: site.subdomain,
    access: site.access,
    path: at,
    status,
    ...(to === undefined ? {} : { to }),
    ...(contains === undefined ? {} : { contains }),
  };
}

/** A promise and whose it is. */
export interface Promised extends SitePromise {
  service: string;
}

/** All that the sites of a platform promise, but for what runs on demand; a site that another host would answer for needs a VPN address of its own host. */
export const promisesOn = (hosts: readonly HostView[]): Promised[] =>
  hosts.flatMap((host) =>
    host.services
      .filter(({ run }) => !isOnDemand(run))
      .flatMap((service) => promisesOf(service, host).map((one) => ({ ...one, service: service.name }))),
  );

const promisesOf = ({ expose = [], smoke = [] }: Service, { name, vpnAddress }: HostView): SitePromise[] => [
  ...expose.filter(({ via = name }) => via === name || vpnAddress !== undefined).map(promiseOf),
  ...smoke,
];
