/**
 * Has a Qdrant on this loopback write a snapshot of each collection, and brings them here. Its key comes by standard input.
 * usage: <port> [collection that must be there…]
 */
import { createHash } from "node:crypto";
import { createWriteStream, writeFileSync } from "node:fs";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { text } from "node:stream/consumers";

const [port, ...expected] = process.argv.slice(2);
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

const countOf = async (at) => (await resultOf("POST", `${at}/points/count`, { exact: true })).count;

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

async function save(name) {
  const at = `/collections/${encodeURIComponent(name)}`;
  const before = await countOf(at);
  const { name: snapshot, checksum } = await resultOf("POST", `${at}/snapshots?wait=true`);
  const after = await countOf(at);
  const path = `${at}/snapshots/${encodeURIComponent(snapshot)}`;
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

try {
  const { version } = await (await ask("GET", "/")).json();
  console.log(`version\tQdrant ${version}`);
  const names = (await resultOf("GET", "/collections")).collections.map(({ name }) => name).sort();
  const missing = expected.filter((name) => !names.includes(name));
  if (missing.length > 0)
    throw new Error(`expected the collections ${expected.join(", ")}, found no ${missing.join(", ")}`);
  for (const name of names) await save(name);
  // Snapshots are without them.
  const { aliases } = await resultOf("GET", "/aliases");
  writeFileSync("/part/aliases.json", `${JSON.stringify(aliases, null, 2)}\n`);
} catch (error) {
  console.error(`Qdrant: ${error.message}`);
  process.exit(1);
}
