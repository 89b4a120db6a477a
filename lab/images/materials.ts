import { copyFileSync, existsSync, mkdirSync } from "node:fs";
import { rm } from "node:fs/promises";
import path from "node:path";
import { compile } from "./compile";
import { recipeDirectory, recipeFiles } from "./recipe";
import { step } from "./step";

/**
 * Fills an empty directory with all that an image is built of: the recipe's files, the npm packages of its lockfile and
 * the program of its Go module. npm and Go run on this machine, with its own settings and caches.
 */
export async function gatherMaterials(name: string, directory: string): Promise<void> {
  for (const file of recipeFiles(name)) copyInto(directory, file, path.join(recipeDirectory(name), file));
  if (existsSync(path.join(directory, "package-lock.json"))) await installPackages(name, directory);
  if (existsSync(path.join(directory, "go.mod"))) await compile(name, directory);
}

function copyInto(directory: string, file: string, source: string): void {
  const target = path.join(directory, file);
  mkdirSync(path.dirname(target), { recursive: true });
  copyFileSync(source, target);
}

/**
 * The packages as published: nothing of theirs is run, so nothing can fetch what the lockfile does not pin. They become
 * one archive, less what the recipe's `unneeded.txt` names, because the engine handles one file far quicker than
 * the hundred thousand in it; owners, times and order are fixed, so that equal packages make equal layers.
 */
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
  const unneeded = existsSync(path.join(directory, "unneeded.txt")) ? ["--exclude-from=unneeded.txt"] : [];
  const fixed = ["--owner=0", "--group=0", "--numeric-owner", "--mtime=@0", "--sort=name"];
  const pack = ["--create", "--file=node_modules.tar", ...fixed, ...unneeded, "node_modules"];
  await step(`image ${name}: packing npm packages`, "tar", pack, { cwd: directory });
  await rm(path.join(directory, "node_modules"), { recursive: true });
}
