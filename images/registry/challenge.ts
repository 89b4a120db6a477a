/** How a registry wants to be asked again, from its answer 401 (RFC 9110, 11.6.1). */
export interface Challenge {
  scheme: "bearer" | "basic";
  /** `realm`, `service`, `scope`. */
  parameters: Readonly<Record<string, string>>;
}

/**
 * Takes a `WWW-Authenticate` header apart.
 * @returns undefined when it names neither of the two schemes that registries use
 */
export function parseChallenge(header: string): Challenge | undefined {
  const [, scheme, rest = ""] = /^\s*(\w+)(?:\s+(.*))?$/.exec(header) ?? [];
  const known = (["bearer", "basic"] as const).find((name) => name === scheme?.toLowerCase());
  if (known === undefined) return undefined;
  const pairs = [...rest.matchAll(/(\w+)=(?:"((?:[^"\\]|\\.)*)"|([^\s,"]+))/g)];
  const parameters = pairs.map(([, name = "", quoted, plain = ""]): [string, string] => [
    name.toLowerCase(),
    quoted?.replace(/\\(.)/g, "$1") ?? plain,
  ]);
  return { scheme: known, parameters: Object.fromEntries(parameters) };
}
