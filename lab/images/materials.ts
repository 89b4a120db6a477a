import { existsSync } from "node:fs";
import { rm } from "node:fs/promises";
import path from "node:path";
import { compile } from "./compile";
import { copyInto } from "./files";
import { recipeDirectory, recipeFiles } from "./recipe";
import { step } from "./step";

/** Python's version in the release of Debian that all images build on. */
const pythonVersion = "3.13";

/** Newest C libraries that a compiled Python package may ask for; Debian 13 has 2.41. */
const manylinux = ["manylinux2014", "manylinux_2_28", "manylinux_2_34"];

/** Processor architectures as Python packages name them, by Node's names. */
const pythonArchitectures: Readonly<Record<string, string>> = { x64: "x86_64", arm64: "aarch64" };

/**
 * Fills an empty directory with all that an image is built of: the recipe's files, the npm packages of its lockfile,
 * the Python packages of its requirements and the program of its Go module. npm, pip and Go run on this machine, with
 * its own settings and caches.
 */
export async function gatherMaterials(name: string, directory: string): Promise<void> {
  for (const file of recipeFiles(name)) copyInto(directory, file, path.join(recipeDirectory(name), file));
  if (existsSync(path.join(directory, "package-lock.json"))) await installPackages(name, directory);
  if (existsSync(path.join(directory, "requirements.txt"))) await installPythonPackages(name, directory);
  if (existsSync(path.join(directory, "go.mod"))) await compile(name, directory);
}

/** The packages as published: nothing of theirs is run, so nothing can fetch what the lockfile does not pin. */
async function installPackages(name: string, directory: string): Promise<void> {
  const install = [
    "ci",
    "--omit=dev",
    "--ignore-scripts",
    "--no-audit",
    "--no-fund",
    "--prefer-offline",
    "--loglevel=error",
  ];
  await step(`image ${name}: installing npm packages`, "npm", install, { cwd: directory });
  await pack(name, "npm packages", directory, "node_modules");
}

/**
 * The packages as published, for the image's Python instead of this machine's: compiled ones only, so that nothing of
 * theirs is run. Their commands stay out, because pip writes this machine's interpreter into them.
 */
async function installPythonPackages(name: string, directory: string): Promise<void> {
  const architecture = pythonArchitectures[process.arch];
  const platforms = manylinux.map((libraries) => `--platform=${libraries}_${architecture}`);
  const options = ["--quiet", "--no-compile", "--no-deps", "--require-hashes", "--only-binary=:all:"];
  const wanted = [`--python-version=${pythonVersion}`, ...platforms, "--requirement=requirements.txt"];
  const install = ["install", ...options, ...wanted, "--target=site-packages"];
  await step(`image ${name}: installing Python packages`, "pip", install, { cwd: directory });
  await rm(path.join(directory, "site-packages", "bin"), { recursive: true, force: true });
  await pack(name, "Python packages", directory, "site-packages");
}

/**
 * Turns a folder into an archive, less what the recipe's `unneeded.txt` names, because the engine handles one file far
 * quicker than the hundred thousand in it; owners, times and order are fixed, so that equal packages make equal layers.
 */
async function pack(name: string, content: string, directory: string, folder: string): Promise<void> {
  const unneeded = existsSync(path.join(directory, "unneeded.txt")) ? ["--exclude-from=unneeded.txt"] : [];
  const fixed = ["--owner=0", "--group=0", "--numeric-owner", "--mtime=@0", "--sort=name"];
  const create = ["--create", `--file=${folder}.tar`, ...fixed, ...unneeded, folder];
  await step(`image ${name}: packing ${content}`, "tar", create, { cwd: directory });
  await rm(path.join(directory, folder), { recursive: true });
}
