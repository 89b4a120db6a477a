import type { CommandRunner } from "../ssh/transport";

/** What is left on the disk of a folder. */
export interface Space {
  /** The folder that was asked for. */
  folder: string;
  /** MiB that root may still write. */
  freeMiB: number;
  /** Files that it takes yet; undefined where the file system does not count them. */
  freeInodes?: number;
}

/** Who listens where. */
export interface Listener {
  protocol: "tcp" | "udp";
  /** `*` for all addresses of IPv4 and IPv6. */
  address: string;
  port: number;
  /** Name of the program; empty where nobody can tell. */
  program: string;
}

/** A container that runs, and the ports of the host that it has. */
interface Publisher {
  name: string;
  /** `443/tcp`. */
  ports: string[];
  /** Its labels, `name=value`. */
  labels: string[];
}

/** A Docker engine, and the kernel below it. */
export interface EngineFacts {
  /** Version of its API, `1.47`. */
  api: string;
  /** Version of the engine, `26.1.5`. */
  version: string;
  /** `6.12.43+deb13-amd64` */
  kernel: string;
  /** Whether containers get a memory limit. */
  limitsMemory: boolean;
}

/** A host as it is now. */
export interface HostFacts {
  engine: EngineFacts;
  disks: Space[];
  /** MiB. */
  memory: { total: number; available: number };
  listeners: Listener[];
  containers: Publisher[];
  /** Its IPv4 addresses; empty where it cannot tell. */
  addresses: string[];
}

/** Everything by one command. A part that a host has no program for is empty. Each line begins with the name of its part. */
const LOOK = `set -u
folder=$1
tell() { sed "s/^/$1 /"; }
space() {
  at=$1
  while [ ! -d "$at" ]; do at=$(dirname -- "$at"); done
  df -k --output=avail,itotal,iavail -- "$at" | tail -n 1 | sed "s|\\$| $1|" | tell disk
}
docker version --format '{{.Server.APIVersion}} {{.Server.Version}} {{.Server.KernelVersion}}' | tell engine
docker info --format '{{.MemoryLimit}}' | tell limits
space "$folder"
space "$(docker info --format '{{.DockerRootDir}}')"
if docker info --format '{{.DriverStatus}}' | grep -q containerd.snapshotter; then space /var/lib/containerd; fi
sed -n 's/^\\(MemTotal\\|MemAvailable\\|SwapFree\\): *\\([0-9]*\\) kB$/memory \\1 \\2/p' /proc/meminfo
ss -Hltnup 2>/dev/null | tell listener
ip -4 -o addr 2>/dev/null | tell address
docker ps --format '{{.Names}}\t{{.Ports}}\t{{.Labels}}' | tell container`;

/** Looks at a host. @param folder of the platform; it need not be there yet @throws when the engine does not answer */
export async function factsOf(host: CommandRunner, folder: string): Promise<HostFacts> {
  const answer = await host.run(["sh", "-c", LOOK, "vpai", folder]);
  const facts = readFacts(answer.stdout);
  if (facts !== undefined) return facts;
  throw new Error(
    `${host.name}: expected a Docker engine that says what it is, found: ${answer.stderr.trim() || "no answer"}. ` +
      "Look at `journalctl -u docker` there.",
  );
}

/** What the lines of a look say; undefined when they say nothing of an engine. */
export function readFacts(text: string): HostFacts | undefined {
  const lines = text.split("\n").map((line) => [line.slice(0, line.indexOf(" ")), line.slice(line.indexOf(" ") + 1)]);
  const part = (wanted: string): string[] => lines.flatMap(([name, rest = ""]) => (name === wanted ? [rest] : []));
  const [api, version, kernel] = (part("engine")[0] ?? "").split(" ");
  if (api === undefined || version === undefined || kernel === undefined) return undefined;
  const memory = new Map(part("memory").map((line) => line.split(" ") as [string, string]));
  const mebibytes = (name: string): number => Math.floor(Number(memory.get(name) ?? 0) / 1024);
  return {
    engine: { api, version, kernel, limitsMemory: part("limits")[0] !== "false" },
    disks: part("disk").map(spaceOf),
    memory: { total: mebibytes("MemTotal"), available: mebibytes("MemAvailable") + mebibytes("SwapFree") },
    listeners: part("listener").map(listenerOf),
    containers: part("container").map(publisherOf),
    addresses: part("address").flatMap((line) => / inet ([0-9.]+)\//.exec(line)?.[1] ?? []),
  };
}

function spaceOf(line: string): Space {
  const [, kibibytes = "0", inodes, freeInodes, folder = ""] = /^ *(\d+) +(\S+) +(\S+) (.*)$/.exec(line) ?? [];
  const counted = Number(inodes) > 0;
  return {
    folder,
    freeMiB: Math.floor(Number(kibibytes) / 1024),
    ...(counted ? { freeInodes: Number(freeInodes) } : {}),
  };
}

/** A line of `ss -Hltnup`: protocol, state, two queues, own address and port, the peer's, who it is. */
function listenerOf(line: string): Listener {
  const [protocol, , , , own = "", , ...who] = line.trim().split(/\s+/);
  const colon = own.lastIndexOf(":");
  return {
    protocol: protocol === "udp" ? "udp" : "tcp",
    address: own.slice(0, colon).replace(/%.*$/, ""),
    port: Number(own.slice(colon + 1)),
    program: /"([^"]*)"/.exec(who.join(" "))?.[1] ?? "",
  };
}

/** Ports of IPv4 and IPv6, and ranges of them, as `docker ps` writes them: `0.0.0.0:80->80/tcp, [::]:81-82->81-82/tcp`. */
function publisherOf(line: string): Publisher {
  const [name = "", ports = "", labels = ""] = line.split("\t");
  const published = ports.split(", ").flatMap((port) => {
    const [, first, last, protocol = "tcp"] = /:(\d+)(?:-(\d+))?->\S+\/(\w+)$/.exec(port) ?? [];
    if (first === undefined) return [];
    const count = Number(last ?? first) - Number(first) + 1;
    return Array.from({ length: count }, (_none, index) => `${Number(first) + index}/${protocol}`);
  });
  return { name, ports: [...new Set(published)], labels: labels.split(",") };
}
