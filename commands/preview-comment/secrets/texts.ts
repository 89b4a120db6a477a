import { isSecretName } from "./name";
import { secretsOfUrl } from "./urls";

/** Every text and number in a value. */
export function texts(value: unknown): string[] {
  if (typeof value === "string") return value === "" ? [] : [value];
  if (typeof value === "number") return [String(value)];
  return typeof value === "object" && value !== null ? Object.values(value).flatMap(texts) : [];
}

/** A line of an INI file, such as `aws_secret_access_key = …`. */
const INI_LINE = /^\s*([\w.-]+)\s*=\s*(\S.*?)\s*$/gm;

/**
 * The secrets in what a file of logins, a JSON key or a URL says: what is called like a secret, and what its URLs carry.
 * A text of no known form has none.
 */
export function secretsWithin(text: string): string[] {
  const json = parsed(text);
  if (json !== undefined) return secretsOfProperties(json);
  const lines = [...text.matchAll(INI_LINE)].flatMap(([, name = "", value = ""]) =>
    isSecretName(name) ? [value] : [],
  );
  return [...lines, ...secretsOfUrl(text)];
}

function parsed(text: string): object | undefined {
  try {
    const value = JSON.parse(text) as unknown;
    return typeof value === "object" && value !== null ? value : undefined;
  } catch {
    return undefined;
  }
}

const secretsOfProperties = (value: object): string[] =>
  Object.entries(value).flatMap(([name, property]: [string, unknown]) => [
    ...secretsOfUrl(name),
    ...(isSecretName(name) ? texts(property) : []),
    ...(typeof property === "string" ? secretsOfUrl(property) : []),
    ...(typeof property === "object" && property !== null ? secretsOfProperties(property) : []),
  ]);
