import { readFileSync } from "node:fs";
import path from "node:path";
import { projectRoot } from "../../../toolchain/environment";
import { projectFiles } from "../../project-files";

/** Source files, tests apart. */
const sources = projectFiles().filter((file) => /\.(ts|cjs)$/.test(file) && !file.startsWith("tests/"));

const IMPORT = /(?:\bfrom|\brequire\(|\bimport\()\s*"(\.[^"]*|@vpai\/providers)"/g;

/** The file that an import names. Inside `providers/` the package's name stands in the text that states hold. */
function target(file: string, specifier: string): string | undefined {
  if (specifier.startsWith("@") && file.startsWith("providers/")) return undefined;
  const place = specifier.startsWith("@") ? "providers" : path.join(path.dirname(file), specifier);
  return [place, `${place}.ts`, `${place}/index.ts`].find((candidate) => sources.includes(candidate));
}

/**
 * What imports what among the entries of each folder: of two files, the first parts of their paths that differ. A folder's own
 * files count one by one, its subfolders as a whole.
 */
function imports(texts: ReadonlyMap<string, string>): Map<string, Set<string>> {
  const found = new Map<string, Set<string>>();
  for (const [file, text] of texts)
    for (const [, specifier = ""] of text.matchAll(IMPORT)) {
      const imported = target(file, specifier);
      if (imported === undefined) continue;
      const [from, to] = [file.split("/"), imported.split("/")];
      const at = from.findIndex((part, index) => part !== to[index]);
      if (at === -1) continue;
      const [one, other] = [from, to].map((parts) => parts.slice(0, at + 1).join("/")) as [string, string];
      found.set(one, (found.get(one) ?? new Set()).add(other));
    }
  return found;
}

/** Import cycles, each as the entries from a folder back to itself. */
function cycles(graph: ReadonlyMap<string, ReadonlySet<string>>): string[] {
  const isFolder = (entry: string): boolean => !/\.c?ts$|\.cjs$/.test(entry);
  const reach = (start: string): Map<string, string[]> => {
    const ways = new Map<string, string[]>();
    const queue: string[][] = [[start]];
    for (let way = queue.shift(); way !== undefined; way = queue.shift())
      for (const next of graph.get(way.at(-1) ?? "") ?? [])
        if (!ways.has(next)) {
          ways.set(next, [...way, next]);
          queue.push([...way, next]);
        }
    return ways;
  };
  return [...graph.keys()].filter(isFolder).flatMap((folder) => reach(folder).get(folder)?.join(" → ") ?? []);
}

const textsOf = (files: readonly string[]): Map<string, string> =>
  new Map(files.map((file) => [file, readFileSync(path.join(projectRoot, file), "utf8")]));

test("no folder imports, by whatever way, what imports it", () => {
  expect(sources.length).toBeGreaterThan(200);
  expect(cycles(imports(textsOf(sources)))).toEqual([]);
});

test("a cycle is found, also one through a file of the folder above", () => {
  const planted = new Map([
    ["model/site.ts", 'import { parse } from "../config/parse";'],
    ["config/parse.ts", 'import type { Access } from "../model/site";'],
  ]);
  expect(cycles(imports(planted))).toEqual(["model → config → model", "config → model → config"]);
  const above = new Map([
    ["components/container/service.ts", 'import type { HostContext } from "../host-context";'],
    ["components/host-context.ts", 'import { DockerService } from "./container/service";'],
  ]);
  expect(cycles(imports(above))).toEqual(["components/container → components/host-context.ts → components/container"]);
});
