// Exits 0 when node_modules holds exactly the versions of package-lock.json; packages for other platforms may lack.
const { readFileSync } = require("node:fs");
const path = require("node:path");

const root = path.dirname(__dirname);
const packagesOf = (file) => JSON.parse(readFileSync(path.join(root, file), "utf8")).packages;

const wanted = packagesOf("package-lock.json");
const installed = packagesOf("node_modules/.package-lock.json");

const fits = Object.entries(wanted).every(([location, entry]) => {
  if (!location.includes("node_modules/") || entry.link) return true;
  const found = installed[location];
  return found ? found.version === entry.version && found.integrity === entry.integrity : entry.optional === true;
});

process.exitCode = fits ? 0 : 1;
