const Module = require("node:module");
const path = require("node:path");
const vm = require("node:vm");

/**
 * Lets every CommonJS module be compiled with the machine code that V8 kept of it.
 * @param {import("./store.cjs").Store} store
 */
function keepCompiled(store) {
  const compile = Module.prototype._compile;
  Module.prototype._compile = function (text, file, ...others) {
    if (isSpecial(text)) return compile.call(this, text, file, ...others);
    const run = scriptOf(store, text, file).runInThisContext();
    return run.call(this.exports, this.exports, requireOf(this), this, file, path.dirname(file));
  };
}

/** What Node compiles in ways that `vm.Script` cannot: a dynamic import, the first line of a program. */
const isSpecial = (text) => text.includes("import(") || text.startsWith("#!");

function scriptOf(store, text, file) {
  const cachedData = store.get(file, "v8", text);
  const columnOffset = -Module.wrapper[0].length;
  const script = new vm.Script(Module.wrap(text), { filename: file, cachedData, columnOffset });
  if (cachedData === undefined || script.cachedDataRejected)
    store.add(file, "v8", text, () => script.createCachedData());
  return script;
}

/** What a module knows as `require`; Node does not hand out its own. */
function requireOf(module) {
  const require = (id) => module.require(id);
  require.resolve = (request, options) => Module._resolveFilename(request, module, false, options);
  require.resolve.paths = (request) => Module._resolveLookupPaths(request, module);
  require.main = process.mainModule;
  require.extensions = Module._extensions;
  require.cache = Module._cache;
  return require;
}

module.exports = { keepCompiled };
