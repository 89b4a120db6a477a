import { z } from "zod";
import { parseJson } from "../../model/foreign-json";
import { lookUntil } from "../../model/look-until";
import { reasonOf } from "../../images/registry/client";
import { MANIFEST_TYPES } from "../../images/registry/manifest";

/** What a registry has under a tag. */
export interface StoredManifest {
  /** Digest of the manifest: what a pull by digest names. */
  digest: string;
  /** Digest of the image's configuration, which most engines use as the image's id; absent for a list of images. */
  config?: string;
}

/** How long one request may take, in milliseconds: the registry is on this machine. */
const requestTimeout = 10_000;

/** How long a registry may take to start, and how often it is asked meanwhile, in milliseconds. */
const startTimeout = 20_000;
const startInterval = 250;

/**
 * Waits until a registry answers, since its container may have been created a moment ago.
 * @throws when it does not within 20 s
 */
export async function registryReady(registry: string, timeout: number = startTimeout): Promise<void> {
  const found = await lookUntil(
    () => stateOf(registry),
    (state) => state === "ready",
    { pause: startInterval, seconds: timeout / 1000 },
  );
  if (found !== "ready")
    throw new Error(`expected a registry at ${registry}, found none (${found}): is its container running?`);
}

/** "ready", or why a registry is not. */
async function stateOf(registry: string): Promise<string> {
  try {
    const { ok, status } = await fetch(`http://${registry}/v2/`, { signal: AbortSignal.timeout(requestTimeout) });
    return ok ? "ready" : `status ${status}`;
  } catch (error) {
    return reasonOf(error as Error);
  }
}

const manifestSchema = z.looseObject({ config: z.looseObject({ digest: z.string() }).nullish() });

/**
 * Looks up a tag in a registry over plain HTTP.
 * @returns undefined when the registry has no such tag
 * @throws when it answers with anything but a manifest or 404
 */
export async function manifestAt(
  registry: string,
  repository: string,
  tag: string,
): Promise<StoredManifest | undefined> {
  const url = `http://${registry}/v2/${repository}/manifests/${tag}`;
  const headers = { accept: MANIFEST_TYPES.join(", ") };
  const answer = await fetch(url, { headers, signal: AbortSignal.timeout(requestTimeout) });
  if (answer.status === 404) return undefined;
  const digest = answer.headers.get("docker-content-digest");
  if (!answer.ok || digest === null) {
    throw new Error(`expected a manifest or 404 from ${url}, found status ${answer.status}`);
  }
  const manifest = parseJson(manifestSchema, await answer.text(), `a manifest from ${url}`);
  return { digest, ...(manifest.config ? { config: manifest.config.digest } : {}) };
}
