import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { parse } from "yaml";
import { z } from "zod";
import { hasDigest } from "../../images/reference";
import { imagesOf, type Service } from "../../model/service";

/** The part of a stack's file that names images; `pulumi config set` writes it as structure, a person perhaps as JSON. */
const stackFile = z.looseObject({
  config: z
    .looseObject({ "vpai:overrides": z.record(z.string(), z.looseObject({ image: z.string().optional() })).optional() })
    .optional(),
});

/**
 * Every reference that the lock is to have, sorted: the images of all services, and those that a stack's file gives one
 * instead. An override that carries its own digest needs no lock.
 * @param folder where the files `Pulumi.<stack>.yaml` lie
 */
export function wantedReferences(services: readonly Service[], folder: string): string[] {
  const files = readdirSync(folder).filter((file) => /^Pulumi\.[^.]+\.yaml$/.test(file));
  const overrides = files.flatMap((file) => overriddenImages(path.join(folder, file)));
  const references = [...imagesOf(services), ...overrides];
  return [...new Set(references.filter((reference) => !hasDigest(reference)))].sort();
}

function overriddenImages(file: string): string[] {
  const found = stackFile.safeParse(parsed(file));
  if (!found.success)
    throw new Error(`expected overrides of services in ${file}, found another structure: make preview`);
  return Object.values(found.data.config?.["vpai:overrides"] ?? {}).flatMap(({ image }) => image ?? []);
}

function parsed(file: string): unknown {
  try {
    return parse(readFileSync(file, "utf8"));
  } catch (error) {
    throw new Error(`expected YAML in ${file}, found: ${(error as Error).message}`, { cause: error });
  }
}
