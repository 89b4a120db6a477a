import type { Output } from "@pulumi/pulumi";
import { registryOf, type RegistryAccounts, registrySecret } from "../../model/registry";
import type { SecretStore } from "../secret-store";

/** How a host logs in at a registry. */
export interface Login {
  /** As references name it: `ghcr.io`. */
  registry: string;
  user: string;
  password: Output<string>;
  /** Name of the secret that holds the password. */
  secret: string;
}

/** The logins that a stack's config gives; one whose secret a stack of the lab goes without is absent. */
export const configuredLogins = (accounts: RegistryAccounts, secrets: SecretStore): Login[] =>
  Object.entries(accounts).flatMap(([registry, account]) => {
    const password = secrets.get(registrySecret(registry, account));
    return password === undefined ? [] : [{ registry, ...account, password }];
  });

/** The login at the registry that an image comes from; undefined where there is none. */
export const loginFor = (image: string, logins: readonly Login[]): Login | undefined =>
  logins.find(({ registry }) => registry === registryOf(image));
