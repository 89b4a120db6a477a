import { existsSync, readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { z } from "zod";

const lockSchema = z.looseObject({ pid: z.int().positive(), hostname: z.string().min(1) });

/** Locks that the engine keeps in a folder of a file backend. */
interface Locks {
  /** Whose they are: process id, and name of the computer that it runs on. */
  readonly locks: readonly z.infer<typeof lockSchema>[];
  /**
   * Paths of empty and cut ones. The engine writes a lock elsewhere and renames it, so a run that lives has a whole one:
   * these are what a full disk or a crash of the computer left.
   */
  readonly damaged: readonly string[];
}

/**
 * Reads all locks in a folder; none where there is no folder.
 * @throws when one is whole and yet names no process: nobody then knows whether its run lives
 */
export function readLocks(folder: string): Locks {
  const names = existsSync(folder) ? readdirSync(folder).filter((name) => name.endsWith(".json")) : [];
  const files = names.map((name) => ({ file: path.join(folder, name), content: contentOf(path.join(folder, name)) }));
  return {
    locks: files.filter(({ content }) => content !== undefined).map(({ file, content }) => lockOf(file, content)),
    damaged: files.filter(({ content }) => content === undefined).map(({ file }) => file),
  };
}

function contentOf(file: string): unknown {
  try {
    return JSON.parse(readFileSync(file, "utf8")) as unknown;
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

function lockOf(file: string, content: unknown): z.infer<typeof lockSchema> {
  const lock = lockSchema.safeParse(content);
  if (lock.success) return lock.data;
  throw new Error(
    `expected a lock with pid and hostname in ${file}, found another form: look whether a run is under way, and remove the file if none is`,
  );
}
