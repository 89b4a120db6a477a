import { existsSync } from "node:fs";
import { mkdir, open, readdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { withLock } from "../../toolchain/lock";
import type { StateStore } from "./store";

const isMissing = (error: unknown): boolean => (error as NodeJS.ErrnoException).code === "ENOENT";

/** Undefined instead of the error that there is no such file. */
const orNothing = async <T>(work: Promise<T>): Promise<T | undefined> => {
  try {
    return await work;
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
};

/** The files of a `file://` backend. */
export class FolderStore implements StateStore {
  /** @param root an absolute path; it need not exist */
  constructor(private readonly root: string) {}

  locate(key: string): string {
    return path.join(this.root, key);
  }

  read(key: string): Promise<Buffer | undefined> {
    return orNothing(readFile(this.locate(key)));
  }

  async write(key: string, content: Buffer): Promise<void> {
    const file = this.locate(key);
    await this.makeFolder(key);
    const fresh = `${file}.${process.pid}.new`;
    const handle = await open(fresh, "w", 0o600);
    try {
      await handle.writeFile(content);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(fresh, file);
  }

  async list(folder: string): Promise<string[]> {
    const entries = (await orNothing(readdir(this.locate(folder), { withFileTypes: true }))) ?? [];
    return entries
      .filter((entry) => entry.isFile())
      .map(({ name }) => `${folder}/${name}`)
      .sort();
  }

  async remove(key: string): Promise<void> {
    await rm(this.locate(key), { force: true });
  }

  async swap(key: string, expected: Buffer | undefined, content: Buffer): Promise<boolean> {
    await this.makeFolder(key);
    return withLock(`${this.locate(key)}.lock`, async () => {
      const found = await this.read(key);
      if (found === undefined ? expected !== undefined : !(expected?.equals(found) ?? false)) return false;
      await this.write(key, content);
      return true;
    });
  }

  /** A state may lie in a checkout: what is secret in it is encrypted, and yet no copy of it belongs in git. */
  private async makeFolder(key: string): Promise<void> {
    await mkdir(path.dirname(this.locate(key)), { recursive: true, mode: 0o700 });
    const top = key.split("/")[0] ?? "";
    if (top !== ".pulumi-copies") return;
    const ignored = path.join(this.root, top, ".gitignore");
    if (!existsSync(ignored)) await writeFile(ignored, "*\n");
  }
}
