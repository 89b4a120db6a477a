import {
  chmodSync,
  copyFileSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  statSync,
  symlinkSync,
} from "node:fs";
import path from "node:path";
import { localDirectory, projectRoot } from "../../../toolchain/environment";
import { run, succeed } from "./run";

/** Where the tests' copies of the checkout lie; git and jest ignore it. */
export const copiesDirectory = path.join(localDirectory, "tests");

export const copyDirectory = (name: string): string => path.join(copiesDirectory, name);

/**
 * A copy of the checkout as it is now, uncommitted files included. Its lab is another one than the checkout's, since a
 * lab takes its names from the path. An existing copy is brought up to date and keeps its own `.vpai`.
 * @returns its path
 */
export async function copyCheckout(name: string): Promise<string> {
  const copy = copyDirectory(name);
  mkdirSync(copy, { recursive: true });
  const files = await trackedFiles();
  await removeOthers(copy, new Set(files));
  for (const file of files) copyFile(file, copy);
  await copyPackages(copy);
  return copy;
}

/** Puts one file of a copy back to what the checkout has, or away when the checkout has none. */
export function restoreFile(copy: string, file: string): void {
  if (existsSync(path.join(projectRoot, file))) copyFile(file, copy);
  else rmSync(path.join(copy, file), { force: true });
}

/** Files that git knows or would add, relative, without those that were deleted. */
async function trackedFiles(): Promise<string[]> {
  const listed = await succeed(["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"], {
    directory: projectRoot,
  });
  return [...new Set(listed.stdout.split("\0"))].filter(
    (file) => file !== "" && existsSync(path.join(projectRoot, file)),
  );
}

function copyFile(file: string, copy: string): void {
  const [from, to] = [path.join(projectRoot, file), path.join(copy, file)];
  if (isSame(from, to)) return;
  mkdirSync(path.dirname(to), { recursive: true });
  rmSync(to, { force: true });
  if (lstatSync(from).isSymbolicLink()) return symlinkSync(readlinkSync(from), to);
  copyFileSync(from, to);
  chmodSync(to, statSync(from).mode);
}

/** A file that did not change keeps its time, so that set-up has nothing to do again. */
const isSame = (from: string, to: string): boolean =>
  lstatSync(from).isFile() &&
  existsSync(to) &&
  statSync(from).mode === statSync(to).mode &&
  readFileSync(from).equals(readFileSync(to));

/** What an earlier run left in the copy and the checkout does not have (any more). */
async function removeOthers(copy: string, files: ReadonlySet<string>): Promise<void> {
  const found = await succeed(
    [
      "find",
      ".",
      "(",
      "-path",
      "./node_modules",
      "-o",
      "-path",
      "./.vpai",
      ")",
      "-prune",
      "-o",
      "-type",
      "f",
      "-print0",
    ],
    {
      directory: copy,
    },
  );
  const others = found.stdout.split("\0").map((file) => file.replace(/^\.\//, ""));
  for (const file of others) if (file !== "" && !files.has(file)) rmSync(path.join(copy, file));
}

/** Where npm notes what it installed. */
const INSTALLED = ".package-lock.json";

/** The installed packages, as hard links where the file system has them: nothing writes into them. */
async function copyPackages(copy: string): Promise<void> {
  const [from, to] = [path.join(projectRoot, "node_modules"), path.join(copy, "node_modules")];
  if (isSame(path.join(from, INSTALLED), path.join(to, INSTALLED))) return;
  rmSync(to, { recursive: true, force: true });
  const linked = await run(["cp", "-al", from, to]);
  if (linked.code === 0) return;
  rmSync(to, { recursive: true, force: true });
  await succeed(["cp", "-a", from, to]);
}
