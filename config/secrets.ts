import type { Finding } from "../model/finding";
import type { StackConfig } from "./schema";
import type { SecretDeclaration } from "../model/secret";
import { closest } from "./suggestion";

interface Source {
  readonly stack: string;
  /** Names in the `secrets:` namespace whose values are encrypted. */
  readonly encrypted: ReadonlySet<string>;
}

/** What is wrong with a value of this secret, in words that do not quote it; `undefined` when nothing is. */
export const secretFault = (declaration: SecretDeclaration, value: string): string | undefined =>
  value === "" ? "it is empty" : declaration.check?.(value);

const unknownSecret = (name: string, declared: readonly SecretDeclaration[], stack: string): Finding => {
  const advice = closest(
    name,
    declared.map((declaration) => declaration.name),
  );
  return {
    where: `secrets:${name}`,
    expected: "a secret that the platform declares",
    found: "an unknown name",
    mend: `${advice}, or remove it: pulumi config rm --stack ${stack} secrets:${name}`,
  };
};

const givenSecret = (declaration: SecretDeclaration, value: string, source: Source): Finding[] => {
  const key = `secrets:${declaration.name}`;
  const problems: Finding[] = [];
  if (!source.encrypted.has(declaration.name)) {
    problems.push({
      where: key,
      expected: "an encrypted value",
      found: "plain text, readable by everyone who has the file or its history",
      mend: `replace the secret where it is used, then: pulumi config set --stack ${source.stack} --secret ${key}`,
    });
  }
  const fault = secretFault(declaration, value);
  if (fault !== undefined) {
    problems.push({
      where: key,
      expected: declaration.description,
      found: `a value that is not shown: ${fault}`,
      mend: `pulumi config set --stack ${source.stack} --secret ${key}`,
    });
  }
  return problems;
};

/** Whether `declaration` must be in config: a person supplies it and the stack, as far as it is known, needs it. */
export const isRequired = (declaration: SecretDeclaration, config: StackConfig | undefined): boolean => {
  if (declaration.origin !== "supplied") return false;
  return declaration.needed === undefined || (config !== undefined && declaration.needed(config));
};

/** Checks the `secrets:` namespace; `config` is absent when the settings have problems of their own. */
export const secretProblems = (
  values: Readonly<Record<string, string>>,
  declared: readonly SecretDeclaration[],
  config: StackConfig | undefined,
  source: Source,
): Finding[] => {
  const byName = new Map(declared.map((declaration) => [declaration.name, declaration]));
  const given = Object.entries(values).flatMap(([name, value]) => {
    const declaration = byName.get(name);
    return declaration ? givenSecret(declaration, value, source) : [unknownSecret(name, declared, source.stack)];
  });
  const missing = declared
    .filter((declaration) => !Object.hasOwn(values, declaration.name) && isRequired(declaration, config))
    .map((declaration) => ({
      where: `secrets:${declaration.name}`,
      expected: declaration.description,
      found: "nothing",
      mend: `make secrets STACK=${source.stack}`,
    }));
  return [...given, ...missing];
};
