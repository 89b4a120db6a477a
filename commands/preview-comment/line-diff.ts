/** A line that was added, that was removed, or that is the same in both. */
export interface DiffLine {
  sign: "+" | "-" | " ";
  text: string;
}

/** Unchanged lines shown around a change. */
const CONTEXT = 2;
/** Above this many lines on either side the texts are shown as removed and added: the table below grows with the square. */
const LONGEST_TEXT = 1000;

/** The lines that differ between two texts, with a few unchanged ones around them. */
export function lineDiff(from: string, to: string): DiffLine[] {
  return withoutFarLines(alignedLines(from.split("\n"), to.split("\n")));
}

function alignedLines(from: readonly string[], to: readonly string[]): DiffLine[] {
  if (from.length > LONGEST_TEXT || to.length > LONGEST_TEXT) return [...signed("-", from), ...signed("+", to)];
  const common = commonLengths(from, to);
  const lines: DiffLine[] = [];
  let [row, column] = [0, 0];
  while (row < from.length || column < to.length) {
    const [old, fresh] = [from[row], to[column]];
    if (old !== undefined && old === fresh) {
      lines.push({ sign: " ", text: old });
      row++;
      column++;
    } else if (
      fresh === undefined ||
      (old !== undefined && at(common, row + 1, column) >= at(common, row, column + 1))
    ) {
      lines.push({ sign: "-", text: old ?? "" });
      row++;
    } else {
      lines.push({ sign: "+", text: fresh });
      column++;
    }
  }
  return lines;
}

const signed = (sign: DiffLine["sign"], lines: readonly string[]): DiffLine[] => lines.map((text) => ({ sign, text }));

/** For each pair of positions, the length of the longest common subsequence of what follows. */
function commonLengths(from: readonly string[], to: readonly string[]): Uint16Array[] {
  let below = new Uint16Array(to.length + 1);
  const table = [below];
  for (const old of from.toReversed()) {
    const row = new Uint16Array(to.length + 1);
    for (let column = to.length - 1; column >= 0; column--) {
      row[column] =
        old === to[column] ? (below[column + 1] ?? 0) + 1 : Math.max(below[column] ?? 0, row[column + 1] ?? 0);
    }
    table.push(row);
    below = row;
  }
  return table.reverse();
}

const at = (table: readonly Uint16Array[], row: number, column: number): number => table[row]?.[column] ?? 0;

function withoutFarLines(lines: readonly DiffLine[]): DiffLine[] {
  const near = (index: number): boolean =>
    lines.slice(Math.max(0, index - CONTEXT), index + CONTEXT + 1).some((line) => line.sign !== " ");
  return lines.filter((line, index) => line.sign !== " " || near(index));
}
