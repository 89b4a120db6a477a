import { createHash } from "node:crypto";
import { z } from "zod";
import { parseJson } from "../../model/foreign-json";
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

const platform = z.looseObject({ os: z.string(), architecture: z.string() });
const manifest = z.union([
  z.looseObject({ manifests: z.array(z.looseObject({ platform: platform.optional() })) }),
  z.looseObject({ manifests: z.undefined().optional(), config: z.looseObject({ digest: z.string() }) }),
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
    found.manifests !== undefined
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

const parsed = <Value>(schema: z.ZodType<Value, Value>, body: Buffer, expected: string): Value =>
  parseJson(schema, body.toString("utf8"), expected, "look whether a registry answers there, and no proxy or web site");

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
