import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { allServices } from "../../../../../platforms";
import { projectRoot } from "../../../../../toolchain/environment";

/**
 * What is rendered out of all services names none of them: a service is told of by its own file, and one that is added
 * needs no edit elsewhere.
 */

const FOLDERS = [
  ...["alloy", "grafana", "vmalert", "victoriametrics", "diun"].map((name) => `platforms/vpai/services/${name}`),
  "programs/caddy",
  "programs/alloy",
];

/** The stores' own names: whom data sources and pipelines are for, not what is rendered. */
const STORES = ["loki", "victoriametrics"];

const files = FOLDERS.flatMap((folder) =>
  readdirSync(path.join(projectRoot, folder))
    .filter((file) => file.endsWith(".ts"))
    .map((file) => `${folder}/${file}`),
);

/** The renderer's own name, and its platform's, are no other service's. */
const othersOf = (file: string): string[] =>
  allServices.map(({ name }) => name).filter((name) => path.basename(path.dirname(file)) !== name);

/** Texts in quotes, without comments and without the code in templates; a name inside a longer text counts where it stands alone as a word. */
function literalsIn(source: string): string[] {
  const code = source.replace(/\/\*[^]*?\*\/|^\s*\/\/.*$/gm, "").replace(/^import .*$/gm, "");
  return [...code.matchAll(/"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*'|`(?:[^`\\]|\\.)*`/g)].map(([text]) =>
    text.replace(/\$\{[^}]*\}/g, "…"),
  );
}

const namedIn = (source: string, names: readonly string[]): string[] =>
  literalsIn(source).flatMap((text) =>
    names.filter((name) => new RegExp(`(?<![\\w-])${name}(?![\\w-])`).test(text)).map((name) => `${name} in ${text}`),
  );

test("each folder has a renderer to look at", () => {
  for (const folder of FOLDERS)
    expect([folder, files.filter((file) => file.startsWith(folder)).length]).not.toContain(0);
  expect(files.length).toBeGreaterThan(12);
});

test.each(files)("%s names no other service", (file) => {
  const names = othersOf(file).filter((name) => !STORES.includes(name));
  expect(namedIn(readFileSync(path.join(projectRoot, file), "utf8"), names)).toEqual([]);
});

test("the look finds a name as a text of its own, in a longer one and in a template, and no part of a word", () => {
  const names = ["redis", "n8n"];
  expect(namedIn('if (name === "redis") x;', names)).toEqual(['redis in "redis"']);
  expect(namedIn("const up = `http://n8n:5678`;", names)).toEqual(["n8n in `http://n8n:5678`"]);
  expect(namedIn("const label = `${LABELS.redis}|id`;", names)).toEqual([]);
  expect(namedIn('// "redis"\n/* "n8n" */ const a = "redistribute"; const b = "my-n8n";', names)).toEqual([]);
});
