import type { ServiceGroup } from "../config";
import { hcloudToken } from "../config/machine-secrets";
import type { SecretDeclaration } from "../config/secret-declaration";
import type { NetworkName, Service } from "../services/model";

/** A Docker network of a host. */
export interface Network {
  subnet: string;
  /** Whether the network has no way out. */
  internal: boolean;
}

/** A host as the platform knows it; its computer comes from the stack. */
export interface PlatformHost {
  /** What the host is for, in a few words. */
  purpose: string;
  /** Groups of services that run on it. */
  groups: readonly ServiceGroup[];
  networks: Readonly<Partial<Record<NetworkName, Network>>>;
}

/** Hosts and services that belong together, on whatever computers. */
export interface Platform {
  /** Also the first part of container names and of the folder under /opt. */
  name: string;
  hosts: Readonly<Record<string, PlatformHost>>;
  services: readonly Service[];
}

/** The services of the chosen groups that run on a host. */
export function servicesOn(platform: Platform, host: string, chosen: readonly ServiceGroup[]): Service[] {
  const groups = platform.hosts[host]?.groups ?? [];
  return platform.services.filter(({ group }) => groups.includes(group) && chosen.includes(group));
}

/** Every secret that a stack of the platform may need, each once: its services' and those that machines are created with. */
export function declaredSecrets(platform: Platform): SecretDeclaration[] {
  const declared = platform.services.flatMap(secretsOf);
  return [...new Map([...declared, hcloudToken].map((secret) => [secret.name, secret])).values()];
}

const secretsOf = ({ secrets = {}, virtualKeys = [], ...service }: Service): SecretDeclaration[] =>
  [
    ...Object.values(secrets).map(({ secret }) => secret),
    ...virtualKeys.map(({ key }) => key),
    service.database?.password,
    service.databaseServer?.password,
    service.vectorServer?.apiKey,
    service.llmProxy?.masterKey,
  ].filter((secret) => secret !== undefined);
