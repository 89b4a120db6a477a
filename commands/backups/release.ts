import { z } from "zod";
import { ageOf, eachIn, type Manifest, manifestSchema, sizeOf } from "./manifest";

/** An image as a release has it. */
const imageSchema = z.object({
  /** As it was configured. */
  reference: z.string(),
  /** The engine's own name of its content. */
  image: z.string(),
});

const releaseSchema = manifestSchema.extend({
  service: z.string(),
  from: imageSchema,
  to: imageSchema,
  /** Names the configuration files of then. */
  revision: z.string(),
});

/** What a service kept right before another image took its place, as the host wrote it down. */
export type ReleaseManifest = z.infer<typeof releaseSchema>;

/** Manifests as a host gives them, the oldest first. @param text each ends with a NUL */
export const releasesIn = (text: string): ReleaseManifest[] => eachIn(releaseSchema, text, "the manifest of a release");

/** `2.7.3` of `docker.io/n8nio/n8n:2.7.3@sha256:…`. */
const tagOf = (reference: string): string => /:([^:/@]+)(?:@.*)?$/.exec(reference)?.[1] ?? reference;

/** Rows of all that was counted: tables, collections, keys, files. */
const rowsIn = ({ parts }: Manifest): number =>
  parts.flatMap(({ rows }) => Object.values(rows)).reduce((sum, count) => sum + count, 0);

/** @param there ids of the images that the host has */
export const releaseRow = (release: ReleaseManifest, there: ReadonlySet<string>, now: Date): string[] => [
  release.set,
  ageOf(release.started, now),
  release.from.reference,
  release.to.reference,
  sizeOf(release.bytes),
  String(rowsIn(release)),
  there.has(release.from.image) ? "on the host" : "gone, to be pulled",
];

/**
 * The release that is meant.
 * @param to its name, or the tag that it goes back to: the newest of those. Default: the newest
 * @throws where there is none, naming those there are
 */
export function releaseTo(releases: readonly ReleaseManifest[], to: string, service: string): ReleaseManifest {
  const meant = releases.filter(({ set, from }) => to === "" || set === to || tagOf(from.reference) === to);
  const found = meant.at(-1);
  if (found !== undefined) return found;
  if (releases.length === 0)
    throw new Error(
      `${service}: expected a release to go back to, found none: one is made right before a service gets another image`,
    );
  const there = releases.map(({ set }) => set).join(", ");
  throw new Error(
    `${service}: expected one of its releases, or a tag of theirs, in TO, found ${to}; there are ${there}`,
  );
}
