import type { ServiceContext } from "../../model/context";
import { SECRETS_FOLDER } from "../../model/files";
import { isContainer } from "../../model/run";
import { declaredSecretsOf, type Service } from "../../model/service";
import { onEachContainer, onEachService, type Policy, placeOf } from "./policy";
import { unique } from "./unique";

/** A file that nobody declared is not there when the program reads it. */
export const declaredSecretFiles = onEachService((service, { context }) => {
  const declared = Object.entries(service.secrets ?? {});
  const undeclared = declared.filter(([, { secret }]) => (secret as unknown) === undefined).map(([file]) => file);
  const known = declared.flatMap(([name, { both }]) =>
    both !== undefined && "file" in both ? [name, both.file] : [name],
  );
  const unknown = [...readFiles(service, context)].filter((file) => !known.includes(file));
  return [...undeclared, ...unknown].map((file) => ({
    expected: "secrets that the service declares",
    found: `reads ${SECRETS_FOLDER}/${file}, an undeclared secret`,
    mend: `declare it under secrets.${file}, with its name and origin`,
  }));
});

/** Only a shell can put a file's content into a program's environment, and it has to know the program. */
export const exportedSecrets = onEachContainer(({ secrets = {}, run }) =>
  run.entrypoint !== undefined
    ? []
    : Object.entries(secrets)
        .filter(([, { exported }]) => exported !== undefined)
        .map(([file]) => ({
          expected: "an entrypoint where a secret is exported",
          found: `exports the secret ${file}, and has no entrypoint`,
          mend: "name the image's program in entrypoint",
        })),
);

/** One name is one secret: another rule, origin or length under the same name would be ignored. */
export const uniformSecrets: Policy = (plans) => {
  const claims = new Map<string, readonly [string, string]>();
  for (const plan of plans)
    for (const service of plan.services)
      for (const secret of declaredSecretsOf(service))
        claims.set(`${secret.name} ${JSON.stringify(secret, functions)}`, [secret.name, placeOf(plan, service)]);
  return unique(
    [...claims.values()],
    (name) => `different declarations of the secret ${name}`,
    "declare it once and share the declaration, or give each a name of its own",
  );
};

const functions = (_key: string, value: unknown): unknown => (typeof value === "function" ? String(value) : value);

/** Names of the secret files that a service's settings and files speak of. */
function readFiles(service: Service, context: ServiceContext): Set<string> {
  const texts = [
    ...Object.values(service.environment?.(context) ?? {}),
    ...(service.files?.(context) ?? []).map(({ content }) => content),
    ...(isContainer(service.run)
      ? [...(service.run.entrypoint ?? []), ...(service.run.command ?? [])]
      : service.run.exec),
    ...("test" in service.health ? service.health.test : []),
  ];
  const found = texts.flatMap((text) =>
    typeof text === "string" ? [...text.matchAll(/\/run\/secrets\/([\w.-]*\w)/g)].map(([, file = ""]) => file) : [],
  );
  return new Set(found);
}
