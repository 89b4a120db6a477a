const fs = require("node:fs");
const path = require("node:path");
const { readManifest } = require("./packages.cjs");

/**
 * The npm packages of a program with their installed versions.
 * @param {string} directory of the program
 * @param {boolean} transitive whether packages that only other packages ask for are listed too
 * @returns {{ name: string, version: string }[]}
 */
function programDependencies(directory, transitive) {
  const installed = installedVersions(directory);
  if (transitive) return installed.map(({ location, version }) => ({ name: nameOf(location), version }));
  const manifest = readManifest(directory) ?? {};
  const direct = new Set(Object.keys({ ...manifest.dependencies, ...manifest.devDependencies }));
  return installed
    .filter(({ location }) => direct.has(location.slice("node_modules/".length)))
    .map(({ location, version }) => ({ name: nameOf(location), version }));
}

function installedVersions(directory) {
  const lock = path.join(directory, "node_modules", ".package-lock.json");
  const { packages } = JSON.parse(fs.readFileSync(lock, "utf8"));
  return Object.entries(packages)
    .filter(([location, entry]) => location.startsWith("node_modules/") && entry.version)
    .map(([location, entry]) => ({ location, version: entry.version }));
}

function nameOf(location) {
  return location.slice(location.lastIndexOf("node_modules/") + "node_modules/".length);
}

module.exports = { programDependencies };
