import { z } from "zod";
import { parseJson } from "../../../model/foreign-json";
import type { Parts } from "./parts";
import type { SeenContainer, SeenEngine, SeenNetwork } from "./seen";

const texts = z.array(z.string()).nullable();
const textsByName = z.record(z.string(), z.string()).nullable();

/** What a container says of itself, as the look asks for it. */
const containerSchema = z.looseObject({
  name: z.string(),
  image: z.string(),
  reference: z.string(),
  state: z.string(),
  labels: textsByName,
  user: z.string(),
  healthcheck: z.looseObject({ Test: texts.optional() }).nullable(),
  privileged: z.boolean(),
  capAdd: texts,
  capDrop: texts,
  security: texts,
  memory: z.number(),
  swap: z.number(),
  cpus: z.number(),
  pids: z.number().nullable(),
  readOnly: z.boolean(),
  ports: z
    .record(z.string(), z.array(z.looseObject({ HostIp: z.string(), HostPort: z.string() })).nullable())
    .nullable(),
  network: z.string(),
  pid: z.string(),
  ipc: z.string(),
  devices: z.array(z.looseObject({ PathOnHost: z.string() })).nullable(),
  mounts: z
    .array(
      z.looseObject({
        Type: z.string(),
        Name: z.string().exactOptional(),
        Source: z.string(),
        Destination: z.string(),
        RW: z.boolean(),
      }),
    )
    .nullable(),
  addresses: z.record(z.string(), z.looseObject({ IPAddress: z.string() })).nullable(),
  log: z.looseObject({ Type: z.string(), Config: textsByName }),
});

/** A container, as a line of a look has it. */
export function containerOf(line: string): SeenContainer {
  const said = parseJson(containerSchema, line, "a container as the host's engine tells of it");
  const { name, image, reference, state, user, privileged, memory, swap, cpus, readOnly } = said;
  return {
    ...{ image, reference, state, user, privileged, memory, swap, cpus, readOnly },
    name: name.replace(/^\//, ""),
    labels: said.labels ?? {},
    hasHealthCheck: !["", "NONE"].includes(said.healthcheck?.Test?.[0] ?? ""),
    capAdd: said.capAdd ?? [],
    capDrop: said.capDrop ?? [],
    security: said.security ?? [],
    pids: Math.max(0, said.pids ?? 0),
    bindings: Object.entries(said.ports ?? {}).flatMap(([port, bindings]) =>
      (bindings ?? []).map(({ HostIp: address, HostPort }) => ({ port, address, hostPort: Number(HostPort) })),
    ),
    networkMode: said.network,
    pidMode: said.pid,
    ipcMode: said.ipc,
    devices: (said.devices ?? []).map(({ PathOnHost }) => PathOnHost),
    mounts: (said.mounts ?? []).map(({ Type: type, Name, Source: source, Destination: target, RW: writable }) => ({
      ...{ type, source, target, writable },
      ...(Name === undefined ? {} : { name: Name }),
    })),
    addresses: Object.fromEntries(
      Object.entries(said.addresses ?? {}).map(([network, { IPAddress }]) => [network, IPAddress]),
    ),
    log: { driver: said.log.Type, size: said.log.Config?.["max-size"], files: said.log.Config?.["max-file"] },
  };
}

const networkSchema = z.looseObject({ name: z.string(), internal: z.boolean(), labels: textsByName });

/** A network, as a line of a look has it. */
export const networkOf = (line: string): SeenNetwork =>
  parseJson(networkSchema, line, "a network as the host's engine tells of it");

const engineSchema = z.looseObject({ driver: z.string(), live: z.boolean() });

/** The engine itself; undefined where none answers. */
export function engineOf(part: Parts): SeenEngine | undefined {
  const [info] = part("engine");
  if (info === undefined) return undefined;
  const { driver, live } = parseJson(engineSchema, info, "the engine's word on itself");
  return { logDriver: driver, liveRestore: live, settings: settingsOf(part("daemon").join("")) };
}

function settingsOf(text: string): Record<string, unknown> | undefined {
  if (text.trim() === "") return {};
  try {
    return JSON.parse(text) as Record<string, unknown>;
  } catch {
    return undefined;
  }
}
