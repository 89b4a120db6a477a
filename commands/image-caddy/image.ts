import { labImage } from "../../lab/images/catalogue";

/** Processors that the image is made for, as Go and Docker name them. */
export const ARCHITECTURES = ["amd64", "arm64"] as const;

export type ImageArchitecture = (typeof ARCHITECTURES)[number];

/** Production's reference, which the lab's catalogue has, too. */
export function caddyReference(): string {
  const { reference } = labImage("caddy");
  if (reference === undefined) throw new Error("expected production's reference of caddy in the catalogue, found none");
  return reference;
}

/** Arguments of `go` that compile the program; without the shortcuts that the lab's compilations take. */
export const compileArguments = (file: string): string[] => [
  ...["build", "-trimpath", "-buildvcs=false", "-ldflags", "-s -w", "-o", file, "."],
];

/**
 * Arguments of `docker` that build the image for one processor into the local engine.
 * @param base image that it builds on, in place of the published one's
 * @param passedOn further arguments: what a build has to know of this machine's network
 */
export const localArguments = (
  architecture: ImageArchitecture,
  base: string,
  passedOn: readonly string[],
  directory: string,
): string[] => [
  ...["build", "--network", "host", "--force-rm", "--build-arg", `BASE=${base}`],
  ...["--build-arg", `TARGETARCH=${architecture}`, ...passedOn, "--tag", caddyReference(), directory],
];

/** Arguments of `docker` that build the image for all processors and push it, with its provenance and its list of parts. */
export const pushArguments = (directory: string): string[] => [
  ...["buildx", "build", "--platform", ARCHITECTURES.map((name) => `linux/${name}`).join(",")],
  ...["--provenance", "mode=max", "--sbom", "true", "--tag", caddyReference(), "--push", directory],
];
