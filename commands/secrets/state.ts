import { type PlatformNames, type RawConfig, readSettings, titleOf } from "../../config/parse";
import { isRequired, readSecret } from "../../config/secrets";
import type { SecretDeclaration } from "../../model/secret";
import { problemsOf } from "../../model/finding";

/**
 * `set`: in config, encrypted and right. `wrong`: in config, but must be given again. `made`: the stack makes it.
 * `unneeded`: this stack has no use for it. `missing`: a person must give it.
 */
type SecretState = "set" | "wrong" | "made" | "unneeded" | "missing";

/** A declared secret and how it stands in one stack. */
export interface StackSecret {
  readonly declaration: SecretDeclaration;
  readonly state: SecretState;
  /** Its value in config, as programs get it. */
  readonly value?: string;
  /** What is taken off the text in config. */
  readonly remark?: string;
  /** What is wrong with it, without quoting it. */
  readonly fault?: string;
}

const standing = (declaration: SecretDeclaration, raw: RawConfig, required: boolean): StackSecret => {
  const key = `secrets:${declaration.name}`;
  if (Object.hasOwn(raw.values, key)) {
    const text = readSecret(declaration, raw.values[key] ?? "");
    const read = raw.secretKeys.has(key) ? text : { ...text, fault: "it is in plain text" };
    return { declaration, ...read, state: read.fault === undefined ? "set" : "wrong" };
  }
  if (declaration.origin === "random") return { declaration, state: "made" };
  return { declaration, state: required ? "missing" : "unneeded" };
};

/** Every declared secret of a stack. @throws UserError when the stack's settings have problems of their own */
export const secretsOf = (raw: RawConfig, platforms: readonly PlatformNames[]): StackSecret[] => {
  const { config, problems, declared } = readSettings(raw, platforms);
  if (!config || problems.length > 0) throw problemsOf(titleOf(raw), problems);
  return declared.map((declaration) => standing(declaration, raw, isRequired(declaration, config)));
};

const WORDS: Readonly<Record<SecretState, string>> = {
  set: "set",
  wrong: "WRONG",
  made: "made by the stack",
  unneeded: "not needed here",
  missing: "MISSING",
};

/** A table of secrets and their states, without values. */
export const describeSecrets = (secrets: readonly StackSecret[]): string => {
  const width = Math.max(0, ...secrets.map(({ declaration }) => declaration.name.length));
  return secrets
    .map(({ declaration: { name, description }, state, fault, remark }) => {
      const more = fault ?? remark;
      const word = more === undefined ? WORDS[state] : `${WORDS[state]} (${more})`;
      return `  ${name.padEnd(width)}  ${word.padEnd(18)}${description}`;
    })
    .join("\n");
};
