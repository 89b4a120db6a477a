const fs = require("node:fs");
const path = require("node:path");

/**
 * Finds the resource plugins that the installed npm packages ask for (`"pulumi": {"resource": true}` in package.json).
 * @param {string} directory where the program's node_modules is
 * @returns {{ name: string, version: string, server: string }[]} each plugin version once, versions like "v5.2.0"
 */
function requiredPlugins(directory) {
  const found = new Map();
  for (const manifest of installedManifests(directory)) {
    const plugin = pluginOf(manifest);
    if (plugin) found.set(`${plugin.name}@${plugin.version}`, plugin);
  }
  return [...found.values()];
}

/**
 * Every package.json below node_modules, nested ones included, each real directory once.
 * @param {string} directory
 * @returns {Iterable<Record<string, any>>}
 */
function* installedManifests(directory, visited = new Set()) {
  const modules = path.join(directory, "node_modules");
  for (const name of packageNames(modules)) {
    const location = realPath(path.join(modules, name));
    if (location === undefined || visited.has(location)) continue;
    visited.add(location);
    const manifest = readManifest(location);
    if (manifest) yield manifest;
    yield* installedManifests(location, visited);
  }
}

function packageNames(modules) {
  return entries(modules).flatMap((name) => {
    if (name.startsWith(".")) return [];
    if (!name.startsWith("@")) return [name];
    return entries(path.join(modules, name)).map((scoped) => `${name}/${scoped}`);
  });
}

function entries(directory) {
  try {
    return fs.readdirSync(directory);
  } catch {
    return [];
  }
}

function realPath(file) {
  try {
    return fs.realpathSync(file);
  } catch {
    return undefined;
  }
}

function readManifest(location) {
  try {
    return JSON.parse(fs.readFileSync(path.join(location, "package.json"), "utf8"));
  } catch {
    return undefined;
  }
}

/**
 * @param {Record<string, any>} manifest a parsed package.json
 * @returns {{ name: string, version: string, server: string } | undefined} undefined when it has no resource plugin
 */
function pluginOf(manifest) {
  const declared = manifest.pulumi;
  if (declared?.resource !== true) return undefined;
  const name = declared.name ?? scopedName(manifest.name);
  const version = declared.version ?? manifest.version;
  if (!name || !version) return undefined;
  return { name, version: version.startsWith("v") ? version : `v${version}`, server: declared.server ?? "" };
}

/** Only packages of the @pulumi scope are named after their plugin. */
function scopedName(name) {
  return name?.startsWith("@pulumi/") ? name.slice("@pulumi/".length) : undefined;
}

module.exports = { requiredPlugins, pluginOf, readManifest };
