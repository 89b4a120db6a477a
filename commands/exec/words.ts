import { problemsOf } from "../../model/finding";

/** A piece of a word: quoted literally, quoted, escaped, or plain. */
const PIECE = /'([^']*)'|"((?:[^"\\]|\\[^])*)"|\\([^])|([^\s'"\\]+)/y;

/**
 * The arguments that a command line consists of, split as a POSIX shell splits it. Nothing is expanded: what wants a shell
 * starts one (`sh -c '…'`).
 * @throws UserError for an empty one, and for a quotation without end
 */
export function wordsOf(line: string): string[] {
  const words: string[] = [];
  for (let at = endOfBlanks(line, 0); at < line.length; at = endOfBlanks(line, at)) {
    let word = "";
    for (const start = at; at < line.length && !/\s/.test(line.charAt(at));) {
      PIECE.lastIndex = at;
      const piece = PIECE.exec(line);
      if (piece === null) throw wrong(`a quotation without end: ${line.slice(start)}`);
      const [, literal, quoted, escaped, plain] = piece;
      word += literal ?? quoted?.replaceAll(/\\(["\\$`])/g, "$1") ?? escaped ?? plain ?? "";
      at = PIECE.lastIndex;
    }
    words.push(word);
  }
  if (words.length === 0) throw wrong("nothing");
  return words;
}

function endOfBlanks(line: string, from: number): number {
  let at = from;
  while (/\s/.test(line.charAt(at))) at += 1;
  return at;
}

const wrong = (found: string) =>
  problemsOf("What the command was given", [
    { where: "CMD", expected: "a command and its arguments, quoted as for a shell", found, mend: "say CMD='psql -l'" },
  ]);
