import { readFileSync } from "node:fs";
import path from "node:path";
import type { Program, ProgramSource } from "../model/program";
import { ARCHITECTURES, type Architecture } from "../model/stack";
import { NODE } from "./node";

const RECIPES = path.join(__dirname, "..", "lab", "images");

const recipeFile = (name: string, file: string): string => readFileSync(path.join(RECIPES, name, file), "utf8");

/** A program of npm packages, from the lock file that the lab installs it from: what the lab tries is what production gets. */
export const npmProgram = (name: string, version: string): Program => ({
  name,
  version,
  source: {
    kind: "npm",
    manifest: recipeFile(name, "package.json"),
    lock: recipeFile(name, "package-lock.json"),
    node: `${NODE.name}/${NODE.version}`,
  },
});

/** Where npm's registry has a package as published. */
export const npmArchive = (name: string, version: string): string =>
  `https://registry.npmjs.org/${name}/-/${name.slice(name.lastIndexOf("/") + 1)}-${version}.tgz`;

/**
 * A program that npm packages hold as a whole, one for each processor: each is downloaded as published, and its checksum is that of
 * the lock file that the lab installs it from.
 * @param packages by processor
 * @throws when the lock file has no such package in this version
 */
export function npmBinary(name: string, version: string, packages: Readonly<Record<Architecture, string>>): Program {
  const lock = JSON.parse(recipeFile(name, "package-lock.json")) as Lock;
  const files = ARCHITECTURES.map((architecture): [Architecture, { url: string; integrity: string }] => {
    const wanted = packages[architecture];
    const { version: locked, integrity } = lock.packages[`node_modules/${wanted}`] ?? {};
    if (locked !== version || integrity === undefined)
      throw new Error(`lab/images/${name}/package-lock.json: expected ${wanted} ${version}, found ${locked ?? "none"}`);
    return [architecture, { url: npmArchive(wanted, version), integrity }];
  });
  const source: ProgramSource = { kind: "download", files: Object.fromEntries(files), unpack: true };
  return { name, version, source };
}

/** A lock file, as far as it is read. */
interface Lock {
  packages: Readonly<Record<string, { version?: string; integrity?: string }>>;
}
