import type { SecretDeclaration } from "../../model/secret";
import type { AnsibleVariable } from "./ansible-variables";

/** Which variables become which secrets. */
export interface Mapping {
  readonly assignments: readonly { readonly secret: SecretDeclaration; readonly variable: AnsibleVariable }[];
  /** Names of variables that no secret takes. */
  readonly unmapped: readonly string[];
  /** Which variable was taken in place of which. */
  readonly remarks: readonly string[];
}

type ByName = ReadonlyMap<string, AnsibleVariable>;

/** Name of the variable that, by custom, holds in the vault what another one refers to. */
const inVault = (name: string): string => `vault_${name}`;

/** The variable that has the value of `name`: itself, what it refers to, or the one of the vault. */
const holderOf = (name: string, byName: ByName, seen: readonly string[] = []): AnsibleVariable | undefined => {
  const variable = byName.get(name);
  if (variable === undefined) return byName.get(inVault(name));
  if (variable.refersTo === undefined || seen.includes(name)) return variable;
  const candidates = [variable.refersTo, inVault(name)].map((next) => holderOf(next, byName, [...seen, name]));
  return candidates.find((candidate) => candidate?.value !== undefined) ?? variable;
};

/** Reads `ansible_name=secretName,…`. @throws when it is written otherwise */
const parseExplicit = (text: string): [variable: string, secret: string][] =>
  text
    .split(",")
    .map((pair) => pair.trim())
    .filter((pair) => pair !== "")
    .map((pair) => {
      const [variable = "", secret = "", ...rest] = pair.split("=").map((side) => side.trim());
      if (!variable || !secret || rest.length > 0) {
        throw new Error(`MAP: expected ansible_name=secretName,…, found ${JSON.stringify(pair)}`);
      }
      return [variable, secret];
    });

/**
 * Maps variables to secrets: by the declarations' own Ansible names, and before those by `explicit`. Where a variable is
 * absent, or refers to another one, the value is that one's, or that of `vault_<name>`.
 * @param explicit `ansible_name=secretName,…`
 * @throws when `explicit` names an undeclared secret or a variable that is not in the file
 */
export const mapVariables = (
  variables: readonly AnsibleVariable[],
  declared: readonly SecretDeclaration[],
  explicit: string,
): Mapping => {
  const chosen = new Map(parseExplicit(explicit).map(([variable, secret]) => [secret, variable]));
  const byName = new Map(variables.map((variable) => [variable.name, variable]));
  for (const [secret, variable] of chosen) {
    if (!declared.some(({ name }) => name === secret)) {
      const known = declared.map(({ name }) => name).join(", ");
      throw new Error(`MAP: expected a declared secret (${known}), found ${secret}`);
    }
    if (!byName.has(variable)) throw new Error(`MAP: expected the name of a variable in the file, found ${variable}`);
  }
  const assignments = declared.flatMap((secret) => {
    const name = chosen.get(secret.name) ?? secret.ansible;
    const variable = name === undefined ? undefined : holderOf(name, byName);
    return name !== undefined && variable ? [{ secret, name, variable }] : [];
  });
  const taken = new Set(assignments.flatMap(({ name, variable }) => [name, variable.name]));
  return {
    assignments,
    unmapped: variables.map(({ name }) => name).filter((name) => !taken.has(name)),
    remarks: assignments.flatMap(({ name, variable }) =>
      name === variable.name ? [] : [`${variable.name} was taken for ${name}`],
    ),
  };
};
