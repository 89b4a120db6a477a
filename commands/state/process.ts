import { readdirSync, readFileSync, readlinkSync } from "node:fs";
import os from "node:os";
import { z } from "zod";

/** Tells a process from every other one that there was or will be: a process id alone is used anew. */
export const identitySchema = z.object({
  pid: z.int().positive(),
  hostname: z.string(),
  /** Of the installation; empty where it has none. */
  machine: z.string(),
  /** Of the kernel's run: containers of one machine share it. */
  boot: z.string(),
  /** In which the process id counts. */
  namespace: z.string(),
  /** Ticks from the kernel's start to the process's. */
  started: z.string(),
});
export type Identity = z.infer<typeof identitySchema>;

/** `unknown`: it may run where nobody can look from here. */
export type Life = "lives" | "gone" | "unknown";

/** A process of this machine that has not ended; one that nobody has reaped yet has. */
export interface LiveProcess {
  /** Its process ids, from the outermost namespace that is visible here to its own. */
  readonly pids: readonly number[];
  readonly started: string;
  readonly entry: string;
}

/** All of the machine that are visible here. */
export const liveProcesses = (): LiveProcess[] =>
  readdirSync("/proc")
    .filter((entry) => /^\d+$/.test(entry))
    .flatMap((entry) => processAt(entry) ?? []);

function processAt(entry: string): LiveProcess | undefined {
  const [condition, started] = [2, 21].map((index) => statOf(entry)?.[index]);
  if (condition === undefined || started === undefined || /[ZX]/.test(condition)) return undefined;
  const pids = /^NSpid:\s+(.*)$/m.exec(readProc(`${entry}/status`) ?? "")?.[1];
  return { pids: (pids ?? entry).trim().split(/\s+/).map(Number), started, entry };
}

/** Fields of `/proc/<pid>/stat`, counted from 0; the second one, a name with anything in it, is left empty. */
function statOf(entry: string): string[] | undefined {
  const text = readProc(`${entry}/stat`);
  return text === undefined ? undefined : ["", "", ...text.slice(text.lastIndexOf(")") + 2).split(" ")];
}

/** A process may end while it is looked at. */
export function readProc(name: string): string | undefined {
  try {
    return readFileSync(`/proc/${name}`, "utf8");
  } catch {
    return undefined;
  }
}

/** What a link below `/proc` names; empty where it may not be read. */
export function linkOf(name: string): string {
  try {
    return readlinkSync(`/proc/${name}`);
  } catch {
    return "";
  }
}

/** Identity of this process, or of a child that was just started. */
export function identityOf(pid?: number): Identity {
  return {
    pid: pid ?? process.pid,
    hostname: os.hostname(),
    machine: machineId(),
    boot: (readProc("sys/kernel/random/boot_id") ?? "").trim(),
    namespace: linkOf("self/ns/pid"),
    started: statOf(pid === undefined ? "self" : String(pid))?.[21] ?? "",
  };
}

function machineId(): string {
  try {
    return readFileSync("/etc/machine-id", "utf8").trim();
  } catch {
    return "";
  }
}

/** The kernel's own number for the namespace that holds all others. */
export const seesAll = (): boolean => linkOf("self/ns/pid") === "pid:[4026531836]";

/** Whether a process that noted its identity still runs. */
export function lifeOf(identity: Identity): Life {
  const here = identityOf();
  if (identity.boot !== here.boot) {
    const same = identity.machine === here.machine && here.machine !== "" && identity.hostname === here.hostname;
    return same ? "gone" : "unknown";
  }
  const found = liveProcesses().some(
    ({ pids, started }) => started === identity.started && pids.includes(identity.pid),
  );
  if (found) return "lives";
  return identity.namespace === here.namespace || seesAll() ? "gone" : "unknown";
}
