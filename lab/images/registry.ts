/** What a registry has under a tag. */
export interface StoredManifest {
  /** Digest of the manifest: what a pull by digest names. */
  digest: string;
  /** Digest of the image's configuration, which most engines use as the image's id; absent for a list of images. */
  config?: string;
}

/** The kinds of manifest that engines push: Docker's and OCI's, for one image and for a list of them. */
const manifestTypes = [
  "application/vnd.docker.distribution.manifest.v2+json",
  "application/vnd.oci.image.manifest.v1+json",
  "application/vnd.docker.distribution.manifest.list.v2+json",
  "application/vnd.oci.image.index.v1+json",
];

/** How long a registry on this machine may take to answer, in milliseconds. */
const answerTimeout = 10_000;

/**
 * Looks up a tag in a registry over plain HTTP.
 * @returns undefined when the registry has no such tag
 * @throws when the registry does not answer as one
 */
export async function manifestAt(registry: string, repository: string, tag: string): Promise<StoredManifest | undefined> {
  const url = `http://${registry}/v2/${repository}/manifests/${tag}`;
  const answer = await fetch(url, {
    headers: { accept: manifestTypes.join(", ") },
    signal: AbortSignal.timeout(answerTimeout),
  }).catch((error: Error) => {
    throw new Error(`expected a registry at ${registry}, found none (${causeOf(error)}): is its container running?`);
  });
  if (answer.status === 404) return undefined;
  const digest = answer.headers.get("docker-content-digest");
  if (!answer.ok || digest === null) {
    throw new Error(`expected a manifest or 404 from ${url}, found status ${answer.status}`);
  }
  const manifest = (await answer.json()) as { config?: { digest: string } };
  return { digest, ...(manifest.config ? { config: manifest.config.digest } : {}) };
}

/** fetch hides why it failed in the error's cause. */
const causeOf = (error: Error): string => (error.cause instanceof Error ? error.cause.message : error.message);
