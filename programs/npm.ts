import { readFileSync } from "node:fs";
import path from "node:path";
import type { Program } from "../model/program";
import { NODE } from "./node";

const RECIPES = path.join(__dirname, "..", "lab", "images");

/** A program of npm packages, from the lock file that the lab installs it from: what the lab tries is what production gets. */
export function npmProgram(name: string, version: string): Program {
  const file = (of: string): string => readFileSync(path.join(RECIPES, name, of), "utf8");
  return {
    name,
    version,
    source: {
      kind: "npm",
      manifest: file("package.json"),
      lock: file("package-lock.json"),
      node: `${NODE.name}/${NODE.version}`,
    },
  };
}
