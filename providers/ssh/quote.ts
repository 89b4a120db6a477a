/**
 * One argument for a shell, taken literally whatever it contains. Backslashes and single quotes stand outside of quotes: POSIX
 * shells and fish read a backslash within single quotes differently.
 * @throws on a NUL byte, which no argument can carry
 */
export function quote(argument: string): string {
  if (argument.includes("\0")) throw new Error("an argument for a remote command contains a NUL byte");
  return argument === "" ? "''" : argument.replaceAll(/[^'\\]+|['\\]/g, quotePiece);
}

const quotePiece = (piece: string): string => (piece === "'" || piece === "\\" ? `\\${piece}` : `'${piece}'`);

/** A command line that a shell splits back into exactly `argv`. */
export const commandLine = (argv: readonly string[]): string => argv.map(quote).join(" ");

/**
 * What programs on hosts answer in, since their words are told apart: sudo keeps these for what it starts. gettext, as old as
 * Debian 12's, prefers LANGUAGE to a locale that is not plain C, which would lose all letters but ASCII.
 */
const IN_ENGLISH = "export LC_ALL=C.UTF-8 LANGUAGE=C";

/**
 * What is asked of a host to run `argv`, in words that bash, zsh, fish and dash read alike. The login shell does no more than
 * start `sh`, so that its own functions and aliases do not come between.
 */
export const remoteCommand = (argv: readonly string[]): string =>
  `/bin/sh -c '${IN_ENGLISH}; exec "$@"' vpai ${commandLine(argv)}`;
