import { randomInt } from "node:crypto";
import { readFileSync } from "node:fs";
import { homedir } from "node:os";
import { secretFault } from "../../config";
import { DEFAULT_SECRET_LENGTH, type SecretDeclaration } from "../../model/secret";
import { readVariables } from "./ansible-variables";
import { isVault } from "./ansible-vault";
import { mapVariables } from "./mapping";
import type { Ask } from "./prompt";
import type { StackSecret } from "./state";

/** A value to write. */
export interface NewValue {
  readonly declaration: SecretDeclaration;
  readonly value: string;
}

const ALPHANUMERIC = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

/** A random value as long as the declaration asks for: letters and digits, which every program reads alike. */
export const generate = ({ length = DEFAULT_SECRET_LENGTH }: SecretDeclaration): string =>
  Array.from({ length }, () => ALPHANUMERIC.charAt(randomInt(ALPHANUMERIC.length))).join("");

/** The value in the environment variable `SECRET_<name>`, for runs without a terminal. */
const fromEnvironment = (declaration: SecretDeclaration): NewValue[] => {
  const value = process.env[`SECRET_${declaration.name}`];
  if (value === undefined) return [];
  const fault = secretFault(declaration, value);
  if (fault !== undefined) throw new Error(`SECRET_${declaration.name}: the value is wrong: ${fault}`);
  return [{ declaration, value }];
};

const readText = (file: string): string => {
  const path = file.startsWith("~/") ? `${homedir()}${file.slice(1)}` : file;
  return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(readFileSync(path));
};

/** What a person typed: the value, `@file` for a file's text, or `@@…` for a value that starts with @. */
const typedValue = (typed: string): string => {
  if (typed.startsWith("@@")) return typed.slice(1);
  return typed.startsWith("@") ? readText(typed.slice(1)) : typed;
};

/** Asks until the answer is right; an empty answer leaves the secret as it is. */
const fromPerson = async (declaration: SecretDeclaration, ask: Ask): Promise<NewValue[]> => {
  for (;;) {
    const typed = await ask(`${declaration.name}: ${declaration.description}`);
    if (typed === "") return [];
    const value = typedValue(typed);
    const fault = secretFault(declaration, value);
    if (fault === undefined) return [{ declaration, value }];
    process.stderr.write(`That cannot be it: ${fault}\n`);
  }
};

/** Values for the secrets that the stack lacks: from the environment, made (if `make`), or from a person (if `ask`). */
export const missingValues = async (
  secrets: readonly StackSecret[],
  make: boolean,
  ask: Ask | undefined,
): Promise<NewValue[]> => {
  const given = secrets.flatMap(({ declaration }) => fromEnvironment(declaration));
  const done = new Set(given.map(({ declaration }) => declaration.name));
  const made = secrets
    .filter(({ declaration, state }) => make && state === "made" && !done.has(declaration.name))
    .map(({ declaration }) => ({ declaration, value: generate(declaration) }));
  const open = secrets.filter(
    ({ declaration, state }) => (state === "missing" || state === "wrong") && !done.has(declaration.name),
  );
  const asked: NewValue[] = [];
  if (ask) for (const { declaration } of open) asked.push(...(await fromPerson(declaration, ask)));
  return [...given, ...made, ...asked];
};

/** Vault passwords: from the files that VAULT_PASSWORD_FILE names (separated by commas), else from a person. */
const vaultPasswords = async (files: string, ask: Ask | undefined): Promise<Buffer[]> => {
  if (files !== "") {
    return files.split(",").map((file) => {
      const password = readText(file.trim()).trim();
      if (password === "") throw new Error(`expected a vault password in ${file.trim()}, found nothing`);
      if (password.startsWith("#!")) {
        throw new Error(`expected a vault password in ${file.trim()}, found a script; write what it prints to a file`);
      }
      return Buffer.from(password, "utf8");
    });
  }
  if (!ask) {
    throw new Error(
      "expected the vault's password in a file named by VAULT_PASSWORD_FILE, found none, and no terminal",
    );
  }
  return [Buffer.from(await ask("Vault password"), "utf8")];
};

/** An import that was read and checked, but not written. */
export interface Import {
  readonly values: readonly NewValue[];
  /** Names of variables that no secret takes. */
  readonly unmapped: readonly string[];
  /** What a person should look at, without values. */
  readonly remarks: readonly string[];
}

/**
 * Reads secrets from a file of Ansible variables.
 * @throws when a password does not fit, or a mapped variable's value is wrong: all such variables in one error
 */
export const importFrom = async (
  file: string,
  explicit: string,
  passwordFiles: string,
  declared: readonly SecretDeclaration[],
  ask: Ask | undefined,
): Promise<Import> => {
  const text = readText(file);
  const encrypted = isVault(text) || text.includes("$ANSIBLE_VAULT;");
  const passwords = encrypted ? await vaultPasswords(passwordFiles, ask) : [];
  const { assignments, unmapped } = mapVariables(readVariables(text, passwords), declared, explicit);
  const faults = assignments.flatMap(({ secret, variable: { name, value, remark } }) => {
    const fault = value === undefined ? remark : secretFault(secret, value);
    return fault === undefined ? [] : [`  ${name} (for ${secret.name}): ${fault}`];
  });
  if (faults.length > 0) throw new Error(`nothing was imported, as these variables are wrong:\n${faults.join("\n")}`);
  return {
    values: assignments.flatMap(({ secret, variable: { value } }) =>
      value === undefined ? [] : [{ declaration: secret, value }],
    ),
    unmapped,
    remarks: assignments.flatMap(({ variable: { name, remark } }) =>
      remark === undefined ? [] : [`${name} ${remark}`],
    ),
  };
};
