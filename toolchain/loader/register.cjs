/*
 * Loads TypeScript, and keeps what was compiled in `.vpai/loader`: `node --require ./toolchain/loader/register.cjs FILE`.
 * Each program that is run has one file there. What is missing, old or damaged is compiled anew.
 */
/* global clearTimeout */
const { createHash } = require("node:crypto");
const fs = require("node:fs");
const Module = require("node:module");
const path = require("node:path");
const v8 = require("node:v8");
const { keepCompiled } = require("./compile.cjs");
const { deferSeldomUsed } = require("./defer.cjs");
const { Store } = require("./store.cjs");
const { version: transpiler } = require("sucrase/package.json");

const root = path.resolve(__dirname, "..", "..");
const folder = path.join(root, ".vpai", "loader");

/**
 * Time after the last compilation until what was compiled is written, in milliseconds: plugins are killed, and live no longer
 * than a run does.
 */
const PAUSE = 300;

if (!require.extensions[".ts"]?.ours) register();

function register() {
  const store = openStore();
  addExtension(Object.assign((module, file) => loadTypeScript(store, module, file), { ours: true }));
  if (Module.enableCompileCache) Module.enableCompileCache(path.join(folder, "node"));
  else keepCompiled(store);
  deferSeldomUsed(root);
  // By then V8 has compiled more of what was loaded.
  process.once("exit", () => saveQuietly(store));
}

/** Before JSON in the order in which files of one name are taken: `lock.ts` stands beside `lock.json`. */
function addExtension(load) {
  const others = { ...require.extensions };
  for (const extension of Object.keys(others)) delete require.extensions[extension];
  Object.assign(require.extensions, { ".js": others[".js"], ".ts": load }, others, { ".ts": load });
}

function openStore() {
  const program = createHash("sha1")
    .update(process.argv[1] ?? "")
    .digest("hex")
    .slice(0, 16);
  const maker = [process.version, process.arch, v8.cachedDataVersionTag(), transpiler].join(" ");
  let timer;
  const store = new Store(path.join(folder, program), maker, () => {
    clearTimeout(timer);
    timer = setTimeout(() => saveQuietly(store), PAUSE).unref();
  });
  return store;
}

function loadTypeScript(store, module, file) {
  const text = fs.readFileSync(file, "utf8");
  module._compile(store.get(file, "code", text)?.toString("utf8") ?? transpile(store, file, text), file);
}

function transpile(store, file, text) {
  const code = require("./transpile.cjs").transpile(text, file);
  store.add(file, "code", text, () => Buffer.from(code));
  return code;
}

/** A folder that cannot be written makes the next process slow, not wrong. */
function saveQuietly(store) {
  try {
    store.save();
  } catch {
    // The next process tries again.
  }
}
