import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { projectRoot } from "./environment";

/** The oldest engine that this program runs with; the next major version is not accepted. */
export const minimumEngine = [3, 250, 0] as const;

/** The provider plugins that the program may ask for, each named like its npm package. */
export const pluginNames = ["docker", "random", "command", "hcloud"] as const;
export type PluginName = (typeof pluginNames)[number];

/** The installed version of an npm package of the `@pulumi` scope, such as "5.2.0": package-lock.json pins it. */
export function sdkVersion(name: PluginName | "pulumi"): string {
  const manifest = path.join(projectRoot, "node_modules", "@pulumi", name, "package.json");
  return (JSON.parse(readFileSync(manifest, "utf8")) as { version: string }).version.replace(/^v/, "");
}

/**
 * A fingerprint of Go modules of this folder (go.mod, go.sum and sources, without tests, and those of the local modules that
 * they use) and of what else decides the result: 12 hexadecimal digits.
 */
export function fingerprint(modules: readonly string[], ...settings: readonly string[]): string {
  const hash = createHash("sha256");
  for (const setting of [process.platform, process.arch, ...settings]) hash.update(`${setting}\0`);
  const directories = modules.map((module) => path.join(__dirname, module));
  for (const directory of [...directories, ...directories.flatMap(localModules)]) {
    for (const file of sourceFiles(directory)) {
      hash
        .update(`${path.relative(__dirname, file)}\0`)
        .update(readFileSync(file))
        .update("\0");
    }
  }
  return hash.digest("hex").slice(0, 12);
}

/** Directories that a go.mod names in its replacements. */
function localModules(directory: string): string[] {
  const replacements = readFileSync(path.join(directory, "go.mod"), "utf8").matchAll(/ => (\.\.\/\S+)/g);
  return [...replacements].map(([, location = ""]) => path.join(directory, location));
}

function sourceFiles(directory: string): string[] {
  return readdirSync(directory, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && isSource(entry.name))
    .map((entry) => path.join(entry.parentPath, entry.name))
    .sort();
}

function isSource(name: string): boolean {
  return !name.endsWith("_test.go") && !name.endsWith(".md");
}
