/**
 * Makes a database of a CouchDB on this loopback what a dump holds: documents with their revisions, and who may come in. What the
 * database was is gone. The administrator's password comes by standard input.
 * usage: <port> <administrator> <file of the part, or - for none> <database>
 */
import { createReadStream } from "node:fs";
import { createInterface } from "node:readline";
import { text } from "node:stream/consumers";
import { setTimeout as sleep } from "node:timers/promises";

/** Documents, and bytes of them, that are written at a time. */
const WRITTEN = 200;
const BYTES = 4_000_000;
/** Tries to make a database whose files are still being taken away. */
const TRIES = 20;

const [port, user, file, name] = process.argv.slice(2);
const password = (await text(process.stdin)).trimEnd();
const authorization = `Basic ${Buffer.from(`${user}:${password}`).toString("base64")}`;
const at = `/${encodeURIComponent(name)}`;

async function ask(method, path, body, fine = []) {
  const answer = await fetch(`http://127.0.0.1:${port}${path}`, {
    method,
    headers: { authorization, accept: "application/json", "content-type": "application/json" },
    ...(body === undefined ? {} : { body: typeof body === "string" ? body : JSON.stringify(body) }),
  });
  if (!answer.ok && !fine.includes(answer.status))
    throw new Error(`${method} ${path}: expected 200, found ${answer.status}: ${(await answer.text()).slice(0, 300)}`);
  return answer.json();
}

async function create() {
  for (let tries = 1; ; tries++)
    try {
      return await ask("PUT", at);
    } catch (error) {
      if (tries === TRIES) throw error;
      await sleep(500);
    }
}

async function write(docs) {
  // Only what is wrong is told of documents with revisions of their own.
  const answers = await ask("POST", `${at}/_bulk_docs`, `{"new_edits":false,"docs":[${docs.join(",")}]}`);
  const wrong = answers.find(({ error }) => error !== undefined);
  if (wrong !== undefined) throw new Error(`${name}: ${wrong.id}: ${wrong.error}: ${wrong.reason}`);
}

async function load() {
  const alive = new Set();
  let [docs, bytes, head, end] = [[], 0];
  for await (const line of createInterface({ input: createReadStream(`/part/${file}`), crlfDelay: Infinity })) {
    const value = JSON.parse(line);
    if (head === undefined) head = value;
    else if (value.end === true) end = value;
    else {
      if (value._deleted !== true) alive.add(value._id);
      docs.push(line);
      bytes += line.length;
      if (docs.length < WRITTEN && bytes < BYTES) continue;
      await write(docs);
      [docs, bytes] = [[], 0];
    }
  }
  if (docs.length > 0) await write(docs);
  if (end === undefined) throw new Error(`${file}: expected its end, found none`);
  await ask("PUT", `${at}/_security`, head.security);
  const { doc_count: count } = await ask("GET", at);
  if (count !== alive.size) throw new Error(`${name}: expected ${alive.size} documents, found ${count}`);
}

try {
  await ask("DELETE", at, undefined, [404]);
  if (file !== "-") {
    await create();
    await load();
  }
} catch (error) {
  console.error(`CouchDB: ${error.message}`);
  process.exit(1);
}
