import { type SecretFile, SECRETS_FOLDER } from "../../model/files";
import { UserError } from "../../model/finding";
import type { SecretDeclaration } from "../../model/secret";

/** Whose program is started. */
interface Started extends Start {
  name: string;
  secrets?: Readonly<Record<string, SecretFile>>;
}

/** How a program is started; what is absent is the image's own. */
export interface Start {
  entrypoint?: readonly string[];
  command?: readonly string[];
}

/**
 * What is run. Where a program reads a secret from its environment only, a shell reads the file first and
 * then becomes the program: values are never part of a container's description or a unit's file.
 * @param exists whether the stack has a value for a secret
 */
export function startOf(
  { name, secrets = {}, entrypoint, command }: Started,
  exists: (secret: SecretDeclaration) => boolean,
): Start {
  const exported = Object.entries(secrets).flatMap(([file, { secret, exported: variable }]) =>
    variable === undefined || !exists(secret) ? [] : [{ file, variable }],
  );
  if (exported.length === 0) {
    return { ...(entrypoint === undefined ? {} : { entrypoint }), ...(command === undefined ? {} : { command }) };
  }
  if (entrypoint === undefined)
    throw new UserError(`service ${name} exports ${exported[0]?.variable ?? ""}: expected entrypoint, found none`);
  const lines = exported.map(
    ({ file, variable }) => `${variable}="$(cat ${SECRETS_FOLDER}/${file})"; export ${variable}`,
  );
  return {
    entrypoint: ["/bin/sh", "-euc", [...lines, 'exec "$@"'].join("; "), name],
    command: [...entrypoint, ...(command ?? [])],
  };
}
