import { problemsOf } from "../../model/finding";

/** How a command tells what it has found. */
type Format = "text" | "json";

/** @throws UserError for a form that there is not. Default: text */
export function expectFormat(given = ""): Format {
  if (given === "" || given === "text") return "text";
  if (given === "json") return "json";
  throw problemsOf("What the command was given", [
    { where: "FORMAT", expected: "text or json", found: `"${given}"`, mend: "say FORMAT=json, or no FORMAT" },
  ]);
}
