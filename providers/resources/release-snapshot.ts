import { backupCommand } from "../backups/program";
import { conditionOf, type Container, inspectContainer } from "../docker/container";
import { contentOf } from "../docker/image-content";
import { descriptionOf, lastHealthyVersion, type Place, PREVIOUS_LABEL, type Version } from "../docker/last-healthy";
import type { Kind } from "../implementation";
import { resourceOf } from "../resource";
import type { Connection } from "../ssh/connection";
import { CommandError, type Transport, transportTo } from "../ssh/transport";

/** What a service keeps, copied right before its container makes way for one of another image (docs/releases.md). */
export interface ReleaseSnapshotInputs extends Place {
  connection: Connection;
  /** The service's name. */
  service: string;
  /** The image's id: another one than that of the container that is there calls for a copy. */
  image: string;
  /** Reference of the image. */
  reference: string;
  /** Name of the systemd service of the host's backups, whose program makes the copies. */
  unit: string;
  /** How many releases of the service stay; at least 1. */
  kept: number;
}

interface ReleaseSnapshotState extends ReleaseSnapshotInputs {
  /** The newest release that this has made; empty where there was nothing to copy. */
  release: string;
}

export const releaseSnapshotKind: Kind<ReleaseSnapshotInputs, ReleaseSnapshotState> = {
  version: 1,
  identity: ["container"],
  title: ({ service, connection }) => `release of ${service} on ${connection.host}`,
  async ensure(inputs, before) {
    const host = transportTo(inputs.connection);
    const container = await inspectContainer(host, inputs.container);
    const unchanged = { ...inputs, release: before?.release ?? "" };
    // A new service has nothing to lose; one of the same image, or that went back to it, keeps it.
    if (container === undefined || container.Image === inputs.image) return unchanged;
    const kept = await lastHealthyVersion(host, inputs);
    if (kept === undefined && NEVER_SERVED.includes(conditionOf(container))) return unchanged;
    return { ...inputs, release: await copy(host, inputs, { container, kept }) };
  },
  /** They say how it was at the last change: what happens to a release on the host calls for no other one. */
  observe: (state) => Promise.resolve(state),
  async remove() {
    // Releases stay: they are all that is left of the service's data at these moments.
  },
};

/** What a container is that nobody has seen healthy yet: another image may be what mends it, and there is nothing to copy. */
const NEVER_SERVED = ["created", "restarting", "starting", "unhealthy"];

/** What makes way for another image. */
interface Leaving {
  container: Container;
  /** The last healthy version; undefined when there was none. */
  kept: Version | undefined;
}

/** @returns the release's name @throws when there is none now: then the container is left as it is */
async function copy(host: Transport, inputs: ReleaseSnapshotInputs, leaving: Leaving): Promise<string> {
  const { service, kept, image, reference, unit } = inputs;
  const { version, configs } = await versionOf(host, inputs, leaving);
  const command = await backupCommand(host, unit);
  const id = version.description.Image;
  const told = [service, String(kept), version.image, id, reference, image, version.revision, configs];
  try {
    const said = await host.output([...command, "release", ...told], { stdin: JSON.stringify(version) });
    return /^(\S+): \d+ KiB, complete$/m.exec(said)?.[1] ?? "";
  } catch (error) {
    if (!(error instanceof CommandError)) throw error;
    throw new Error(
      `${service} on ${inputs.connection.host}: expected a copy of its data before ${reference} takes it on in place of ` +
        `${version.image}, found that there is none: ${error.answer.stderr.trim()}. Its container was left as it is: mend that and run up again.`,
      { cause: error },
    );
  }
}

/** What runs, and where its own configuration files are: those in use may be the next version's by now. */
async function versionOf(
  host: Transport,
  inputs: ReleaseSnapshotInputs,
  { container, kept }: Leaving,
): Promise<{ version: Version; configs: string }> {
  const previous = container.Config.Labels?.[PREVIOUS_LABEL];
  const isKept = kept?.containerId === container.Id || (previous !== undefined && kept?.image === previous);
  const reference = isKept ? kept.image : (previous ?? (await nameOf(host, container.Image)));
  const content = await contentOf(host, container.Image, reference);
  return {
    version: {
      containerId: container.Id,
      revision: isKept ? kept.revision : "",
      image: reference,
      ...(content === undefined ? {} : { content }),
      description: descriptionOf(container, reference, inputs),
    },
    configs: isKept ? `${inputs.lastHealthy}/configs` : inputs.configs,
  };
}

/** A name of an image that nobody has noted; its id where it has none. */
async function nameOf(host: Transport, id: string): Promise<string> {
  const format = "{{range .RepoTags}}{{.}} {{end}}{{range .RepoDigests}}{{.}} {{end}}";
  const { stdout } = await host.run(["docker", "image", "inspect", "--format", format, "--", id], { reads: true });
  return stdout.trim().split(" ")[0] || id;
}

/** Opens when a service that is to get another image has had its data copied; at once where it keeps the one it has. */
export class ReleaseSnapshot extends resourceOf(releaseSnapshotKind, {
  type: "vpai/host:ReleaseSnapshot",
  name: "releaseSnapshot",
  outputs: { release: "plain" },
}) {}
