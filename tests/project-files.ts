import { readdirSync } from "node:fs";
import path from "node:path";
import { projectRoot } from "../toolchain/environment";

/** Folders that are made, not written. */
const MADE = ["node_modules", ".git", ".vpai", "coverage"];

/** Every file of the checkout or of a copy of it, whether git knows it or not: paths relative to the project's root. */
export const projectFiles = (folder = ""): string[] =>
  readdirSync(path.join(projectRoot, folder), { withFileTypes: true }).flatMap((entry) => {
    const file = path.join(folder, entry.name);
    if (!entry.isDirectory()) return [file];
    return MADE.includes(entry.name) ? [] : projectFiles(file);
  });
