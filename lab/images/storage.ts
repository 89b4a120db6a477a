import path from "node:path";
import { cacheDirectory } from "../../toolchain/environment";
import { allRecipesHash } from "./recipe";

/**
 * The directory of the shared cache that the lab registry keeps its content in. It carries the hash of all recipes, so
 * that two checkouts with different recipes never overwrite each other's tags, and two with equal ones share the work.
 */
export function registryStorage(): string {
  return path.join(cacheDirectory(), "registry", allRecipesHash());
}

/** Where image builds keep downloaded packages, work directories, locks and logs. */
export const imageCache = (...parts: string[]): string => path.join(cacheDirectory(), "images", ...parts);
