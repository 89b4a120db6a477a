import { randomInt } from "node:crypto";
import { readSecret } from "../../config/secrets";
import { DEFAULT_SECRET_LENGTH, type SecretDeclaration } from "../../model/secret";
import { readVariables } from "./ansible-variables";
import { isVault } from "./ansible-vault";
import { readText } from "./local-file";
import { mapVariables } from "./mapping";
import type { Ask } from "./prompt";
import type { StackSecret } from "./state";
import { vaultPasswords } from "./vault-passwords";

/** A value to write. */
export interface NewValue {
  readonly declaration: SecretDeclaration;
  readonly value: string;
  /** Where it came from, and what a person should know of how it was read. */
  readonly remark?: string;
}

/** A text that was read for a secret: the value to write, or what is wrong with it. */
const taken = (declaration: SecretDeclaration, text: string, from: string): NewValue | { readonly fault: string } => {
  const { value, remark, fault } = readSecret(declaration, text);
  if (fault !== undefined) return { fault };
  return { declaration, value, ...(remark !== undefined && { remark: `${from} ${remark}` }) };
};

const ALPHANUMERIC = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

/** The signs that a program takes which asks for one: those that the stack itself makes. */
const SIGNS = "!@#%^*";

const EACH_KIND = [/[A-Z]/, /[a-z]/, /[0-9]/, /[^A-Za-z0-9]/];

/**
 * A random value as the declaration asks for it: as long, of letters and digits, which every program reads alike, and where its
 * program wants that, with one of each kind and a sign.
 */
export function generate({ length = DEFAULT_SECRET_LENGTH, mixed = false }: SecretDeclaration): string {
  const letters = mixed ? ALPHANUMERIC + SIGNS : ALPHANUMERIC;
  for (;;) {
    const value = Array.from({ length }, () => letters.charAt(randomInt(letters.length))).join("");
    if (!mixed || EACH_KIND.every((kind) => kind.test(value))) return value;
  }
}

/** The value in the environment variable `SECRET_<name>`, for runs without a terminal. */
const fromEnvironment = (declaration: SecretDeclaration): NewValue[] => {
  const variable = `SECRET_${declaration.name}`;
  const text = process.env[variable];
  if (text === undefined) return [];
  const read = taken(declaration, text, variable);
  if ("fault" in read) throw new Error(`${variable}: the value is wrong: ${read.fault}`);
  return [read];
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
    const read = taken(declaration, typedValue(typed), `The value of ${declaration.name}`);
    if (!("fault" in read)) return [read];
    process.stderr.write(`That cannot be ${declaration.name}: ${read.fault}\n`);
  }
};

/** A value that a person gives for one secret: in `SECRET_<name>`, or where asked. Undefined: nobody gives one. */
export const givenValue = async (
  declaration: SecretDeclaration,
  ask: Ask | undefined,
): Promise<NewValue | undefined> => {
  const [given] = fromEnvironment(declaration);
  if (given !== undefined || ask === undefined) return given;
  return (await fromPerson(declaration, ask))[0];
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

/** An import that was read and checked, but not written. */
export interface Import {
  readonly values: readonly NewValue[];
  /** Names of variables that no secret takes. */
  readonly unmapped: readonly string[];
  /** Which variables were taken in place of others, without values. */
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
  const { assignments, unmapped, remarks } = mapVariables(readVariables(text, passwords), declared, explicit);
  const read = assignments.map(({ secret, variable: { name, value, remark } }) => ({
    of: `${name} (for ${secret.name})`,
    result: value === undefined ? { fault: remark ?? "it has no value" } : taken(secret, value, name),
  }));
  const faults = read.flatMap(({ of, result }) => ("fault" in result ? [`  ${of}: ${result.fault}`] : []));
  if (faults.length > 0) throw new Error(`nothing was imported, as these variables are wrong:\n${faults.join("\n")}`);
  return { values: read.flatMap(({ result }) => ("fault" in result ? [] : [result])), unmapped, remarks };
};
