import { z } from "zod";
import { expectForm, parseJson } from "../../model/foreign-json";
import type { ExportedState } from "../engine/exported";

/** The value of a secret that the stack has made; undefined where it has made none. @param state as {@link madeSecret} takes it */
export function madeIfAny({ deployment }: ExportedState, name: string): string | undefined {
  const copy = deployment?.resources?.find(({ urn }) => urn.endsWith(`::${name}/copy`));
  return plainSecret(copy?.outputs?.["value"], name);
}

/**
 * The value of a secret that the stack has made.
 * @param state what `pulumi stack export --show-secrets` gives
 * @throws when it has made none of that name; what it says quotes nothing of the state
 */
export function madeSecret(state: ExportedState, name: string): string {
  const value = madeIfAny(state, name);
  if (value === undefined)
    throw new Error(`expected that the stack has made ${name}, found none: run \`make up\` first`);
  return value;
}

const wrapped = z.looseObject({ plaintext: z.string().exactOptional() });

/** The text of a secret, which an export that shows it still wraps. @throws where it is none; it is not quoted */
export function plainSecret(value: unknown, name: string): string | undefined {
  if (typeof value === "string" || value === undefined || value === null) return value ?? undefined;
  const what = `the value of ${name} in the output of \`pulumi stack export --show-secrets\``;
  const { plaintext } = expectForm(wrapped, value, what);
  return plaintext === undefined ? undefined : parseJson(z.string(), plaintext, what);
}
