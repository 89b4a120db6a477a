import { existsSync, readFileSync, statfsSync } from "node:fs";
import { createServer } from "node:net";
import { freemem } from "node:os";
import path from "node:path";
import { findProgram, run, type Result } from "../run";

/** What the checks may ask about a computer; a test hands in made-up answers. */
export interface Machine {
  run(program: string, args: readonly string[]): Promise<Result>;
  /** The absolute path of a program, administrators' programs included. */
  find(program: string): string | undefined;
  /** The text of a file; undefined when it cannot be read. */
  read(file: string): string | undefined;
  exists(file: string): boolean;
  /** Free space for this user on the file system of a directory, in bytes; the directory need not exist yet. */
  freeDisk(directory: string): number;
  /** Memory that programs can still get, in bytes. */
  freeMemory(): number;
  /** Whether a program could listen on a TCP port of 127.0.0.1. */
  isPortFree(port: number): Promise<boolean>;
  isRoot: boolean;
}

const searchPath = [process.env["PATH"] ?? "", "/usr/local/sbin", "/usr/sbin", "/sbin"].join(path.delimiter);

/** The computer that this program runs on. */
export const thisMachine: Machine = {
  run: (program, args) => run(program, args, { env: { ...process.env, PATH: searchPath } }),
  find: (program) => findProgram(program, searchPath),
  read: (file) => {
    try {
      return readFileSync(file, "utf8");
    } catch {
      return undefined;
    }
  },
  exists: existsSync,
  freeDisk: (directory) => {
    const { bavail, bsize } = statfsSync(nearestExisting(directory));
    return bavail * bsize;
  },
  freeMemory: () => {
    const available = /^MemAvailable:\s+(\d+) kB/m.exec(thisMachine.read("/proc/meminfo") ?? "")?.[1];
    return available ? Number(available) * 1024 : freemem();
  },
  isPortFree: (port) =>
    new Promise((resolve) => {
      const server = createServer();
      server.once("error", () => resolve(false));
      server.listen(port, "127.0.0.1", () => server.close(() => resolve(true)));
    }),
  isRoot: process.getuid?.() === 0,
};

function nearestExisting(directory: string): string {
  return existsSync(directory) ? directory : nearestExisting(path.dirname(directory));
}
