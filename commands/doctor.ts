import { parseArgs } from "node:util";
import { checksFor, examine, formatReports } from "../toolchain/doctor/doctor";
import { thisMachine } from "../toolchain/doctor/machine";

/**
 * `make doctor`: what this machine has, what is missing and how to get it.
 * Usage: doctor.ts [--fatal-only] [STACK]; the stack is the argument, else STACK, else lab.
 * `--fatal-only` prints only what must stop `make up`. Exit code 1 when there is any of that.
 */
async function main(): Promise<void> {
  const { values, positionals } = parseArgs({
    options: { "fatal-only": { type: "boolean", default: false } },
    allowPositionals: true,
  });
  const stack = positionals[0] ?? (process.env["STACK"] || "lab");
  const reports = await examine(checksFor(stack, thisMachine), thisMachine);
  const fatal = reports.filter(({ status }) => status === "fatal");
  const shown = values["fatal-only"] ? fatal : reports;
  if (shown.length > 0) console.log(formatReports(shown));
  if (fatal.length > 0) process.exitCode = 1;
}

main().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : String(error));
  process.exitCode = 1;
});
