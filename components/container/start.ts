import { SECRETS_FOLDER } from "../../model/files";
import type { SecretDeclaration } from "../../model/secret";
import type { ContainerService } from "../../model/service";
import { UserError } from "../../model/finding";

/** How a container's program is started; what is absent is the image's own. */
export interface Start {
  entrypoint?: readonly string[];
  command?: readonly string[];
}

/**
 * What the container runs. Where a program reads a secret from its environment only, a shell reads the file first and
 * then becomes the program: values are never part of the container's description.
 * @param exists whether the stack has a value for a secret
 */
export function startOf(service: ContainerService, exists: (secret: SecretDeclaration) => boolean): Start {
  const { entrypoint, command } = service.run;
  const exported = Object.entries(service.secrets ?? {}).flatMap(([file, { secret, exported: variable }]) =>
    variable === undefined || !exists(secret) ? [] : [{ file, variable }],
  );
  if (exported.length === 0) {
    return { ...(entrypoint === undefined ? {} : { entrypoint }), ...(command === undefined ? {} : { command }) };
  }
  if (entrypoint === undefined)
    throw new UserError(
      `service ${service.name} exports ${exported[0]?.variable ?? ""}: expected entrypoint, found none`,
    );
  const lines = exported.map(
    ({ file, variable }) => `${variable}="$(cat ${SECRETS_FOLDER}/${file})"; export ${variable}`,
  );
  return {
    entrypoint: ["/bin/sh", "-euc", [...lines, 'exec "$@"'].join("; "), service.name],
    command: [...entrypoint, ...(command ?? [])],
  };
}
