import { pulumiOutput } from "../stack/pulumi";
import type { ReleaseManifest } from "../backups/release";

/**
 * What the stack's file is told to run from now on. The tag may have moved meanwhile: the content is named where its registry gave
 * it. A lab builds its images, and knows them by their tags.
 * @param content `repository@sha256:…`, where that is known
 */
export function pinOf({ from }: Pick<ReleaseManifest, "from">, content: string | undefined, stack: string): string {
  const digest = content?.split("@")[1];
  return stack === "lab" || digest === undefined || from.reference.includes("@")
    ? from.reference
    : `${from.reference}@${digest}`;
}

/** Has the next `up` keep an image, by the stack's file. @returns the key */
export async function pinImage(stack: string, service: string, image: string): Promise<string> {
  const key = `vpai:overrides.${service}.image`;
  await pulumiOutput(stack, "config", "set", "--path", key, image, "--stack", stack);
  return key;
}
