import { nameOf } from "../engine/urn";
import type { Resource } from "./resources";

/**
 * The host that has to be reached for a resource, or whose computer it is; undefined for what belongs to the stack. The login
 * tells, and the Docker engine; where there is neither, the name's first part.
 * @param hosts names of the stack's hosts
 */
export function hostOf({ name, login, provider }: Resource, hosts: readonly string[]): string | undefined {
  const engine = provider === undefined ? undefined : nameOf(provider);
  return (
    hosts.find((host) => login.some((urn) => nameOf(urn) === `${host}/docker`)) ??
    hosts.find((host) => engine === `${host}/engine`) ??
    hosts.find((host) => name === host || name.startsWith(`${host}/`))
  );
}
