const Module = require("node:module");
const path = require("node:path");

/**
 * What is required at once, and used seldom or never: by the SDK to serialise functions (the compiler, npm's tree of
 * packages), to follow source maps and to drive other programs, and by zod for the languages of its errors. Together
 * most of what a program would load.
 */
const DEFERRED = [
  "typescript",
  "@npmcli/arborist",
  "source-map-support/register",
  "@pulumi/pulumi/automation",
  "zod/v4/locales",
];

/** Lets those load when something of theirs is used. @param {string} root of the project */
function deferSeldomUsed(root) {
  const sdk = resolve("@pulumi/pulumi", [root]);
  if (sdk === undefined) return;
  for (const name of DEFERRED) {
    const file = resolve(name, [path.dirname(sdk)]);
    if (file !== undefined) defer(file);
  }
}

function resolve(name, paths) {
  try {
    return require.resolve(name, { paths });
  } catch {
    return undefined;
  }
}

/** @param {string} file that `require` resolves the package to */
function defer(file) {
  const placeholder = new Module(file);
  placeholder.filename = file;
  placeholder.loaded = true;
  const load = () => {
    if (Module._cache[file] === placeholder) delete Module._cache[file];
    return require(file);
  };
  placeholder.exports = new Proxy(function () {}, {
    get: (_, name) => member(load, name),
    has: (_, name) => Reflect.has(load(), name),
    apply: (_, self, args) => Reflect.apply(load(), self, args),
    construct: (_, args) => Reflect.construct(load(), args),
  });
  Module._cache[file] = placeholder;
}

function member(load, name) {
  // Compiled imports ask for this at once. With any other answer they would copy all members.
  if (name === "__esModule") return true;
  const loaded = load();
  return name === "default" && !("default" in loaded) ? loaded : Reflect.get(loaded, name);
}

module.exports = { deferSeldomUsed };
