/**
 * Asks a Qdrant on this loopback. Its key comes by standard input.
 * usage: save <port> [collection that must be there…] | +<the only collection>…; count <port> <collection>; keep <port> <collection>;
 * recover <port> <collection> <file:///…>
 */
import { createHash } from "node:crypto";
import { createWriteStream, writeFileSync } from "node:fs";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { text } from "node:stream/consumers";

const [verb, port, ...words] = process.argv.slice(2);
const key = (await text(process.stdin)).trimEnd();

async function ask(method, path, body) {
  const answer = await fetch(`http://127.0.0.1:${port}${path}`, {
    method,
    headers: { "api-key": key, ...(body === undefined ? {} : { "content-type": "application/json" }) },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  if (!answer.ok)
    throw new Error(`${method} ${path}: expected 200, found ${answer.status}: ${(await answer.text()).slice(0, 300)}`);
  return answer;
}

const resultOf = async (...request) => (await (await ask(...request)).json()).result;

const countOf = async (path) => (await resultOf("POST", `${path}/points/count`, { exact: true })).count;

/** @returns SHA-256 of what came */
async function download(path, file) {
  const hash = createHash("sha256");
  const { body } = await ask("GET", path);
  const hashed = async function* (source) {
    for await (const chunk of source) {
      hash.update(chunk);
      yield chunk;
    }
  };
  await pipeline(Readable.fromWeb(body), hashed, createWriteStream(file));
  return hash.digest("hex");
}

const at = (name) => `/collections/${encodeURIComponent(name)}`;

async function saveOne(name) {
  const before = await countOf(at(name));
  const { name: snapshot, checksum } = await resultOf("POST", `${at(name)}/snapshots?wait=true`);
  const after = await countOf(at(name));
  const path = `${at(name)}/snapshots/${encodeURIComponent(snapshot)}`;
  try {
    const found = await download(path, `/part/${encodeURIComponent(name)}.snapshot`);
    if (found !== checksum)
      throw new Error(`${name}: expected a snapshot with the checksum ${checksum}, found ${found}`);
  } finally {
    await ask("DELETE", path);
  }
  // With points that come and go nobody knows how many of them the snapshot has.
  if (before === after) console.log(`rows\t${name}\t${after}`);
}

async function save() {
  const { version } = await (await ask("GET", "/")).json();
  console.log(`version\tQdrant ${version}`);
  const names = (await resultOf("GET", "/collections")).collections.map(({ name }) => name).sort();
  const wanted = words.map((word) => word.replace(/^\+/, ""));
  const missing = wanted.filter((name) => !names.includes(name));
  if (missing.length > 0)
    throw new Error(`expected the collections ${wanted.join(", ")}, found no ${missing.join(", ")}`);
  for (const name of words[0]?.startsWith("+") ? wanted : names) await saveOne(name);
  // Snapshots are without them.
  const { aliases } = await resultOf("GET", "/aliases");
  writeFileSync("/part/aliases.json", `${JSON.stringify(aliases, null, 2)}\n`);
}

async function count([name]) {
  console.log(`rows\t${name}\t${await countOf(at(name))}`);
}

/** Has the server keep what a collection holds now. Tells the snapshot's name. */
async function keep([name]) {
  console.log((await resultOf("POST", `${at(name)}/snapshots?wait=true`)).name);
}

/** Makes a collection what a snapshot holds, from a file that the server sees. Tells how many points it has then. */
async function recover([name, location]) {
  await ask("PUT", `${at(name)}/snapshots/recover?wait=true`, { location, priority: "snapshot" });
  console.log(await countOf(at(name)));
}

try {
  await { save, count, keep, recover }[verb](words);
} catch (error) {
  console.error(`Qdrant: ${error.message}`);
  process.exit(1);
}
