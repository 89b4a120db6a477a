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
    networks: part("network").map((line) => JSON.parse(line) as Seen["networks"][number]),
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

/** What a container says of itself, as the look asks for it. */
interface Inspected {
  name: string;
  image: string;
  reference: string;
  state: string;
  labels: Record<string, string> | null;
  user: string;
  healthcheck: { Test?: string[] } | null;
  privileged: boolean;
  capAdd: string[] | null;
  capDrop: string[] | null;
  security: string[] | null;
  memory: number;
  swap: number;
  cpus: number;
  pids: number | null;
  readOnly: boolean;
  ports: Record<string, { HostIp: string; HostPort: string }[] | null> | null;
  network: string;
  pid: string;
  ipc: string;
  devices: { PathOnHost: string }[] | null;
  mounts: { Type: string; Name?: string; Source: string; Destination: string; RW: boolean }[] | null;
  addresses: Record<string, { IPAddress: string }> | null;
  log: { Type: string; Config: Record<string, string> | null };
}

function containerOf(line: string): SeenContainer {
  const said = JSON.parse(line) as Inspected;
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

function engineOf(part: Parts): SeenEngine | undefined {
  const [info] = part("engine");
  if (info === undefined) return undefined;
  const { driver, live } = JSON.parse(info) as { driver: string; live: boolean };
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
