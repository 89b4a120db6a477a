import path from "node:path";
import type { Output } from "@pulumi/pulumi";
import { SECRETS_FOLDER } from "../../model/files";
import type { FileSpec, SecretSpec } from "../workload/spec";
import type { ContainerSpec } from "./spec";

const RUN = ["docker", "run", "--rm", "--network", "none"];

/** The image's own check of a file, in a container without network that sees the candidate at its final path. */
export const validation = (
  { target, validator }: FileSpec,
  argv: readonly string[],
  image: Output<string>,
): Output<string[]> => {
  const program = validator === undefined ? [] : ["--entrypoint", validator];
  return image.apply((name) => [...RUN, ...program, "--volume", `{}:${target}:ro`, name, ...argv]);
};

/** The same of a secret: as its user, with the program's data beside it, both read-only. */
export function acceptance(
  { name }: SecretSpec,
  [command = "", ...argv]: readonly string[],
  { user, mounts }: ContainerSpec,
  image: Output<string>,
): Output<string[]> {
  const data = mounts.filter(({ kind }) => kind === "data");
  const volumes = [
    `{}:${path.posix.join(SECRETS_FOLDER, name)}:ro`,
    ...data.map(({ source, target }) => `${source}:${target}:ro`),
  ].flatMap((volume) => ["--volume", volume]);
  return image.apply((reference) => [
    ...[...RUN, "--user", user, ...volumes, "--entrypoint", command],
    ...[reference, ...argv],
  ]);
}
