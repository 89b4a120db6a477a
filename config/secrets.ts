import type { Finding } from "../model/finding";
import type { StackConfig } from "./schema";
import type { SecretDeclaration } from "../model/secret";
import { closest } from "./suggestion";

interface Source {
  readonly stack: string;
  /** Names in the `secrets:` namespace whose values are encrypted. */
  readonly encrypted: ReadonlySet<string>;
}

/** A secret's text as every program gets it, by the one rule for all of them. */
export interface SecretText {
  /** Without the line break at its end. */
  readonly value: string;
  /** What was taken off; nothing was where it is absent. */
  readonly remark?: string;
  /** What is wrong with it, in words that do not quote it; nothing is where it is absent. */
  readonly fault?: string;
}

/** The line break that `echo`, editors and files put behind a value; programs disagree on whether it is part of it. */
const LAST_BREAK = /(\r\n|\n|\r)$/;

/**
 * What nobody sees (zero width space, soft hyphen, marks of direction), what ends a line or a text for some program, and what
 * UTF-8 cannot write.
 */
const UNREADABLE = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Surrogate}]/u;

/** What stands between the lines of a text of many. */
const LAYOUT = /[\t\r\n]/g;

const numberOf = (character: string): string =>
  `U+${(character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, "0")}`;

const faultOf = (declaration: SecretDeclaration, value: string): string | undefined => {
  if (value === "") return "it is empty";
  const [found] = UNREADABLE.exec(declaration.multiline ? value.replace(LAYOUT, "") : value) ?? [];
  if (found === undefined) return declaration.check?.(value);
  return /[\r\n]/.test(found)
    ? "expected one line, found a line break in it"
    : `expected text without control characters, found ${numberOf(found)}`;
};

/**
 * Reads a secret's text, wherever it comes from: config, an import, the environment, a person or a file. One line break
 * at the end is taken off; any other control character, seen or not, is a fault, but for line breaks and tabs in a secret of
 * many lines.
 */
export const readSecret = (declaration: SecretDeclaration, text: string): SecretText => {
  const value = text.replace(LAST_BREAK, "");
  const fault = faultOf(declaration, value);
  return {
    value,
    ...(value !== text && { remark: "ends in a line break, which is taken off" }),
    ...(fault !== undefined && { fault }),
  };
};

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
  const { fault } = readSecret(declaration, value);
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
