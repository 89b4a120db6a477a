import { z } from "zod";
import type { Finding } from "../model/finding";
import { jsonIfAny } from "../model/foreign-json";
import { type RegistryAccounts, registrySecrets } from "../model/registry";
import type { SecretDeclaration } from "../model/secret";

/** As much of logins that are wrong in some part as names their secrets. */
const readable = z.record(z.string(), z.unknown());
const account = z.object({ user: z.string().catch("the user"), secret: z.string() });

/**
 * The platform's secrets and those of a stack's logins at registries.
 * @param registries the logins; of a config with problems its text, whose secrets are no unknown ones for that
 */
export const declaredWith = (
  declared: readonly SecretDeclaration[],
  registries: RegistryAccounts | string | undefined = {},
): SecretDeclaration[] => [
  ...declared,
  ...registrySecrets(typeof registries === "string" ? accountsIn(registries) : registries).filter(
    ({ name }) => !declared.some((other) => other.name === name),
  ),
];

function accountsIn(text: string): RegistryAccounts {
  const entries = Object.entries(jsonIfAny(readable, text) ?? {});
  return Object.fromEntries(
    entries.flatMap(([registry, value]) => {
      const { data } = account.safeParse(value);
      return data === undefined ? [] : [[registry, data]];
    }),
  );
}

/** A registry is not told what was meant for somebody else. */
export const sharedNames = (registries: RegistryAccounts, declared: readonly SecretDeclaration[]): Finding[] =>
  Object.entries(registries).flatMap(([registry, { secret }]) => {
    const other = declared.find(({ name }) => name === secret);
    if (other === undefined) return [];
    return [
      {
        where: `vpai:registries.${registry}.secret`,
        expected: "a secret of its own",
        found: `${secret}, which is another one: ${other.description}`,
        mend: "give it a name of its own, such as ghcrToken",
      },
    ];
  });
