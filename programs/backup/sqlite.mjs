/**
 * SQLite databases that programs have open.
 * usage: copy <database> <new file>; check <database> <name>, which tells the rows of its tables under that name
 */
import { DatabaseSync } from "node:sqlite";

/** Milliseconds that a writer may hold the database. */
const PATIENCE = 60_000;

const [verb, file, other] = process.argv.slice(2);

/** One statement, so one moment: a copy page by page would begin anew with every write of somebody else's. */
function copy() {
  const database = new DatabaseSync(file);
  database.exec(`PRAGMA busy_timeout = ${PATIENCE}`);
  database.prepare("VACUUM INTO ?").run(other);
  database.close();
}

const quoted = (name) => `"${name.replaceAll('"', '""')}"`;

function check() {
  const database = new DatabaseSync(file, { readOnly: true });
  const [{ integrity_check: found }] = database.prepare("PRAGMA integrity_check(1)").all();
  if (found !== "ok") throw new Error(`${other}: expected a sound database, found: ${found}`);
  // Of a virtual table only the program itself may know the module.
  const tables = database
    .prepare(
      "SELECT name FROM sqlite_schema WHERE type = 'table' AND rootpage > 0 AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\' ORDER BY name",
    )
    .all();
  for (const { name } of tables) {
    const { count } = database.prepare(`SELECT count(*) AS count FROM ${quoted(name)}`).get();
    console.log(`rows\t${other}:${name}\t${count}`);
  }
  database.close();
}

try {
  ({ copy, check })[verb]();
} catch (error) {
  console.error(`${file}: ${error.message}`);
  process.exit(1);
}
