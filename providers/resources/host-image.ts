import { imageIdOf, pullImage, type RegistryLogin } from "../docker/pull";
import type { Kind } from "../implementation";
import { resourceOf } from "../resource";
import type { Connection } from "../ssh/connection";
import { whileRoomFor } from "../host/image-room";
import { transportTo } from "../ssh/transport";

/** An image on a host's Docker engine. */
export interface HostImageInputs {
  connection: Connection;
  /** What to pull: `registry/repository:tag`, with `@sha256:…` behind it where the content is known beforehand. */
  reference: string;
  /** How to log in at its registry. Absent: as a stranger, or as whoever the host's own Docker knows. */
  login?: RegistryLogin;
}

export interface HostImageState extends HostImageInputs {
  /** The engine's own name of the content, `sha256:…`: what a container is made from. */
  imageId: string;
}

export const hostImageKind: Kind<HostImageInputs, HostImageState> = {
  version: 1,
  identity: [],
  transient: ["login"],
  id: ({ reference }) => reference.replace(/@.*$/, "").replace(/:[^/]*$/, ""),
  async ensure(inputs) {
    const host = transportTo(inputs.connection);
    const { reference, login } = inputs;
    const logins = login === undefined ? [] : [login];
    const pull = (): Promise<string> => pullImage(host, reference, logins);
    const imageId = (await imageIdOf(host, reference)) ?? (await whileRoomFor(host, reference, pull));
    return { ...inputs, imageId };
  },
  async observe(state) {
    const imageId = await imageIdOf(transportTo(state.connection), state.reference);
    return imageId === undefined ? undefined : { ...state, imageId };
  },
  async remove() {
    // It stays: the version before may have to serve again, and another service may use the same one.
  },
};

/** An image on a host: pulled unless the host has it, and left there. */
export class HostImage extends resourceOf(hostImageKind, {
  type: "vpai/docker:HostImage",
  name: "hostImage",
  outputs: { imageId: "plain" },
}) {}
