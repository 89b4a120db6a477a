/**
 * One argument for a POSIX shell, taken literally whatever it contains.
 * @throws on a NUL byte, which no argument can carry
 */
export function quote(argument: string): string {
  if (argument.includes("\0")) throw new Error("an argument for a remote command contains a NUL byte");
  return `'${argument.replaceAll("'", `'\\''`)}'`;
}

/** A command line that a remote login shell splits back into exactly `argv`. */
export const commandLine = (argv: readonly string[]): string => argv.map(quote).join(" ");
