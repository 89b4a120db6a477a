/** Reads dumps of databases back, each to its end, and counts the documents that are there, not those that were deleted. */
import { createReadStream, readdirSync } from "node:fs";
import { createInterface } from "node:readline";

async function verify(file) {
  const [alive, ids] = [new Set(), new Set()];
  let head;
  let end;
  for await (const line of createInterface({ input: createReadStream(`/part/${file}`), crlfDelay: Infinity })) {
    const value = JSON.parse(line);
    if (head === undefined) head = value;
    else if (value.end === true) end = value;
    else {
      if (value._revisions === undefined) throw new Error(`${file}: expected revisions of ${value._id}, found none`);
      ids.add(value._id);
      if (value._deleted !== true) alive.add(value._id);
    }
  }
  if (end === undefined || end.ids !== ids.size)
    throw new Error(`${file}: expected ${end?.ids ?? "an end and its number of"} documents, found ${ids.size}`);
  console.log(`rows\t${head.database}\t${alive.size}`);
}

try {
  for (const file of readdirSync("/part")
    .filter((name) => name.endsWith(".ndjson"))
    .sort())
    await verify(file);
} catch (error) {
  console.error(`CouchDB: ${error.message}`);
  process.exit(1);
}
