import { readFileSync } from "node:fs";
import path from "node:path";
import type { Program } from "../model/program";
import { ARCHITECTURES, type Architecture } from "../model/stack";
import { NODE } from "./node";

const RECIPES = path.join(__dirname, "..", "lab", "images");

/** The Node whose npm gets packages. */
const RUNTIME = `${NODE.name}/${NODE.version}`;

const recipeFile = (name: string, file: string): string => readFileSync(path.join(RECIPES, name, file), "utf8");

/** A program of npm packages, from the lock file that the lab installs it from: what the lab tries is what production gets. */
export const npmProgram = (name: string, version: string): Program => ({
  name,
  version,
  source: {
    kind: "npm",
    manifest: recipeFile(name, "package.json"),
    lock: recipeFile(name, "package-lock.json"),
    node: RUNTIME,
  },
});

/**
 * A program that npm packages hold as a whole, one for each processor. The checksum of each is that of the lock file that the lab
 * installs it from.
 * @param names of the packages, by processor
 * @throws when the lock file has no such package in this version
 */
export function npmBinary(name: string, version: string, names: Readonly<Record<Architecture, string>>): Program {
  const lock = JSON.parse(recipeFile(name, "package-lock.json")) as Lock;
  const packages = ARCHITECTURES.map((architecture): [Architecture, { name: string; integrity: string }] => {
    const wanted = names[architecture];
    const { version: locked, integrity } = lock.packages[`node_modules/${wanted}`] ?? {};
    if (locked !== version || integrity === undefined)
      throw new Error(`lab/images/${name}/package-lock.json: expected ${wanted} ${version}, found ${locked ?? "none"}`);
    return [architecture, { name: wanted, integrity }];
  });
  return { name, version, source: { kind: "npm-package", packages: Object.fromEntries(packages), node: RUNTIME } };
}

/** A lock file, as far as it is read. */
interface Lock {
  packages: Readonly<Record<string, { version?: string; integrity?: string }>>;
}
