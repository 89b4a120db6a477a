import { createHash } from "node:crypto";
import { z } from "zod";
import { ARCHITECTURES, type Architecture } from "../../model/stack";
import type { LockedImage } from "../lock";
import { type Answer, HOW_TO_LOG_IN, type RegistryClient } from "./client";

/** The kinds of manifest that registries keep: Docker's and OCI's, for one image and for a list of them. */
export const MANIFEST_TYPES: readonly string[] = [
  "application/vnd.oci.image.index.v1+json",
  "application/vnd.docker.distribution.manifest.list.v2+json",
  "application/vnd.oci.image.manifest.v1+json",
  "application/vnd.docker.distribution.manifest.v2+json",
];

const platform = z.object({ os: z.string(), architecture: z.string() });
const manifest = z.union([
  z.object({ manifests: z.array(z.object({ platform: platform.optional() })) }),
  z.object({ config: z.object({ digest: z.string() }) }),
]);

/**
 * What a registry has under a tag: the digest of the list of all architectures where there is one.
 * @throws when it has none, refuses, or sends what does not match its own digest
 */
export async function findImage(client: RegistryClient, repository: string, tag: string): Promise<LockedImage> {
  const answer = await client.get(`${repository}/manifests/${tag}`, MANIFEST_TYPES);
  if (answer.status !== 200) throw new Error(refusal(answer, `${repository}:${tag}`, client.login));
  const digest = digestOf(answer.body);
  const claimed = answer.headers.get("docker-content-digest") ?? digest;
  if (claimed.startsWith("sha256:") && claimed !== digest) {
    throw new Error(`expected the manifest of ${repository}:${tag} with ${claimed}, found one with ${digest}`);
  }
  const found = parsed(manifest, answer.body, `a manifest of ${repository}:${tag}`);
  const platforms =
    "manifests" in found
      ? found.manifests.flatMap((entry) => entry.platform ?? [])
      : [await platformOf(client, repository, found.config.digest)];
  return { digest, architectures: architecturesOf(platforms) };
}

/** A single image says in its configuration what it is made for. */
async function platformOf(client: RegistryClient, repository: string, digest: string): Promise<Platform> {
  const answer = await client.get(`${repository}/blobs/${digest}`, []);
  if (answer.status !== 200) throw new Error(refusal(answer, `${repository}@${digest}`, client.login));
  return parsed(platform, answer.body, `the configuration of ${repository}@${digest}`);
}

type Platform = z.output<typeof platform>;

/** Windows images, and signatures whose platform is "unknown", run on no host. */
const architecturesOf = (platforms: readonly Platform[]): Architecture[] =>
  ARCHITECTURES.filter((name) => platforms.some(({ os, architecture }) => os === "linux" && architecture === name));

const digestOf = (body: Buffer): string => `sha256:${createHash("sha256").update(body).digest("hex")}`;

function parsed<Schema extends z.ZodType>(schema: Schema, body: Buffer, expected: string): z.output<Schema> {
  try {
    return schema.parse(JSON.parse(body.toString("utf8")));
  } catch {
    throw new Error(`expected ${expected}, found ${JSON.stringify(body.toString("utf8").slice(0, 80))}`);
  }
}

/** Why there is no image, and what to do. */
function refusal({ status, headers }: Answer, what: string, login: string | undefined): string {
  const wait = headers.get("retry-after");
  switch (status) {
    case 404:
      return `the registry has no ${what}: correct the tag`;
    case 401:
    case 403:
      return login === undefined
        ? `the registry gives ${what} to no stranger (status ${status}): ${HOW_TO_LOG_IN}; or correct the name`
        : `the registry does not give ${what} to ${login} (status ${status}): let it read the image, or correct the name`;
    case 429:
      return `the registry was asked too often (status 429): run again ${wait === null ? "later" : `after ${wait} s`}, or ${HOW_TO_LOG_IN}`;
    default:
      return `expected ${what} from the registry, found status ${status}: run again later`;
  }
}
