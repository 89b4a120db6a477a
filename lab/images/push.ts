import { withLock } from "../../toolchain/lock";
import { withProgress } from "../../toolchain/progress";
import { ensureImage } from "./build";
import { labImage } from "./catalogue";
import { docker, imageId } from "./engine";
import { parseReference } from "../../images/reference";
import { manifestAt, registryReady } from "./registry";
import { imageCache } from "./storage";

/**
 * Puts an image into a registry under production's repository path and tag, building it first where it is missing.
 * Does nothing when the registry already has that image under that tag.
 * @param registry `host:port` of a registry that the local engine may talk plain HTTP to, e.g. `127.0.0.1:5000`
 * @returns the digest of its manifest there, `sha256:...`
 */
export async function pushImage(name: string, registry: string): Promise<string> {
  const { reference } = labImage(name);
  if (reference === undefined)
    throw new Error(`expected an image that production uses, found "${name}", which only the lab needs`);
  const { repository, tag } = parseReference(reference);
  const local = await ensureImage(name);
  const id = await imageId(local);
  await registryReady(registry);
  return withLock(imageCache("locks", `push-${registry}-${name}`), async () => {
    const there = await manifestAt(registry, repository, tag);
    if (there && (there.config === id || there.digest === id)) return there.digest;
    await withProgress(`pushing ${repository}:${tag}`, () => push(local, `${registry}/${repository}:${tag}`));
    const pushed = await manifestAt(registry, repository, tag);
    if (pushed === undefined)
      throw new Error(`expected ${repository}:${tag} at ${registry} after its push, found nothing`);
    return pushed.digest;
  });
}

/** The engine pushes only what carries the registry's name, so the image carries it for that long. */
async function push(local: string, target: string): Promise<void> {
  await docker("tag", local, target);
  try {
    await docker("push", "--quiet", target);
  } finally {
    await docker("rmi", "--no-prune", target);
  }
}

async function main(name: string | undefined, registry: string | undefined): Promise<void> {
  if (name === undefined || registry === undefined) {
    throw new Error("expected an image and a registry: npx tsx lab/images/push.ts <name> <host:port>");
  }
  process.stdout.write(`${await pushImage(name, registry)}\n`);
}

if (require.main === module) {
  main(process.argv[2], process.argv[3]).catch((error: Error) => {
    process.stderr.write(`${error.message}\n`);
    process.exitCode = 1;
  });
}
