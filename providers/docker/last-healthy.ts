import { z } from "zod";
import type { CommandRunner } from "../ssh/transport";
import { attachmentsOf } from "./networks/attachments";
import type { Container } from "./container";
import { guardNote } from "./data-guard";
import { type KeptPlace, readKept, writeKept } from "../kept-version";
import { readNote } from "./read-note";

/** Where a service's container and what belongs to it are on a host. */
export interface Place extends KeptPlace {
  /** The container's name. */
  container: string;
}

/** What the engine creates a container from; we read no more of it than the id of its image. */
const descriptionSchema = z.looseObject({ Image: z.string() });

export type Description = z.infer<typeof descriptionSchema>;

/** The form in which a version is kept. */
export const versionSchema = z.object({
  /** The container that was healthy. */
  containerId: z.string(),
  /** Names the content of the files that it had read. */
  revision: z.string(),
  /** Reference of its image, for messages. */
  image: z.string(),
  /** `repository@sha256:…` by which registries know the image's content; absent where they do not, or nobody asked. */
  content: z.string().exactOptional(),
  /** What the engine creates its container from. Secrets are no part of it: they are files. */
  description: descriptionSchema,
});

/** A version of a service that was healthy: what it takes to run it again. */
export type Version = z.infer<typeof versionSchema>;

/** On a container that serves in place of a failed one: the image of the version that it is. */
export const PREVIOUS_LABEL = "dev.vpai.previous";

/** The last healthy version; undefined when there was none. */
export const lastHealthyVersion = (host: CommandRunner, place: Place): Promise<Version | undefined> =>
  readKept(versionSchema, host, place);

/** Keeps a healthy version, with a copy of its configuration files, in place of the one before. */
export const keepVersion = (host: CommandRunner, place: Place, version: Version): Promise<void> =>
  writeKept(host, place, version);

/** Takes the kept version away, with its configuration files. */
export async function forgetVersion(host: CommandRunner, { lastHealthy }: Place): Promise<void> {
  await host.output([
    "rm",
    "-rf",
    "--",
    lastHealthy,
    `${lastHealthy}.new`,
    readNote(lastHealthy),
    guardNote(lastHealthy),
  ]);
}

/**
 * What the engine creates the same container from again. It reads the copy of its configuration files, since the files
 * themselves may be those of a later version.
 */
export function descriptionOf(container: Container, image: string, place: Place): Description {
  const { Config, HostConfig, Image } = container;
  const networks = Object.entries(attachmentsOf(container)).map(
    ([network, Aliases]) => [network, { Aliases }] as const,
  );
  return {
    ...Config,
    Image,
    Labels: { ...Config.Labels, [PREVIOUS_LABEL]: image },
    HostConfig: {
      ...HostConfig,
      // The provider attaches networks after the creation, and the mode keeps the default that it left.
      NetworkMode: networks[0]?.[0] ?? HostConfig.NetworkMode,
      Mounts: (HostConfig.Mounts ?? []).map((mount) =>
        mount.Source === place.configs ? { ...mount, Source: `${place.lastHealthy}/configs` } : mount,
      ),
    },
    NetworkingConfig: { EndpointsConfig: Object.fromEntries(networks) as object },
  };
}
