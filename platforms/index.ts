import type { PlatformNames } from "../config";
import { hcloudToken } from "../model/machine-secrets";
import type { Platform } from "../model/platform";
import type { SecretDeclaration } from "../model/secret";
import { declaredSecretsOf, type Service } from "../model/service";
import { hostJobSecrets } from "./contexts";
import { platformsIn } from "./platforms-in";
import { UserError } from "../model/finding";

export { checkPlatform } from "./check";
export { contextOf, hostJobImages, servicesOn, settled, stackViews } from "./contexts";
export type { HostPlan } from "./policies";

/** Every platform there is: a folder each, found by being there. */
export const platforms: readonly Platform[] = platformsIn(__dirname);

/** The services of every platform. */
export const allServices: readonly Service[] = platforms.flatMap(({ services }) => services);

/** Groups of services of every platform. */
export const allGroups: readonly string[] = [...new Set(platforms.flatMap(({ groups }) => groups))];

/** What a stack's config may name: the platforms, and their hosts, groups, services, settings and secrets. */
export const platformNames: readonly PlatformNames[] = platforms.map(namesOf);

/** What a stack's config may name of one platform. */
export function namesOf(platform: Platform): PlatformNames {
  return {
    name: platform.name,
    hosts: Object.keys(platform.hosts),
    groups: platform.groups,
    services: platform.services.map(({ name }) => name),
    settings: settingsOf(platform),
    secrets: declaredSecrets(platform),
  };
}

/** @throws when a name is declared twice */
function settingsOf(platform: Platform): PlatformNames["settings"] {
  const declared = [platform, ...platform.services].flatMap(({ settings = {} }) => Object.entries(settings));
  const twice = declared.find(([name], index) => declared.findIndex(([other]) => other === name) !== index);
  if (twice !== undefined)
    throw new UserError(`${platform.name}: expected each setting once, found ${twice[0]} declared twice`);
  return Object.fromEntries(declared);
}

/** Every secret that a stack of the platform may need, each once: its services', its hosts' jobs', its own and those that machines are created with. */
export function declaredSecrets(platform: Platform): SecretDeclaration[] {
  const declared = [
    ...platform.services.flatMap(declaredSecretsOf),
    ...hostJobSecrets(platform),
    ...(platform.secrets ?? []),
  ];
  return [...new Map([...declared, hcloudToken].map((secret) => [secret.name, secret])).values()];
}

/** The platform of that name. @throws when there is none */
export function platformNamed(name: string): Platform {
  const found = platforms.find((platform) => platform.name === name);
  if (found === undefined)
    throw new UserError(
      `expected a platform (${platforms.map((platform) => platform.name).join(", ")}), found ${name}`,
    );
  return found;
}
