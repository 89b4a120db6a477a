import type { CommandRunner } from "../ssh/transport";
import { attachmentsOf } from "./attachments";
import type { Container } from "./container";
import { readNote } from "./read-note";

/** Where a service's container and what belongs to it are on a host. */
export interface Place {
  /** The container's name. */
  container: string;
  /** Folder that keeps the last version that was healthy. */
  lastHealthy: string;
  /** Folder of the service's configuration files; it need not exist. */
  configs: string;
}

/** A version of a service that was healthy: what it takes to run it again. */
export interface Version {
  /** The container that was healthy. */
  containerId: string;
  /** Names the content of the files that it had read. */
  revision: string;
  /** Reference of its image, for messages. */
  image: string;
  /** `repository@sha256:…` by which registries know the image's content; absent where they do not, or nobody asked. */
  content?: string;
  /** What the engine creates its container from. Secrets are no part of it: they are files. */
  description: Description;
}

/** What the engine creates a container from; we read no more of it than the id of its image. */
export interface Description {
  Image: string;
  [other: string]: unknown;
}

/** On a container that serves in place of a failed one: the image of the version that it is. */
export const PREVIOUS_LABEL = "dev.vpai.previous";

/** The folder is exchanged as a whole, so that an interruption leaves the old version or the new one. */
const KEEP = `set -eu
folder=$1 configs=$2
umask 077; rm -rf "$folder.new"; mkdir -p "$folder.new"
if [ -d "$configs" ]; then cp -a "$configs" "$folder.new/configs"; fi
cat > "$folder.new/version.json"; sync "$folder.new/version.json"
rm -rf "$folder"; mv "$folder.new" "$folder"`;

const READ = `[ -e "$1/version.json" ] || exit 44
cat "$1/version.json"`;

/** Exit code of READ when no version is kept. */
const NONE = 44;

/** The last healthy version; undefined when there was none. */
export async function lastHealthyVersion(host: CommandRunner, { lastHealthy }: Place): Promise<Version | undefined> {
  const answer = await host.run(["sh", "-c", READ, "vpai", lastHealthy]);
  if (answer.code === NONE) return undefined;
  if (answer.code !== 0) throw new Error(`${host.name}: cannot read ${lastHealthy}: ${answer.stderr.trim()}`);
  return JSON.parse(answer.stdout) as Version;
}

/** Keeps a healthy version, with a copy of its configuration files, in place of the one before. */
export async function keepVersion(host: CommandRunner, place: Place, version: Version): Promise<void> {
  await host.output(["sh", "-c", KEEP, "vpai", place.lastHealthy, place.configs], { stdin: JSON.stringify(version) });
}

export async function forgetVersion(host: CommandRunner, { lastHealthy }: Place): Promise<void> {
  await host.output(["rm", "-rf", "--", lastHealthy, `${lastHealthy}.new`, readNote(lastHealthy)]);
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
