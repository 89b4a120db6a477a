import { copyFileSync, mkdirSync, readdirSync } from "node:fs";
import path from "node:path";

/** Paths of all files below a directory, relative to it, in a fixed order. */
export function filesBelow(directory: string): string[] {
  return readdirSync(directory, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => path.relative(directory, path.join(entry.parentPath, entry.name)))
    .sort();
}

/** Copies a file below a directory, with the directories on the way to it. @param file its path there */
export function copyInto(directory: string, file: string, source: string): void {
  const target = path.join(directory, file);
  mkdirSync(path.dirname(target), { recursive: true });
  copyFileSync(source, target);
}
