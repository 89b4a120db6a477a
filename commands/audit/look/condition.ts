import type { Parts } from "./parts";
import type { SeenCondition, SeenDisk } from "./seen";

/** How the host itself is: disks, memory, load, clock, kernel and what has failed. */
export function conditionOf(part: Parts): SeenCondition {
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
