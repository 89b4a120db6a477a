import { type Finding, problemsOf } from "../../model/finding";

const TITLE = "What the command was given";

/**
 * Whether a variable of `make` that is a switch was given: `1` says so. Anything else but nothing is refused, as nobody knows what `no`
 * or `0` was to mean.
 * @throws UserError for another value
 */
export function flagOf(name: string, given: Readonly<Record<string, string | undefined>> = process.env): boolean {
  const value = given[name] ?? "";
  if (value === "" || value === "1") return value === "1";
  throw problemsOf(TITLE, [wrongFlag(name, value)]);
}

/** What is wrong with a switch that was given another value than `1`. */
export const wrongFlag = (where: string, found: string): Finding => ({
  ...{ where, expected: "1, or nothing" },
  ...{ found: JSON.stringify(found), mend: `say ${where}=1, or no ${where}` },
});
