import { run } from "../../toolchain/run";

/**
 * Runs the Docker client against the local engine and returns its standard output.
 * @throws with the client's message when it fails
 */
export async function docker(...args: string[]): Promise<string> {
  const { code, stdout, stderr } = await run("docker", args);
  if (code === 0) return stdout.trim();
  throw new Error(`docker ${args.slice(0, 2).join(" ")} failed with exit code ${code}: ${stderr.trim()}`);
}

/** The engine's id of an image, or undefined when it has none of that reference. */
export async function imageId(reference: string): Promise<string | undefined> {
  const { code, stdout } = await run("docker", ["image", "inspect", "--format", "{{.Id}}", reference]);
  return code === 0 ? stdout.trim() : undefined;
}
