/** A resource of an exported state, as far as it is looked at. */
interface Exported {
  deployment?: { resources?: { urn: string; outputs?: Record<string, unknown> }[] };
}

/** The value of a secret that the stack has made; undefined where it has made none. @param state as {@link madeSecret} takes it */
export function madeIfAny(state: object, name: string): string | undefined {
  const { deployment: { resources = [] } = {} } = state as Exported;
  const copy = resources.find(({ urn }) => urn.endsWith(`::${name}/copy`));
  return plain(copy?.outputs?.["value"]);
}

/**
 * The value of a secret that the stack has made.
 * @param state what `pulumi stack export --show-secrets` gives
 * @throws when it has made none of that name; what it says quotes nothing of the state
 */
export function madeSecret(state: object, name: string): string {
  const value = madeIfAny(state, name);
  if (value === undefined)
    throw new Error(`expected that the stack has made ${name}, found none: run \`make up\` first`);
  return value;
}

/** The text of a secret, which an export that shows it still wraps. */
function plain(value: unknown): string | undefined {
  if (typeof value === "string") return value;
  const { plaintext } = (value ?? {}) as { plaintext?: string };
  return plaintext === undefined ? undefined : (JSON.parse(plaintext) as string);
}
