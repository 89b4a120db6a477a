import type { CommandRunner } from "../ssh/transport";

/** The id of an image that the engine has; undefined when it has none by that name. */
export async function imageIdOf(host: CommandRunner, reference: string): Promise<string | undefined> {
  const answer = await host.run(["docker", "image", "inspect", "--format", "{{.Id}}", "--", reference]);
  if (answer.code === 0) return answer.stdout.trim();
  if (/no such (image|object)/i.test(answer.stderr)) return undefined;
  throw new Error(`${host.name}: docker inspect of the image ${reference} failed: ${answer.stderr.trim()}`);
}

/**
 * Pulls an image on a host.
 * @returns the engine's own name of the content, `sha256:…`
 * @throws when it cannot be had, with what the engine said
 */
export async function pullImage(host: CommandRunner, reference: string): Promise<string> {
  const answer = await host.run(["docker", "pull", "--quiet", "--", reference]);
  const id = answer.code === 0 ? await imageIdOf(host, reference) : undefined;
  if (id !== undefined) return id;
  throw new Error(
    `${host.name}: expected to pull the image ${reference}, found: ${answer.stderr.trim() || "it is not there after the pull"}. ` +
      "See that the tag exists and that the host reaches the registry; nothing of the service was changed.",
  );
}
