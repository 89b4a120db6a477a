import { z } from "zod";
import { parseJson } from "../../model/foreign-json";
import type {
  Seen,
  SeenCondition,
  SeenContainer,
  SeenDisk,
  SeenEngine,
  SeenFile,
  SeenListener,
  SeenUser,
} from "./seen";

/** Lines of a look by the name of their part. */
type Parts = (name: string) => string[];

/** What the lines of a look say. @throws where they are none */
export function readLook(text: string): Seen {
  const byName = new Map<string, string[]>();
  for (const line of text.split("\n")) {
    const tab = line.indexOf("\t");
    if (tab < 0) continue;
    const name = line.slice(0, tab);
    byName.set(name, [...(byName.get(name) ?? []), line.slice(tab + 1)]);
  }
  const part: Parts = (name) => byName.get(name) ?? [];
  const trouble = part("trouble");
  if (trouble.length > 0)
    throw new Error(`expected a look at all of the host, found that it failed there: ${trouble.join(", ")}`);
  if (part("user").length === 0) throw new Error("expected a host that tells its users, found none in its answer");
  return {
    users: part("user").map(userOf),
    groups: Object.fromEntries(part("group").map(groupOf)),
    keys: part("key").map((line) => {
      const [user = "", file = "", key = ""] = line.split("\t");
      return { user, file, key };
    }),
    files: part("placed").map((line): SeenFile => {
      const [origin, path = ""] = line.split("\t");
      return { path, origin: origin as SeenFile["origin"] };
    }),
    enabled: new Map(part("enabled").map((line) => line.split("\t") as [string, string])),
    listeners: listenersOf(part),
    addresses: part("address").flatMap((line) => {
      const [, name, address] = /^\d+: (\S+) +inet6? ([0-9a-f.:]+)/.exec(line) ?? [];
      return name === undefined || address === undefined ? [] : [{ address, interface: name }];
    }),
    containers: part("container").map(containerOf),
    networks: part("network").map((line) =>
      parseJson(networkSchema, line, "a network as the host's engine tells of it"),
    ),
    volumes: part("volume"),
    engine: engineOf(part),
    admin: part("admin").map((line) => {
      const [container = "", network = ""] = line.split("\t");
      return { container, network };
    }),
    sshd: sshdOf(part("sshd")),
    sysctl: new Map(part("sysctl").map((line) => line.split("\t") as [string, string])),
    rights: part("file").map((line) => {
      const [mode = "", owner = "", path = ""] = line.split("\t");
      return { mode, owner, path };
    }),
    condition: conditionOf(part),
  };
}

function userOf(line: string): SeenUser {
  const [name = "", , uid = "", , , , shell = ""] = line.split(":");
  return { name, uid: Number(uid), shell };
}

function groupOf(line: string): [string, string[]] {
  const [name = "", , , members = ""] = line.split(":");
  return [name, members.split(",").filter((member) => member !== "")];
}

/** An option that is said several times has its values in lines. */
function sshdOf(lines: readonly string[]): Map<string, string> {
  const options = new Map<string, string>();
  for (const line of lines) {
    const [name = "", ...value] = line.split(" ");
    const before = options.get(name);
    options.set(name, [...(before === undefined ? [] : [before]), value.join(" ")].join("\n"));
  }
  return options;
}

function listenersOf(part: Parts): SeenListener[] {
  const units = new Map(
    part("process").map((line) => {
      const [pid = "", unit = "", unitFile = ""] = line.split("\t");
      return [pid, { unit, unitFile }];
    }),
  );
  return part("listener").map((line) => {
    const [protocol, , , , own = "", , ...who] = line.trim().split(/\s+/);
    const colon = own.lastIndexOf(":");
    const [, program = "", pid = ""] = /"([^"]*)",pid=(\d+)/.exec(who.join(" ")) ?? [];
    return {
      protocol: protocol === "udp" ? "udp" : "tcp",
      address: own
        .slice(0, colon)
        .replace(/%.*$/, "")
        .replace(/^\[(.*)\]$/, "$1"),
      port: Number(own.slice(colon + 1)),
      program,
      ...units.get(pid),
    };
  });
}

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

function containerOf(line: string): SeenContainer {
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

const engineSchema = z.looseObject({ driver: z.string(), live: z.boolean() });

function engineOf(part: Parts): SeenEngine | undefined {
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

function conditionOf(part: Parts): SeenCondition {
  const first = (name: string): string[] => (part(name)[0] ?? "").trim().split(" ");
  const memory = new Map(part("memory").map((line) => line.split(" ") as [string, string]));
  const load = first("load").map(Number);
  const [seconds = "0", isSynchronized] = first("clock");
  const [running = "", installed = ""] = first("kernel");
  const reboot = part("reboot");
  return {
    disks: part("disk").map(diskOf),
    memory: {
      totalKiB: Number(memory.get("MemTotal") ?? 0),
      availableKiB: Number(memory.get("MemAvailable") ?? 0),
    },
    load: load.slice(0, 3),
    processors: load[3] ?? 1,
    failedUnits: part("failed"),
    clock: { seconds: Number(seconds), isSynchronized: isSynchronized === "yes" },
    reboot: reboot.length === 0 ? undefined : reboot.join(" ").trim(),
    kernel: { running, installed },
    vpn: part("vpn")[0],
    metrics: new Map(
      part("metric").map((line): [string, number] => [
        line.slice(0, line.lastIndexOf(" ")),
        Number(line.slice(line.lastIndexOf(" ") + 1)),
      ]),
    ),
    engineAnswers: part("engine").length > 0,
  };
}

function diskOf(line: string): SeenDisk {
  const [free = "0", size = "0", inodes = "0", freeInodes = "0", ...folder] = line.trim().split(/\s+/);
  return {
    folder: folder.join(" "),
    freeKiB: Number(free),
    sizeKiB: Number(size),
    inodes: Number(inodes) || 0,
    freeInodes: Number(inodes) > 0 ? Number(freeInodes) : undefined,
  };
}
