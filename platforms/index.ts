import type { PlatformNames } from "../config";
import type { Service } from "../model/service";
import { declaredSecrets, type Platform } from "./platform";
import { vpai } from "./vpai/platform";

export { checkPlatform, PlatformError } from "./check";
export type { HostPlan, Violation } from "./policies";
export { declaredSecrets, type Platform, type PlatformHost, remoteSitesOn, servicesOn } from "./platform";

/** Every platform there is. */
export const platforms: readonly Platform[] = [vpai];

/** The services of every platform. */
export const allServices: readonly Service[] = platforms.flatMap(({ services }) => services);

/** What a stack's config may name: the platforms, and their hosts, services and secrets. */
export const platformNames: readonly PlatformNames[] = platforms.map((platform) => ({
  name: platform.name,
  hosts: Object.keys(platform.hosts),
  services: platform.services.map(({ name }) => name),
  secrets: declaredSecrets(platform),
}));

/** The platform of that name. @throws when there is none */
export function platformNamed(name: string): Platform {
  const found = platforms.find((platform) => platform.name === name);
  if (found === undefined)
    throw new Error(`expected a platform (${platforms.map((platform) => platform.name).join(", ")}), found ${name}`);
  return found;
}
