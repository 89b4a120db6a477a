import { readdir, readFile, stat } from "node:fs/promises";
import path from "node:path";

/** A file below a folder. */
export interface Found {
  /** Where it is. */
  file: string;
  /** Its way from the folder, name by name. */
  names: string[];
  size: number;
  /** Milliseconds since 1970. */
  ctime: number;
  mtime: number;
  /** When anything of it changed last, its name too; nobody can set it. */
  touched: number;
}

/**
 * Files below a folder whose names `accept` takes, in the order of their names. Hidden ones and links are left out.
 * @throws where there is no such folder
 */
export async function* filesBelow(
  folder: string,
  accept: (name: string) => boolean,
  above: readonly string[] = [],
): AsyncGenerator<Found> {
  const entries = await readdir(folder, { withFileTypes: true });
  for (const entry of entries.sort((one, other) => (one.name < other.name ? -1 : 1))) {
    const [file, names] = [path.join(folder, entry.name), [...above, entry.name]];
    if (entry.name.startsWith(".")) continue;
    if (entry.isDirectory()) yield* filesBelow(file, accept, names);
    else if (entry.isFile() && accept(entry.name)) yield { file, names, ...(await times(file)) };
  }
}

/** Names of the folders in a folder, in order; none where that is not there. */
export async function foldersIn(folder: string): Promise<string[]> {
  const entries = await orNothing(readdir(folder, { withFileTypes: true }), []);
  return entries.flatMap((entry) => (entry.isDirectory() ? [entry.name] : [])).sort();
}

/** What a promise gives, or `nothing` where there is no such file. */
export async function orNothing<T>(answer: Promise<T>, nothing: T): Promise<T> {
  try {
    return await answer;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return nothing;
    throw error;
  }
}

async function times(file: string): Promise<Omit<Found, "file" | "names">> {
  const { size, mtimeMs, ctimeMs, birthtimeMs } = await stat(file);
  // Where a file system does not know when a file was made, it says 0, or what is later.
  return { size, touched: ctimeMs, mtime: mtimeMs, ctime: birthtimeMs > 0 ? Math.min(birthtimeMs, mtimeMs) : mtimeMs };
}

/** Changes with a file. */
export const stampOf = ({ size, touched }: Found): string => `${size}-${touched}`;

export const contentOf = ({ file }: Found): Promise<Buffer> => readFile(file);
