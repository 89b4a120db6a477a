import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import path from "node:path";
import { catalogue, labImage } from "./catalogue";
import { filesBelow } from "./files";

/** Where the recipes are: one directory per image. */
const recipes = __dirname;

/** How many hexadecimal digits of a hash name a recipe: few enough to read, 64 bits against collisions. */
const hashDigits = 16;

/** The directory that holds an image's recipe. */
export function recipeDirectory(name: string, root: string = recipes): string {
  return path.join(root, labImage(name).name);
}

/** Paths of a recipe's files, relative to its directory, in a fixed order. */
export function recipeFiles(name: string, root: string = recipes): string[] {
  return filesBelow(recipeDirectory(name, root));
}

/**
 * Names the content of an image's recipe: its files, its entry in the catalogue and the recipe it builds on. Equal in
 * every checkout of the same revision; 16 hexadecimal digits.
 */
export function recipeHash(name: string, root: string = recipes): string {
  if (root !== recipes) return hashRecipe(name, root);
  const known = hashes.get(name) ?? hashRecipe(name, root);
  hashes.set(name, known);
  return known;
}

/** What an image is called on the local engine once it is built from its recipe. */
export const builtReference = (name: string): string => `vpai-lab/${name}:${recipeHash(name)}`;

/** Those of the checkout's own recipes: a run asks for each several times, and they do not change under it. */
const hashes = new Map<string, string>();

function hashRecipe(name: string, root: string): string {
  const image = labImage(name);
  const files = recipeFiles(name, root).map((file) => [
    file,
    digest(readFileSync(path.join(recipeDirectory(name, root), file))),
  ]);
  const base = image.base === undefined ? null : recipeHash(image.base, root);
  return digest(JSON.stringify({ image, files, base })).slice(0, hashDigits);
}

/** Names all recipes together. */
export function allRecipesHash(root: string = recipes): string {
  return digest(JSON.stringify(catalogue.map(({ name }) => recipeHash(name, root)))).slice(0, hashDigits);
}

const digest = (content: string | Buffer): string => createHash("sha256").update(content).digest("hex");
