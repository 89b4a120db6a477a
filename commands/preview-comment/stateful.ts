import type { ResourceState } from "./preview";

/** Types whose resources are the data, or the disk that it is on. */
const DATA_TYPES = new Set([
  "docker:index/volume:Volume",
  "hcloud:index/server:Server",
  "hcloud:index/volume:Volume",
  "pulumi-nodejs:dynamic/vpai/postgresql:Database",
]);

/** Whether data would go with a resource. Whatever is protected counts: somebody said so. */
export const isDataResource = (state: ResourceState): boolean =>
  state.retainOnDelete !== true && (state.protect === true || DATA_TYPES.has(state.type));

interface Mount {
  readOnly?: unknown;
  volumeName?: unknown;
  hostPath?: unknown;
  source?: unknown;
  type?: unknown;
}

/** The folders and volumes that a container can write to. */
export function dataAt(container: ResourceState): string[] {
  const { volumes, mounts } = container.inputs ?? {};
  const writable = [...mountsOf(volumes), ...mountsOf(mounts)].filter((mount) => mount.readOnly !== true);
  const places = writable.map((mount) => mount.volumeName ?? mount.hostPath ?? mount.source);
  return [
    ...new Set(places.filter((place): place is string => typeof place === "string" && !isOfSystem(place))),
  ].sort();
}

const mountsOf = (value: unknown): Mount[] =>
  Array.isArray(value) ? value.filter((mount): mount is Mount => typeof mount === "object" && mount !== null) : [];

/** Sockets and the kernel's own file systems hold no data. */
const isOfSystem = (place: string): boolean => place.endsWith(".sock") || /^\/(sys|proc|dev|run)\//.test(place);
