import { type Document, isAlias, isMap, isScalar, isSeq, parseDocument, type Scalar, type ScalarTag } from "yaml";
import { decryptVault, isVault, VaultError } from "./ansible-vault";

/** A variable of an Ansible variables file. */
export interface AnsibleVariable {
  /** Its name, after those of what it is in: `postgresql.password`, `postgresql_users[0].password`. */
  readonly name: string;
  /** Its text, byte for byte; absent when the file does not say it. */
  readonly value?: string;
  /** Why it has no value. */
  readonly remark?: string;
  /** Of a template that is nothing but another variable (or a default where that one is missing): that one's name. */
  readonly refersTo?: string;
}

const TEMPLATE = /\{\{|\{%|\{#/;
const REFERENCE = /^\{\{-?\s*([A-Za-z_]\w*)\s*(?:\|\s*d(?:efault)?\s*\([^{}]*\)\s*)?-?\}\}$/;

const IS_TEMPLATE =
  "is a template in Ansible, and the file does not hold its result; " +
  "put the result in its place, or map the variable that holds it (MAP=variable=secretName)";

/** PyYAML reads plain words and digits by YAML 1.1; only decimal whole numbers look the same in a template's result. */
const WHOLE_NUMBER = /^(0|-?[1-9]\d*)$/;

const stringTag = (tag: string): ScalarTag => ({ tag, resolve: (text: string) => text });

/** Tags of Ansible: encrypted here, encrypted here (old spelling), and not a template. */
const TAGS = [stringTag("!vault"), stringTag("!vault-encrypted"), stringTag("!unsafe")];

const readScalar = (name: string, scalar: Scalar, passwords: readonly Buffer[]): AnsibleVariable => {
  const { value, source = "", tag } = scalar;
  if (typeof value === "string") {
    if (tag?.startsWith("!vault") || isVault(value)) return { name, value: openInline(name, value, passwords) };
    if (tag === "!unsafe" || !TEMPLATE.test(value)) return { name, value };
    const refersTo = REFERENCE.exec(value.trim())?.[1];
    return { name, remark: IS_TEMPLATE, ...(refersTo !== undefined && { refersTo }) };
  }
  if (typeof value !== "object" && WHOLE_NUMBER.test(source)) return { name, value: source };
  return { name, remark: "is no text for Ansible (YAML 1.1); put it in quotes if it is meant to be" };
};

const openInline = (name: string, text: string, passwords: readonly Buffer[]): string => {
  try {
    return decryptVault(text, passwords);
  } catch (error) {
    throw error instanceof VaultError ? new VaultError(`variable ${name}: ${error.message}`) : error;
  }
};

interface Source {
  readonly document: Document;
  readonly passwords: readonly Buffer[];
}

const readNode = (name: string, node: unknown, source: Source): AnsibleVariable[] => {
  if (isAlias(node)) return readNode(name, node.resolve(source.document), source);
  if (isScalar(node)) return [readScalar(name, node, source.passwords)];
  if (isSeq(node)) return node.items.flatMap((item, index) => readNode(`${name}[${index}]`, item, source));
  if (!isMap(node)) return [{ name, remark: "is no text" }];
  return node.items.flatMap(({ key, value }) => {
    const own = isScalar(key) ? String(key.value) : String(key);
    return readNode(name === "" ? own : `${name}.${own}`, value, source);
  });
};

/**
 * The variables of a file of Ansible variables: a whole-file vault, or YAML with inline `!vault` values, or both.
 * @param passwords every vault text must fit one of them
 * @throws VaultError when a vault text cannot be opened
 */
export const readVariables = (text: string, passwords: readonly Buffer[]): AnsibleVariable[] => {
  const yaml = isVault(text) ? decryptVault(text, passwords) : text;
  const document = parseDocument(yaml, { version: "1.1", uniqueKeys: false, customTags: (tags) => [...tags, ...TAGS] });
  const [fault] = document.errors;
  if (fault) {
    // The parser's own message quotes the text.
    const line = fault.linePos?.[0].line ?? 1;
    throw new Error(`expected YAML variables, found a mistake (${fault.code}) in line ${line} of the decrypted file`);
  }
  if (!isMap(document.contents)) throw new Error("expected a file of variables (name: value), found no such pair");
  const all = readNode("", document.contents, { document, passwords });
  // As in Ansible, the last of several of one name counts.
  return [...new Map(all.map((variable) => [variable.name, variable])).values()];
};
