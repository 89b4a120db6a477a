import { mkdir, readdir, readFile, rename, rm, rmdir, writeFile, lstat } from "node:fs/promises";
import path from "node:path";

/** Folder of a work tree that is Git's. */
const GIT = ".git";

/** Where a file is before it is complete; on the same disk, and out of Git's sight. */
const CANDIDATE = path.join(GIT, "vpai-candidate");

/** A folder that holds a vault's files. */
export class Tree {
  readonly #root: string;

  constructor(root: string) {
    this.#root = root;
  }

  /** Paths of all files, as they are spelled. */
  async files(): Promise<string[]> {
    return this.#below("");
  }

  async #below(folder: string): Promise<string[]> {
    const files: string[] = [];
    for (const entry of await readdir(path.join(this.#root, folder), { withFileTypes: true })) {
      if (folder === "" && entry.name === GIT) continue;
      const at = folder === "" ? entry.name : `${folder}/${entry.name}`;
      files.push(...(entry.isDirectory() ? await this.#below(at) : [at]));
    }
    return files;
  }

  /** Whether a file has this content already. */
  async holds(file: string, content: Buffer): Promise<boolean> {
    try {
      const at = path.join(this.#root, file);
      const { size } = await this.#plainStat(file);
      return size === content.length && content.equals(await readFile(at));
    } catch {
      return false;
    }
  }

  /** @throws where a part of the way is a link, or there is no file */
  async #plainStat(file: string): Promise<{ size: number }> {
    const names = file.split("/");
    for (let depth = 1; depth < names.length; depth++)
      if (!(await lstat(path.join(this.#root, ...names.slice(0, depth)))).isDirectory()) throw new Error("no folder");
    const stat = await lstat(path.join(this.#root, file));
    if (!stat.isFile()) throw new Error("no file");
    return stat;
  }

  /** Writes a file in one step. What is in its way, a link or a folder, is taken away. */
  async write(file: string, content: Buffer): Promise<void> {
    const names = file.split("/");
    for (let depth = 1; depth < names.length; depth++) await this.#makeFolder(names.slice(0, depth));
    const [candidate, at] = [path.join(this.#root, CANDIDATE), path.join(this.#root, file)];
    await writeFile(candidate, content);
    if ((await orMissing(lstat(at)))?.isDirectory() === true) await rm(at, { recursive: true });
    await rename(candidate, at);
  }

  async #makeFolder(names: readonly string[]): Promise<void> {
    const at = path.join(this.#root, ...names);
    const stat = await orMissing(lstat(at));
    if (stat?.isDirectory() === true) return;
    if (stat !== undefined) await rm(at);
    await mkdir(at);
  }

  /** Takes a file away, and the folders that are empty then. */
  async remove(file: string): Promise<void> {
    await rm(path.join(this.#root, file), { force: true });
    for (let folder = path.dirname(file); folder !== "."; folder = path.dirname(folder)) {
      const left = await readdir(path.join(this.#root, folder));
      if (left.length > 0) return;
      await rmdir(path.join(this.#root, folder));
    }
  }
}

async function orMissing<T>(answer: Promise<T>): Promise<T | undefined> {
  try {
    return await answer;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
}
