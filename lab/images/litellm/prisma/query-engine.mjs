import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import { text } from "node:stream/consumers";
import { parseArgs } from "node:util";
import { requestId, startEngine, version } from "./engine.mjs";
import { readModels, toGraphqlAnswer, toJsonRequest } from "./protocol.mjs";

/**
 * Prisma's query engine as the program that Prisma's Python client starts: the same arguments, variables and HTTP
 * interface as the native one, which only Prisma's own server offers. The engine inside is Prisma's, as WebAssembly.
 */

const { values: given } = parseArgs({
  options: {
    version: { type: "boolean" },
    port: { type: "string", short: "p" },
    "enable-metrics": { type: "boolean" },
    "enable-raw-queries": { type: "boolean" },
  },
});

if (given.version) process.stdout.write(`query-engine ${version()}\n`);
else await serve();

async function serve() {
  const [overwritten] = JSON.parse(process.env.OVERWRITE_DATASOURCES ?? "[]");
  const schema = readFileSync(process.env.PRISMA_DML_PATH, "utf8");
  const engine = await startEngine(schema, overwritten?.url ?? process.env.DATABASE_URL);
  const models = readModels(schema);
  const server = createServer((request, response) => void answer({ engine, models }, request, response));
  server.listen(Number(given.port), "127.0.0.1");
  for (const signal of ["SIGINT", "SIGTERM"]) process.on(signal, () => process.exit(0));
}

async function answer(database, request, response) {
  try {
    const body = await text(request);
    const result = await handle(database, request, body === "" ? undefined : JSON.parse(body));
    send(
      response,
      result === undefined ? 404 : 200,
      result ?? { error: `${request.method} ${request.url} is unknown` },
    );
  } catch (error) {
    send(response, 500, { error: String(error) });
  }
}

function send(response, status, content) {
  response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(content));
}

async function handle({ engine, models }, { method, url, headers }, body) {
  const [, id, step] = /^\/transaction\/([\w-]+)\/(commit|rollback)$/.exec(url) ?? [];
  if (url === "/status") return { status: "ok" };
  if (method !== "POST") return undefined;
  if (url === "/") return query(engine, models, body, headers["x-transaction-id"]);
  if (url === "/transaction/start") return done(await engine.startTransaction(JSON.stringify(body), "{}", requestId));
  if (step === "commit") return done(await engine.commitTransaction(id, "{}", requestId));
  if (step === "rollback") return done(await engine.rollbackTransaction(id, "{}", requestId));
  return undefined;
}

/** What a step of a transaction returned; an error of it becomes the answer's. */
function done(result) {
  const value = JSON.parse(result);
  if (value.error_code !== undefined) throw new Error(`${value.error_code}: ${value.message}`);
  return value;
}

async function query(engine, models, body, transaction) {
  const ask = async (request) => JSON.parse(await engine.query(JSON.stringify(request), "{}", transaction, requestId));
  if (body.batch === undefined) return toGraphqlAnswer(await ask(toJsonRequest(body.query, models)));
  const batch = body.batch.map((each) => toJsonRequest(each.query, models));
  const result = await ask({ batch, ...(body.transaction ? { transaction: {} } : {}) });
  return result.batchResult === undefined
    ? result
    : { ...result, batchResult: result.batchResult.map(toGraphqlAnswer) };
}
