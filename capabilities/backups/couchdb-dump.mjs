/**
 * Reads the databases of a CouchDB on this loopback as a replication does: each document's last revisions, with the way to them.
 * The administrator's password comes by standard input.
 * usage: <port> <administrator> [database that must be there…] | +<the only database>… | =<database whose documents are counted>
 */
import { createWriteStream } from "node:fs";
import { once } from "node:events";
import { finished } from "node:stream/promises";
import { text } from "node:stream/consumers";

/** Changes that are listed at a time, and documents that are read at a time: a vault has hundreds of thousands of pieces. */
const LISTED = 5_000;
const READ = 100;
/** Bytes of documents that are taken at a time: there is little memory, and each of them may have megabytes. */
const TAKEN = 4_000_000;

const [port, user, ...expected] = process.argv.slice(2);
const password = (await text(process.stdin)).trimEnd();
const authorization = `Basic ${Buffer.from(`${user}:${password}`).toString("base64")}`;

/** @returns an answer's text; undefined for one of more bytes than `most` */
async function textWithin({ body }, most) {
  const chunks = [];
  let bytes = 0;
  for await (const chunk of body) {
    bytes += chunk.length;
    if (bytes > most) return undefined;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString("utf8");
}

async function ask(method, path, body, most = Infinity) {
  const answer = await fetch(`http://127.0.0.1:${port}${path}`, {
    method,
    headers: {
      authorization,
      accept: "application/json",
      ...(body === undefined ? {} : { "content-type": "application/json" }),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  if (!answer.ok)
    throw new Error(`${method} ${path}: expected 200, found ${answer.status}: ${(await answer.text()).slice(0, 300)}`);
  const said = await textWithin(answer, most);
  return said === undefined ? undefined : JSON.parse(said);
}

/** Last revisions by document, as of one moment after the call: what changes meanwhile comes later in the list, and counts. */
async function revisionsOf(at) {
  const revisions = new Map();
  let since = 0;
  for (;;) {
    const path = `${at}/_changes?style=all_docs&limit=${LISTED}&since=${encodeURIComponent(since)}`;
    const { results, last_seq: last } = await ask("GET", path);
    for (const { id, changes } of results)
      revisions.set(
        id,
        changes.map(({ rev }) => rev),
      );
    if (results.length < LISTED) return revisions;
    since = last;
  }
}

/**
 * The documents of some ids; one whose revision is gone by now was changed, and is asked for as it is. Those that are too much at once
 * are asked for in halves.
 */
async function* read(at, wanted) {
  const docs = wanted.flatMap(([id, revs]) => revs.map((rev) => ({ id, rev })));
  const most = wanted.length > 1 ? TAKEN : Infinity;
  const answer = await ask("POST", `${at}/_bulk_get?revs=true&attachments=true`, { docs }, most);
  if (answer === undefined) {
    const half = Math.ceil(wanted.length / 2);
    yield* read(at, wanted.slice(0, half));
    yield* read(at, wanted.slice(half));
    return;
  }
  for (const { id, docs: answers } of answer.results)
    for (const { ok } of answers)
      yield ok ?? (await ask("GET", `${at}/${encodeURIComponent(id)}?revs=true&attachments=true`));
}

async function save(name) {
  const at = `/${encodeURIComponent(name)}`;
  const file = createWriteStream(`/part/${encodeURIComponent(name)}.ndjson`);
  const write = async (value) => {
    if (!file.write(`${JSON.stringify(value)}\n`)) await once(file, "drain");
  };
  await write({ database: name, security: await ask("GET", `${at}/_security`) });
  // In the order of their names: what did not change since yesterday is found again.
  const all = [...(await revisionsOf(at))].sort(([one], [other]) => (one < other ? -1 : 1));
  for (let from = 0; from < all.length; from += READ)
    for await (const doc of read(at, all.slice(from, from + READ))) await write(doc);
  await write({ end: true, ids: all.length });
  file.end();
  await finished(file);
}

/** How many documents there are, without those that were deleted. */
async function count(name) {
  const { doc_count: documents } = await ask("GET", `/${encodeURIComponent(name)}`);
  console.log(`rows\t${name}\t${documents}`);
}

async function saveAll() {
  const { version } = await ask("GET", "/");
  console.log(`version\tCouchDB ${version}`);
  const all = (await ask("GET", "/_all_dbs")).filter((name) => !name.startsWith("_")).sort();
  const names = expected[0]?.startsWith("+") ? expected.splice(0).map((name) => name.slice(1)) : all;
  const missing = expected.filter((name) => !names.includes(name));
  if (missing.length > 0)
    throw new Error(`expected the databases ${expected.join(", ")}, found no ${missing.join(", ")}`);
  for (const name of names) await save(name);
}

try {
  if (expected[0]?.startsWith("=")) await count(expected[0].slice(1));
  else await saveAll();
} catch (error) {
  console.error(`CouchDB: ${error.message}`);
  process.exit(1);
}
