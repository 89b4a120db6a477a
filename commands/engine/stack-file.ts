import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { parseDocument } from "yaml";
import { closest } from "../../config/suggestion";
import { problemsOf, UserError } from "../../model/finding";
import { projectRoot } from "../../toolchain/environment";

const FILE = /^Pulumi\.(.+)\.yaml$/;

/** Path of a stack's file. @throws UserError where there is none: a stack of a mistyped name would be made, and be empty */
export function stackFile(stack: string): string {
  const known = readdirSync(projectRoot).flatMap((name) => FILE.exec(name)?.[1] ?? []);
  if (known.includes(stack)) return path.join(projectRoot, `Pulumi.${stack}.yaml`);
  throw problemsOf("What the command was given", [
    {
      where: "STACK",
      expected: `a stack that has a file Pulumi.<stack>.yaml here: ${known.sort().join(", ")}`,
      found: JSON.stringify(stack),
      mend: closest(stack, known).replace("rename it to ", "say STACK="),
    },
  ]);
}

/** What a stack's file says. @throws UserError where there is none, or no YAML in it: the parser's own words quote the text */
export function stackFileContent(stack: string): unknown {
  const file = stackFile(stack);
  const document = parseDocument(readFileSync(file, "utf8"));
  const [fault] = document.errors;
  if (fault === undefined) return document.toJS();
  const line = fault.linePos?.[0].line ?? 1;
  throw new UserError(`expected YAML in ${file}, found a mistake (${fault.code}) in line ${line}: correct it there`);
}
