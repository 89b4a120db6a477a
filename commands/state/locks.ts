import os from "node:os";
import { z } from "zod";
import { wholeJson } from "../../model/whole-json";
import type { StackState } from "./backend";
import {
  type Identity,
  type Life,
  lifeOf,
  linkOf,
  liveProcesses,
  type LiveProcess,
  readProc,
  seesAll,
} from "./process";

const lockSchema = z.looseObject({
  pid: z.int().positive(),
  hostname: z.string().min(1),
  timestamp: z.string().optional(),
});

/** Whose a lock of the engine is: process id, name of its computer, and when it was taken. */
export type Lock = z.infer<typeof lockSchema>;

/** Locks that the engine keeps for a stack. */
interface Locks {
  readonly locks: readonly Lock[];
  /**
   * Where empty and cut ones are. The engine writes a lock elsewhere and renames it, so a run that lives has a whole one:
   * these are what a full disk or a crash of the computer left.
   */
  readonly damaged: readonly string[];
}

/**
 * Reads all locks of a stack.
 * @throws when one is whole and yet names no process: nobody then knows whether its run lives
 */
export async function readLocks({ store, keys }: StackState): Promise<Locks> {
  const files = (await store.list(keys.locks)).filter((key) => key.endsWith(".json"));
  const read = files.map(async (key) => ({ file: store.locate(key), content: await store.read(key) }));
  // One that is gone by now was released.
  const found = (await Promise.all(read)).flatMap(({ file, content }) =>
    content === undefined ? [] : [{ file, lock: lockOf(file, content.toString("utf8")) }],
  );
  return {
    locks: found.flatMap(({ lock }) => lock ?? []),
    damaged: found.flatMap(({ file, lock }) => (lock === undefined ? [file] : [])),
  };
}

function lockOf(file: string, content: string): Lock | undefined {
  const read = wholeJson(content);
  if (!("json" in read)) return undefined;
  const lock = lockSchema.safeParse(read.json);
  if (lock.success) return lock.data;
  throw new Error(
    `expected a lock with pid and hostname in ${file}, found another form: look whether a run is under way, and remove the file if none is`,
  );
}

/**
 * Whether the run that took a lock lives. The lock itself names a process id and a computer, which others may have, too.
 * @param noted processes that runs of this program noted
 */
export function lifeOfLock(lock: Lock, noted: readonly Identity[]): Life {
  const identity = noted.find(({ pid, hostname }) => pid === lock.pid && hostname === lock.hostname);
  if (identity !== undefined) return lifeOf(identity);
  if (lock.hostname !== os.hostname()) return "unknown";
  const taken = Date.parse(lock.timestamp ?? "");
  if (liveProcesses().some((process) => mayHold(process, lock.pid, taken))) return "lives";
  if (taken < bootTime() || seesAll()) return "gone";
  // Taken before there was this process's namespace: by a run in another one, which cannot be looked into.
  return taken < startOf(firstOfNamespace()) ? "unknown" : "gone";
}

const firstOfNamespace = (): LiveProcess | undefined =>
  liveProcesses().find(({ pids, entry }) => pids.at(-1) === 1 && linkOf(`${entry}/ns/pid`) === linkOf("self/ns/pid"));

/** Clocks are set while processes run; by more than this only at a machine's start. In milliseconds. */
const CLOCK_SLACK = 5000;

/** A process that started after the lock was taken has the number of another one that is gone. */
function mayHold(process: LiveProcess, pid: number, taken: number): boolean {
  if (!process.pids.includes(pid)) return false;
  if (/(^|\/)pulumi\0/.test(readProc(`${process.entry}/cmdline`) ?? "")) return true;
  if (linkOf(`${process.entry}/ns/uts`) !== linkOf("self/ns/uts")) return false;
  return !(startOf(process) > taken + CLOCK_SLACK);
}

const bootTime = (): number => Number(/^btime (\d+)$/m.exec(readProc("stat") ?? "")?.[1] ?? 0) * 1000;

/** The kernel counts a hundred ticks a second, on every kind of machine. NaN for none. */
const startOf = (process: LiveProcess | undefined): number => bootTime() + Number(process?.started ?? NaN) * 10;
