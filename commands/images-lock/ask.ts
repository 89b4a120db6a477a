import type { LockedImage } from "../../images/lock";
import { parseReference } from "../../images/reference";
import { RegistryClient } from "../../images/registry/client";
import { basicCredentials } from "../../images/registry/credentials";
import { findImage } from "../../images/registry/manifest";

/** Where Docker Hub's images are served; `docker.io` is only its name. */
const DOCKER_HUB = "https://registry-1.docker.io";

/** How a stack logs in at a registry. */
export interface Credentials {
  /** `user:password` in base64. */
  basic: string;
  /** Whose they are, for messages. */
  login: string;
}

/** This machine's own registries speak plain HTTP, as Docker's engine has it. */
const endpointOf = (registry: string): string => {
  if (registry === "docker.io") return DOCKER_HUB;
  return `${/^127\.[0-9.]+(:|$)/.test(registry) ? "http" : "https"}://${registry}`;
};

/**
 * Asks an image's registry what it has under the tag.
 * @param logins of the stack, by registry; without one, docker's own is taken where there is one
 * @param mirror base address of the registry to ask instead, which has the images of all under their paths; it gets no
 * credentials
 */
export async function askRegistry(
  reference: string,
  logins: ReadonlyMap<string, Credentials>,
  mirror?: string,
): Promise<LockedImage> {
  const { registry, repository, tag } = parseReference(reference);
  const access =
    mirror === undefined
      ? { endpoint: endpointOf(registry), ...(logins.get(registry) ?? { basic: basicCredentials(registry) }) }
      : { endpoint: mirror.replace(/\/+$/, "") };
  return findImage(new RegistryClient(access), repository, tag);
}
