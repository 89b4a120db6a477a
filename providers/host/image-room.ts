import type { CommandRunner } from "../ssh/transport";

/** MiB of an image of which the host has no other version; layers arrive packed, and are there twice for a moment. */
const UNKNOWN_IMAGE = 1024;

/** A new version is taken to be this much larger than the largest one that the host has. */
const GROWTH = 1.25;

/** MiB that are left when all is pulled. */
const RESERVE = 256;

/** MiB that pulls under way have been promised, by host: several images share the room. */
const promised = new Map<string, number>();

/** Bytes of the versions that the engine has of an image, then the KiB that are free on each of its disks. */
const LOOK = `set -u
docker image ls --quiet --no-trunc -- "$1" | sort -u | xargs -r docker image inspect --format 'has {{.Size}}'
root=$(docker info --format '{{.DockerRootDir}}')
if docker info --format '{{.DriverStatus}}' | grep -q containerd.snapshotter; then root="/var/lib/containerd $root"; fi
df -k --output=avail -- $root | sed -n 's/^ *\\([0-9][0-9]*\\)$/free \\1/p'`;

/**
 * Pulls an image if the engine's disk has room for it beside those that are being pulled.
 * @param reference with a tag, a digest, or both
 * @throws before anything is pulled when it has not
 */
export async function whileRoomFor<T>(host: CommandRunner, reference: string, pull: () => Promise<T>): Promise<T> {
  const { needed, free } = await roomFor(host, reference);
  const others = promised.get(host.name) ?? 0;
  if (free !== undefined && free < needed + others + RESERVE) {
    throw new Error(
      `${host.name}: expected room on the engine's disk for the image ${reference} (about ${needed} MiB${others > 0 ? `, beside ${others} MiB of others` : ""}, ` +
        `and ${RESERVE} MiB to spare), found ${free} MiB: free some there (\`docker system df\`) or enlarge the disk, then run up again.`,
    );
  }
  promised.set(host.name, others + needed);
  try {
    return await pull();
  } finally {
    promised.set(host.name, (promised.get(host.name) ?? needed) - needed);
  }
}

/** What an image may need on the engine's disk and what is free there, in MiB; `free` is undefined where the host does not tell. */
export async function roomFor(host: CommandRunner, reference: string): Promise<{ needed: number; free?: number }> {
  const { stdout } = await host.run(["sh", "-c", LOOK, "vpai", repositoryOf(reference)]);
  const figures = (name: string): number[] =>
    [...stdout.matchAll(new RegExp(`^${name} (\\d+)$`, "gm"))].map(([, figure]) => Number(figure));
  const [sizes, free] = [figures("has"), figures("free")];
  return {
    needed: sizes.length === 0 ? UNKNOWN_IMAGE : Math.ceil((Math.max(...sizes) * GROWTH) / 2 ** 20),
    ...(free.length === 0 ? {} : { free: Math.floor(Math.min(...free) / 1024) }),
  };
}

/** The repository of a reference, as the engine lists it. */
const repositoryOf = (reference: string): string =>
  reference
    .replace(/@.*$/, "")
    .replace(/:[^:/]*$/, "")
    .replace(/^docker\.io\/(library\/)?/, "");
