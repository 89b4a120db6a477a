/** An image reference in its three parts. */
export interface ImageReference {
  /** Host name of the registry, with its port where it has one: `ghcr.io`. */
  registry: string;
  /** Path within the registry, e.g. `library/postgres`. */
  repository: string;
  tag: string;
}

/**
 * Takes a full reference apart: `docker.io/library/postgres:18.1`.
 * @throws when the registry or the tag is missing
 */
export function parseReference(reference: string): ImageReference {
  const match = /^(?<registry>[a-z0-9.-]+\.[a-z0-9]+(:\d+)?)\/(?<repository>[a-z0-9._/-]+):(?<tag>[\w][\w.-]*)$/.exec(
    reference,
  );
  const { registry, repository, tag } = match?.groups ?? {};
  if (registry === undefined || repository === undefined || tag === undefined) {
    throw new Error(`expected an image reference like docker.io/library/postgres:18.1, found "${reference}"`);
  }
  return { registry, repository, tag };
}

/** Whether a reference names one content itself: `…@sha256:…`. */
export const hasDigest = (reference: string): boolean => reference.includes("@");
