/* global WebAssembly */
import { createRequire } from "node:module";
import { bindAdapter } from "@prisma/driver-adapter-utils";
import { Database } from "./database.mjs";

const require = createRequire(import.meta.url);
const runtime = require("@prisma/client/runtime/query_engine_bg.postgresql.js");

/** The engine wants a number for each request, for its traces alone, which are off. */
export const requestId = "1";

/** The commit of Prisma's engines that the program was built of. */
export const version = () => load().getBuildTimeInfo().commit;

/** Starts Prisma's query engine for the text of a schema; rejects when the database cannot be reached. */
export async function startEngine(schema, url) {
  const options = {
    datamodel: schema,
    env: process.env,
    datasourceOverrides: {},
    ignoreEnvVarErrors: true,
    engineProtocol: "json",
    logLevel: "error",
    logQueries: false,
    enableTracing: false,
    configDir: ".",
  };
  const adapter = bindAdapter(await new Database(url).connect());
  const engine = new (load().QueryEngine)(options, (line) => process.stderr.write(`${line}\n`), adapter);
  await engine.connect("{}", requestId);
  return engine;
}

let loaded = false;
function load() {
  if (loaded) return runtime;
  const { wasm } = require("@prisma/client/runtime/query_engine_bg.postgresql.wasm-base64.js");
  const program = new WebAssembly.Module(Buffer.from(wasm, "base64"));
  const instance = new WebAssembly.Instance(program, { "./query_engine_bg.js": runtime });
  runtime.__wbg_set_wasm(instance.exports);
  instance.exports.__wbindgen_start();
  loaded = true;
  return runtime;
}
