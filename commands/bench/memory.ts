import { readdirSync, readFileSync } from "node:fs";

/** One process in the table of processes. */
export interface ProcessEntry {
  pid: number;
  parent: number;
  /** Resident memory in bytes. */
  resident: number;
}

/** Time between two looks at the processes, in milliseconds: short against any run, long against one look (about 2 ms). */
const SAMPLE_INTERVAL = 50;
/** Bytes per page on the machines that Linux distributions support for amd64, and for arm64 by default. */
const PAGE_SIZE = 4096;

/** Reads one `/proc/<pid>/stat`. The name in parentheses may hold anything, spaces and parentheses included. */
export function parseStat(stat: string): ProcessEntry {
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  return { pid: Number.parseInt(stat, 10), parent: Number(fields[1]), resident: Number(fields[21]) * PAGE_SIZE };
}

/** Resident memory of a process and all its descendants, in bytes. */
export function treeMemory(root: number, processes: readonly ProcessEntry[]): number {
  const children = processes.filter(({ parent }) => parent === root);
  const own = processes.find(({ pid }) => pid === root)?.resident ?? 0;
  return children.reduce((sum, { pid }) => sum + treeMemory(pid, processes), own);
}

/**
 * Watches the memory of a process and its descendants. Pages that processes share are counted for each of them, so the
 * result is an upper bound; a peak shorter than 50 ms may be missed.
 *
 * @returns a function that ends the watch and gives the peak in bytes
 */
export function watchPeakMemory(root: number): () => number {
  let peak = 0;
  const sample = (): void => {
    peak = Math.max(peak, treeMemory(root, processTable()));
  };
  sample();
  const timer = setInterval(sample, SAMPLE_INTERVAL);
  return () => {
    clearInterval(timer);
    return peak;
  };
}

function processTable(): ProcessEntry[] {
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .flatMap((pid) => {
      try {
        return [parseStat(readFileSync(`/proc/${pid}/stat`, "utf8"))];
      } catch {
        return []; // It ended between the two calls.
      }
    });
}
