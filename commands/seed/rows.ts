import { UserError } from "../../model/finding";
import { isSeeded, type SeededDatabase, type StackDatabase } from "./databases";

/**
 * Databases of a set that a seed has, and lines that say why the others are not in it.
 * @param files of the set's part
 * @throws UserError where none would be left
 */
export function seedRows(
  databases: readonly StackDatabase[],
  files: readonly string[],
): { wanted: SeededDatabase[]; rows: string[][] } {
  const dumped = files.filter((file) => file.endsWith(".dump")).map((file) => file.slice(0, -".dump".length));
  const known = databases.filter(({ name }) => dumped.includes(name));
  const wanted = known.filter(isSeeded);
  if (wanted.length === 0)
    throw new UserError(
      `expected a set with a database that has rules for a seed, found ${dumped.join(", ") || "none"} in it`,
    );
  const unsaid = dumped.filter((name) => !databases.some((one) => one.name === name));
  return {
    wanted,
    rows: [
      ...known.flatMap(({ name, seed }) => (seed.kind === "none" ? [[name, `not in it: ${seed.reason}`, ""]] : [])),
      ...unsaid.map((name) => [name, "not in it: no service of the stack asks for it", ""]),
    ],
  };
}
