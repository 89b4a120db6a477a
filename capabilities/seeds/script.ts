import { readFileSync } from "node:fs";
import path from "node:path";
import { UserError } from "../../model/finding";
import { columnRules, faultsOf, type RowRules, type SeedRules } from "../../model/seed";

const read = (name: string): string => readFileSync(path.join(__dirname, name), "utf8");

/** Rules as the scripts take them. */
function rulesFor({ tables, absent = [] }: SeedRules): object {
  const entries = Object.entries(tables);
  const filled = entries.filter((entry): entry is [string, RowRules] => entry[1] !== "empty");
  return {
    absent,
    empty: entries.filter(([, rules]) => rules === "empty").map(([table]) => table),
    filled: filled.map(([table]) => table),
    columns: filled.flatMap(([table, rules]) => columnRules(table, rules)),
    only: Object.fromEntries(filled.flatMap(([table, { only }]) => (only === undefined ? [] : [[table, only]]))),
  };
}

/** Text as a literal of SQL, whatever is set. */
const literal = (text: string): string => `E'${text.replaceAll("\\", "\\\\").replaceAll("'", "''")}'`;

/** What psql is given of a database's rules, in two parts. */
interface SeedScript {
  /** Tells what the rules do not name, and which tables' rows they want. */
  look: string;
  /** Carries them out; fails where something is left. */
  sanitise: string;
}

/**
 * The scripts of a database.
 * @param key what made-up values depend on: letters and digits; whoever knows it can try out guesses
 * @throws UserError where the rules contradict themselves
 */
export function seedScript(database: string, rules: SeedRules, key: string): SeedScript {
  const faults = faultsOf(rules);
  if (faults.length > 0)
    throw new UserError(`${database}: expected one rule for each column of a seed, found ${faults.join("; ")}`);
  const input = `CREATE TEMP TABLE input AS SELECT ${literal(JSON.stringify(rulesFor(rules)))}::jsonb AS value;\n`;
  const look = `${input}${read("look.sql")}`;
  return { look, sanitise: `${look}SET seed.key = ${literal(key)};\n${read("sanitise.sql")}` };
}

/** The program that a host makes a seed with (`export.sh`). */
export const exportScript = (): string => read("export.sh");
