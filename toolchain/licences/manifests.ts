import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { z } from "zod";
import type { Registry } from "./terms";

/** A module or package that a manifest names. */
export interface Named {
  registry: Registry;
  name: string;
  /** Without a `v` in front; absent where the manifest says none. */
  version?: string;
  /** Word of an npm lockfile for its licence. */
  licence?: string;
}

/** A manifest's file name, and how what it names is read. */
interface Form {
  file: RegExp;
  read: (text: string) => Named[];
}

/** Folders that hold no manifest of the project's own. */
const FOREIGN = new Set(["node_modules", ".git", ".vpai"]);

const REQUIREMENT = /^([A-Za-z0-9][\w.-]*)(?:\[[^\]]*\])?\s*(?:[=~!<>]=?=?\s*([\w.]+))?/;

const lockSchema = z.object({
  packages: z.record(
    z.string(),
    z.object({
      version: z.string().optional(),
      license: z.unknown().optional(),
      link: z.boolean().optional(),
      name: z.string().optional(),
    }),
  ),
});

const packageSchema = z.object({
  dependencies: z.record(z.string(), z.string()).optional(),
  devDependencies: z.record(z.string(), z.string()).optional(),
  optionalDependencies: z.record(z.string(), z.string()).optional(),
  peerDependencies: z.record(z.string(), z.string()).optional(),
});

/** Paths of all manifests below a folder, relative to it. */
export function manifestsBelow(root: string, folder = ""): string[] {
  return readdirSync(path.join(root, folder), { withFileTypes: true })
    .flatMap((entry) => {
      const file = path.join(folder, entry.name);
      if (entry.isDirectory()) return FOREIGN.has(entry.name) ? [] : manifestsBelow(root, file);
      return formOf(file) === undefined ? [] : [file];
    })
    .sort();
}

/** What a manifest names. @param file its path, whose last part says its form */
export function namesIn(root: string, file: string): Named[] {
  return formOf(file)?.read(readFileSync(path.join(root, file), "utf8")) ?? [];
}

const formOf = (file: string): Form | undefined => FORMS.find((form) => form.file.test(path.basename(file)));

/** Requirements, tools and replacements: each line that has a path with a dot in its first part, but for comments. */
function goModules(text: string): Named[] {
  const lines = text.split("\n").map((line) => line.replace(/\/\/.*/, "").replace(/^module .*/, ""));
  return lines.flatMap((line) =>
    [...line.matchAll(/([\w-]+\.[\w.-]+\/[^\s()]+)(?:\s+v(\S+))?/g)].map(([, name, version]) =>
      named("go", name ?? "", version),
    ),
  );
}

/** What is downloaded whole; a line for a `go.mod` alone is for choosing versions, and nothing of it is built. */
const goSums = (text: string): Named[] =>
  [...text.matchAll(/^(\S+) v(\S+) h1:/gm)]
    .filter(([, , version]) => !version?.endsWith("/go.mod"))
    .map(([, name, version]) => named("go", name ?? "", version));

const lockedPackages = (text: string): Named[] =>
  Object.entries(lockSchema.parse(JSON.parse(text)).packages)
    .filter(([place, { link }]) => place.includes("node_modules/") && link !== true)
    .map(([place, { version, license, name }]) => ({
      ...named("npm", name ?? place.slice(place.lastIndexOf("node_modules/") + "node_modules/".length), version),
      ...(license === undefined ? {} : { licence: typeof license === "string" ? license : JSON.stringify(license) }),
    }));

function packages(text: string): Named[] {
  const lists = Object.values(packageSchema.parse(JSON.parse(text)));
  return lists.flatMap((list) => Object.entries(list ?? {})).map(([name, version]) => named("npm", name, version));
}

const requirements = (text: string): Named[] =>
  text.split("\n").flatMap((line) => {
    const [, name, version] = REQUIREMENT.exec(line.trim()) ?? [];
    return name === undefined ? [] : [named("pypi", name.toLowerCase().replaceAll(/[_.]/g, "-"), version)];
  });

const named = (registry: Registry, name: string, version: string | undefined): Named => ({
  registry,
  name,
  ...(version === undefined ? {} : { version }),
});

const FORMS: readonly Form[] = [
  { file: /^go\.mod$/, read: goModules },
  { file: /^go\.sum$/, read: goSums },
  { file: /^package-lock\.json$/, read: lockedPackages },
  { file: /^package\.json$/, read: packages },
  { file: /requirements[^/]*\.(txt|in)$/, read: requirements },
];
