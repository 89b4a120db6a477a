import type { Kind } from "../implementation";
import { resourceOf } from "../resource";
import type { Connection } from "../ssh/connection";
import { type CommandRunner, transportTo } from "../ssh/transport";

/** An image on a host's Docker engine. */
export interface HostImageInputs {
  connection: Connection;
  /** What to pull: `registry/repository:tag`, with `@sha256:…` behind it where the content is known beforehand. */
  reference: string;
}

export interface HostImageState extends HostImageInputs {
  /** The engine's own name of the content, `sha256:…`: what a container is made from. */
  imageId: string;
}

export const hostImageKind: Kind<HostImageInputs, HostImageState> = {
  version: 1,
  identity: [],
  id: ({ reference }) => reference.replace(/@.*$/, "").replace(/:[^/]*$/, ""),
  async ensure(inputs) {
    const host = transportTo(inputs.connection);
    const imageId = (await idOf(host, inputs.reference)) ?? (await pull(host, inputs.reference));
    return { ...inputs, imageId };
  },
  async observe(state) {
    const imageId = await idOf(transportTo(state.connection), state.reference);
    return imageId === undefined ? undefined : { ...state, imageId };
  },
  async remove() {
    // It stays: the version before may have to serve again, and another service may use the same one.
  },
};

/** The id of an image that the engine has; undefined when it has none by that name. */
async function idOf(host: CommandRunner, reference: string): Promise<string | undefined> {
  const answer = await host.run(["docker", "image", "inspect", "--format", "{{.Id}}", "--", reference]);
  if (answer.code === 0) return answer.stdout.trim();
  if (/no such (image|object)/i.test(answer.stderr)) return undefined;
  throw new Error(`${host.name}: docker inspect of the image ${reference} failed: ${answer.stderr.trim()}`);
}

async function pull(host: CommandRunner, reference: string): Promise<string> {
  const answer = await host.run(["docker", "pull", "--quiet", "--", reference]);
  const id = answer.code === 0 ? await idOf(host, reference) : undefined;
  if (id !== undefined) return id;
  throw new Error(
    `${host.name}: expected to pull the image ${reference}, found: ${answer.stderr.trim() || "it is not there after the pull"}. ` +
      "See that the tag exists and that the host reaches the registry; nothing of the service was changed.",
  );
}

/** An image on a host: pulled unless the host has it, and left there. */
export class HostImage extends resourceOf(hostImageKind, {
  type: "vpai/docker:HostImage",
  name: "hostImage",
  outputs: { imageId: "plain" },
}) {}
