import { createReadStream, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { collect } from "../ssh/channel";
import type { Transport } from "../ssh/transport";
import type { SeedBucket } from "./bucket";
import type { SeedDatabase, SeedManifest } from "./manifest";

/** A database of a server in a container. */
export interface SeedTarget {
  /** The container's name. */
  container: string;
  superuser: string;
  database: string;
  /** Who owns all that is loaded. */
  role: string;
}

/** What became of a database. */
type Seeding = { outcome: "loaded"; manifest: SeedManifest } | { outcome: "kept" | "without" };

const psql = ({ container, superuser, database }: SeedTarget): string[] => [
  ...["docker", "exec", "--interactive", container, "psql", "--username", superuser, "--dbname", database],
  ...["--no-psqlrc", "--quiet", "--no-align", "--tuples-only", "--set", "ON_ERROR_STOP=1", "--set", "VERBOSITY=terse"],
];

/** Tables, views and whatever else somebody has made in a database. */
const ANYTHING = `SELECT count(*) FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE n.nspname NOT IN ('pg_catalog', 'information_schema') AND n.nspname NOT LIKE 'pg\\_%';`;

/** Whether nobody has made anything in a database yet. */
export const isEmpty = async (host: Transport, target: SeedTarget): Promise<boolean> =>
  (await host.output(psql(target), { stdin: ANYTHING })).trim() === "0";

/**
 * Loads a database of a seed, all of it or nothing, into one that is empty; any other is left as it is.
 * @param chosen default: the newest
 */
export async function loadSeed(
  host: Transport,
  target: SeedTarget,
  bucket: SeedBucket,
  chosen?: SeedManifest,
): Promise<Seeding> {
  if (!(await isEmpty(host, target))) return { outcome: "kept" };
  const manifest = chosen ?? (await bucket.newest());
  const database = manifest?.databases.find(({ name }) => name === target.database);
  if (manifest === undefined || database === undefined) return { outcome: "without" };
  const folder = mkdtempSync(path.join(tmpdir(), "vpai-seed-"));
  try {
    const file = path.join(folder, "dump");
    await bucket.download(manifest, database, file);
    await restore(host, target, file);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  await expectRows(host, target, manifest, database);
  return { outcome: "loaded", manifest };
}

async function restore(
  host: Transport,
  { container, superuser, database, role }: SeedTarget,
  file: string,
): Promise<void> {
  const command = [
    "docker",
    "exec",
    "--interactive",
    container,
    "pg_restore",
    "--username",
    superuser,
    "--dbname",
    database,
  ];
  const how = ["--no-owner", "--no-privileges", `--role=${role}`, "--exit-on-error", "--single-transaction"];
  const answer = await host.exchange([...command, ...how], (channel) => collect(channel, createReadStream(file)));
  if (answer.code !== 0)
    throw new Error(
      `${container} on ${host.name}: expected to load the seed into ${database}, found a refusal (${answer.stderr.trim().slice(-500)}); ` +
        "it is empty as before",
    );
}

/** @throws where a table has another number of rows than the seed */
async function expectRows(
  host: Transport,
  target: SeedTarget,
  { seed }: SeedManifest,
  { rows }: SeedDatabase,
): Promise<void> {
  const text = await host.output(psql(target), { stdin: COUNTS });
  const there = Object.fromEntries(
    text
      .split("\n")
      .filter((line) => line !== "")
      .map((line): [string, number] => {
        const [table = "", count] = line.split("\t");
        return [table, Number(count)];
      }),
  );
  const wrong = Object.entries(rows).filter(([table, count]) => there[table] !== count);
  if (wrong.length > 0)
    throw new Error(
      `${target.database}: expected the rows of the seed ${seed}, found others in ${wrong.map(([table]) => table).join(", ")}: ` +
        "drop the database by hand and run `make up` again",
    );
}

/** Rows of every table, under the names that a manifest has. */
const COUNTS = `SELECT format('SELECT %L || count(*) FROM %s', called || E'\\t', oid::regclass)
FROM (SELECT c.oid, CASE WHEN nspname = 'public' THEN relname::text ELSE nspname || '.' || relname END AS called
      FROM pg_class c JOIN pg_namespace n ON n.oid = relnamespace
      WHERE relkind = 'r' AND nspname NOT IN ('pg_catalog', 'information_schema')) tables
\\gexec
`;
