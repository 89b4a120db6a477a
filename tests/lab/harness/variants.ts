import { ensureImage } from "../../../lab/images/build";
import type { Lab } from "./lab";
import { succeed } from "./run";

/** Lets a lab take an image that its catalogue lacks for one that is in its registry, as every other stack does. */
export const admitUnknownImages = (lab: Lab): void =>
  lab.replace(
    "components/stack/plans.ts",
    "? { hasImage: isInCatalogue }",
    "? { hasImage: () => true || isInCatalogue }",
  );

/**
 * Puts a variant of a lab image into a lab's registry, which starts another program.
 * @param name of the lab image, e.g. `n8n`
 * @param target `host:port/repository:tag`
 * @param entrypoint what the variant starts
 */
export async function pushVariant(name: string, target: string, entrypoint: readonly string[]): Promise<void> {
  const stdin = `FROM ${await ensureImage(name)}\nENTRYPOINT ${JSON.stringify(entrypoint)}\nCMD []\n`;
  await succeed(["docker", "build", "--quiet", "--tag", target, "-"], { stdin });
  try {
    await succeed(["docker", "push", "--quiet", target]);
  } finally {
    await succeed(["docker", "rmi", target]);
  }
}
