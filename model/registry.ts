import type { SecretDeclaration } from "./secret";

/** A stack's login at an image registry. */
export interface RegistryAccount {
  readonly user: string;
  /** Name of the secret that holds its password or token: `ghcrToken`. */
  readonly secret: string;
}

/** A stack's logins, by registry as references name it: `ghcr.io`. */
export type RegistryAccounts = Readonly<Record<string, RegistryAccount>>;

/** Registry that an image comes from, as Docker reads a reference: one that names none is Docker Hub's. */
export const registryOf = (reference: string): string => {
  const [first = "", ...rest] = reference.split("/");
  return rest.length > 0 && (/[.:]/.test(first) || first === "localhost") ? first : "docker.io";
};

/** The secret that holds the password of a login. Lab registries make their own, so a stack of the lab may go without. */
export const registrySecret = (registry: string, { user, secret }: RegistryAccount): SecretDeclaration => ({
  name: secret,
  description: `Password or token of ${user} at the image registry ${registry}; it need only read`,
  origin: "supplied",
  needed: ({ hosts }) => Object.values(hosts).some(({ machine }) => machine.kind !== "lab"),
});

/** The secrets of all logins, each once: two registries may share one. */
export const registrySecrets = (accounts: RegistryAccounts): SecretDeclaration[] => [
  ...new Map(
    Object.entries(accounts).map(([registry, account]) => [account.secret, registrySecret(registry, account)]),
  ).values(),
];
