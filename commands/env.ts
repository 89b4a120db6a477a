import { ownSearchPath, pulumiVariables } from "../toolchain/environment";
import { shellExport, shellQuote } from "../toolchain/shell";

/**
 * Prints the `export` lines with which plain `pulumi` works for a stack: `eval "$(make -s env STACK=lab)"`.
 * Usage: env.ts [STACK], default lab.
 */
function main(stack: string): void {
  const { PATH: searchPath, ...others } = pulumiVariables(stack);
  // The shell's own search path, not the one that npm and make run this program with.
  if (searchPath !== undefined) console.log(`export PATH=${shellQuote(ownSearchPath)}:"$PATH"`);
  for (const [name, value] of Object.entries(others)) console.log(shellExport(name, value));
}

main(process.argv[2] || process.env["STACK"] || "lab");
