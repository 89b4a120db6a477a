import type { LockedImage } from "../../images/lock";
import { parseReference } from "../../images/reference";
import { RegistryClient } from "../../images/registry/client";
import { basicCredentials } from "../../images/registry/credentials";
import { findImage } from "../../images/registry/manifest";

/** Where Docker Hub's images are served; `docker.io` is only its name. */
const DOCKER_HUB = "https://registry-1.docker.io";

/**
 * Asks an image's registry what it has under the tag.
 * @param mirror base address of the registry to ask instead, which has the images of all under their paths; it gets no
 * credentials
 */
export async function askRegistry(reference: string, mirror?: string): Promise<LockedImage> {
  const { registry, repository, tag } = parseReference(reference);
  const access =
    mirror === undefined
      ? { endpoint: registry === "docker.io" ? DOCKER_HUB : `https://${registry}`, basic: basicCredentials(registry) }
      : { endpoint: mirror.replace(/\/+$/, "") };
  return findImage(new RegistryClient(access), repository, tag);
}
