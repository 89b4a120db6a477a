import type { ServiceGroup, StackConfig } from "../config";
import { hcloudToken } from "../components/machines/hcloud/token";
import type { SecretDeclaration } from "../model/secret";
import type { Access, Exposure, NetworkName, RemoteSite, Service } from "../model/service";

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
  /** MiB of memory that the system and its engine need beside the services. Default: 512. */
  systemMiB?: number;
  networks: Readonly<Partial<Record<NetworkName, Network>>>;
}

/** A site that one host answers for and another one serves; Caddy passes requests on through the VPN. */
export interface CrossHostSite extends Omit<Exposure, "access"> {
  /** Host whose Caddy answers. */
  on: string;
  /** Host of the program, on whose VPN address it listens. */
  host: string;
  /** Who may reach it, by the stack's settings. */
  access: (stack: StackConfig) => Access;
}

/** Hosts and services that belong together, on whatever computers. */
export interface Platform {
  /** Also the first part of container names and of the folder under /opt. */
  name: string;
  hosts: Readonly<Record<string, PlatformHost>>;
  services: readonly Service[];
  crossHostSites: readonly CrossHostSite[];
}

/** The services of the chosen groups that run on a host. */
export function servicesOn(platform: Platform, host: string, chosen: readonly ServiceGroup[]): Service[] {
  const groups = platform.hosts[host]?.groups ?? [];
  return platform.services.filter(({ group }) => groups.includes(group) && chosen.includes(group));
}

/** Sites of other hosts that a host answers for: those whose host is in the stack and a node of the VPN. */
export function remoteSitesOn(platform: Platform, name: string, stack: StackConfig): RemoteSite[] {
  return platform.crossHostSites.flatMap(({ on, host, access, ...site }) => {
    const address = stack.hosts[host]?.vpnAddress;
    return on !== name || address === undefined ? [] : [{ ...site, access: access(stack), address }];
  });
}

/** Every secret that a stack of the platform may need, each once: its services' and those that machines are created with. */
export function declaredSecrets(platform: Platform): SecretDeclaration[] {
  const declared = platform.services.flatMap(declaredSecretsOf);
  return [...new Map([...declared, hcloudToken].map((secret) => [secret.name, secret])).values()];
}

/** The secrets that one service declares. */
export const declaredSecretsOf = ({ secrets = {}, virtualKeys = [], ...service }: Service): SecretDeclaration[] =>
  [
    ...Object.values(secrets).map(({ secret }) => secret),
    ...virtualKeys.map(({ key }) => key),
    service.database?.password,
    service.databaseServer?.password,
    service.vectorServer?.apiKey,
    service.llmProxy?.masterKey,
  ].filter((secret) => secret !== undefined);
