import type { CommandRunner } from "../ssh/transport";
import type { EngineHost } from "./engine/api";
import { imageIdOf, pullImage, type RegistryLogin } from "./pull";

/** What it takes to have an image again. */
interface Known {
  /** The engine's own name of the content. */
  id: string;
  /** `repository:tag`, perhaps with a digest behind it. */
  reference: string;
  /** `repository@sha256:…`, where that is known. */
  content?: string | undefined;
  /** How to log in at registries, of which the image's gets its own. */
  logins?: readonly RegistryLogin[] | undefined;
}

const LISTING = ["docker", "image", "ls", "--no-trunc", "--digests", "--format", "{{.ID}} {{.Repository}}@{{.Digest}}"];

/** By which name registries know an image's content: `repository@sha256:…`; undefined for one that no registry gave. */
export async function contentOf(host: CommandRunner, id: string, reference: string): Promise<string | undefined> {
  const lines = (await host.run(LISTING)).stdout.split("\n").map((line) => line.split(" "));
  const names = lines.flatMap(([found, name = ""]) => (found === id && !name.includes("<none>") ? [name] : []));
  // The engine leaves out Docker Hub's own name; the same content may have come from several repositories.
  return names.find((name) => reference.includes(name.replace(/@.*$/, ""))) ?? names[0];
}

/**
 * Pulls an image again that was removed from the host meanwhile, by its content where that is known.
 * @throws when it cannot be had, or when its tag names another content by now
 */
export async function pullAgain(
  host: EngineHost,
  { id, reference, content = reference, logins }: Known,
): Promise<void> {
  const pulled = await pullImage(host, content, logins);
  if (pulled === id || (await imageIdOf(host, id)) !== undefined) return;
  throw new Error(
    `${host.name}: expected ${content} to be the image ${id}, found ${pulled}: its tag was given to another one`,
  );
}
