import { execFileSync, spawnSync } from "node:child_process";
import {
  chmodSync,
  copyFileSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readFileSync,
  readlinkSync,
  realpathSync,
  rmSync,
  statSync,
  symlinkSync,
} from "node:fs";
import path from "node:path";
import { projectRoot } from "./environment";

/**
 * A copy of the checkout as it is now, uncommitted files included. Its lab is another one than the checkout's, since a
 * lab takes its names from the path. An existing copy is brought up to date and keeps its own `.vpai`.
 * @param copy absolute path of the folder
 */
export function copyCheckout(copy: string): void {
  mkdirSync(copy, { recursive: true });
  const files = ownFiles();
  removeOthers(copy, new Set(files));
  for (const file of files) copyFile(file, copy);
  copyPackages(copy);
}

/** Puts one file of a copy back to what the checkout has, or away when the checkout has none. */
export function restoreFile(copy: string, file: string): void {
  if (existsSync(path.join(projectRoot, file))) copyFile(file, copy);
  else rmSync(path.join(copy, file), { force: true });
}

/** Runs a command in a folder. @returns what it printed, a line or a name each */
function printed(directory: string, separator: string, command: string, ...args: string[]): string[] {
  const said = execFileSync(command, args, {
    cwd: directory,
    encoding: "utf8",
    maxBuffer: 1 << 26,
    stdio: ["ignore", "pipe", "pipe"],
  });
  return said.split(separator).filter((one) => one !== "");
}

/** Files that git knows or would add, relative, without those that were deleted; of a checkout without git, as a copy is one, all. */
function ownFiles(): string[] {
  if (!isWorkTree()) return filesIn(projectRoot);
  const listed = printed(projectRoot, "\0", "git", "ls-files", "-z", "--cached", "--others", "--exclude-standard");
  return [...new Set(listed)].filter((file) => existsSync(path.join(projectRoot, file)));
}

/** Whether the checkout itself is git's, and not a folder that one ignores. */
function isWorkTree(): boolean {
  const { status, stdout } = spawnSync("git", ["rev-parse", "--show-toplevel"], { cwd: projectRoot, encoding: "utf8" });
  return status === 0 && realpathSync(stdout.trim()) === projectRoot;
}

/** Files and links of a checkout, relative, without its packages and what is local. */
const filesIn = (folder: string): string[] =>
  printed(
    folder,
    "\0",
    ...(["find", ".", "(", "-path", "./node_modules", "-o", "-path", "./.vpai", ")"] as const),
    ...["-prune", "-o", "(", "-type", "f", "-o", "-type", "l", ")", "-print0"],
  ).map((file) => file.replace(/^\.\//, ""));

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
function removeOthers(copy: string, files: ReadonlySet<string>): void {
  for (const file of filesIn(copy)) if (!files.has(file)) rmSync(path.join(copy, file));
}

/** Where npm notes what it installed. */
const INSTALLED = ".package-lock.json";

/** The installed packages, as hard links where the file system has them: nothing writes into them. */
function copyPackages(copy: string): void {
  const [from, to] = [path.join(projectRoot, "node_modules"), path.join(copy, "node_modules")];
  if (isSame(path.join(from, INSTALLED), path.join(to, INSTALLED))) return;
  rmSync(to, { recursive: true, force: true });
  if (spawnSync("cp", ["-al", from, to]).status === 0) return;
  rmSync(to, { recursive: true, force: true });
  execFileSync("cp", ["-a", from, to]);
}
