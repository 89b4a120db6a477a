import { appendFileSync, cpSync, mkdtempSync, renameSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { allRecipesHash, recipeDirectory, recipeFiles, recipeHash } from "../../../../lab/images/recipe";
import { projectRoot } from "../../../../toolchain/environment";

const images = ["base", "lab-host", "registry", "postgres", "redis", "caddy", "n8n", "victoriametrics", "vmalert"];
let copy: string;

beforeEach(() => {
  copy = path.join(mkdtempSync(path.join(tmpdir(), "recipes-")), "images");
  cpSync(path.join(projectRoot, "lab/images"), copy, { recursive: true });
});

afterEach(() => rmSync(path.dirname(copy), { recursive: true }));

const hashes = (root?: string): Record<string, string> =>
  Object.fromEntries(images.map((name) => [name, recipeHash(name, root)]));

test("a hash is 16 hexadecimal digits, another for each image, and does not depend on where the checkout is", () => {
  const here = hashes();
  expect(Object.values(here)).toEqual(images.map(() => expect.stringMatching(/^[0-9a-f]{16}$/) as string));
  expect(new Set(Object.values(here)).size).toBe(images.length);
  expect(hashes(copy)).toEqual(here);
});

test.each(images)("a change in any file of %s changes its hash", (name) => {
  const files = recipeFiles(name, copy);
  expect(files.length).toBeGreaterThan(0);
  const seen = files.map((file) => {
    appendFileSync(path.join(recipeDirectory(name, copy), file), "\n");
    return recipeHash(name, copy);
  });
  expect(new Set([...seen, recipeHash(name)]).size).toBe(files.length + 1);
});

test("a change in one recipe changes that image alone, one in the base changes all", () => {
  appendFileSync(path.join(copy, "redis/Dockerfile"), "# changed\n");
  const before = hashes();
  const after = hashes(copy);
  expect(images.filter((name) => before[name] !== after[name])).toEqual(["redis"]);
  appendFileSync(path.join(copy, "base/dpkg-excludes"), "# changed\n");
  const later = hashes(copy);
  expect(images.filter((name) => after[name] === later[name])).toEqual([]);
});

test("a renamed file changes the hash although the content is the same", () => {
  renameSync(path.join(copy, "caddy/Caddyfile"), path.join(copy, "caddy/Caddyfile2"));
  expect(recipeHash("caddy", copy)).not.toBe(recipeHash("caddy"));
});

test("the hash of all recipes changes with each", () => {
  const seen = images.map((name) => {
    appendFileSync(path.join(copy, name, recipeFiles(name, copy)[0] ?? ""), "\n");
    return allRecipesHash(copy);
  });
  expect(new Set([...seen, allRecipesHash()]).size).toBe(images.length + 1);
});
