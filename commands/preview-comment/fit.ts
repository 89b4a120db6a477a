import { fenceFor } from "./markdown";

/** The parts of a comment, most important first. A block is never cut; of the diff as many whole lines are kept as fit. */
export interface CommentParts {
  blocks: readonly string[];
  diff: readonly string[];
  /** Said where something is left out, on a line of its own. */
  cutNote: string;
}

/**
 * Puts a comment together that is at most `limit` UTF-16 units long. (GitHub counts characters, so this is never more
 * than it allows.)
 *
 * @throws RangeError when not even the first block and the note fit
 */
export function fitComment({ blocks, diff, cutNote }: CommentParts, limit: number): string {
  const room = limit - separated(cutNote);
  const kept = takeWhileFits(blocks, room, separated);
  if (kept.length === 0) {
    throw new RangeError(`expected a limit that fits the comment's heading, found ${limit} characters`);
  }
  const text = joined(kept);
  if (kept.length < blocks.length) return `${text}\n\n${cutNote}`;
  if (diff.length === 0) return text;
  return [text, ...foldedDiff(diff, room - separated(text), cutNote)].join("\n\n");
}

/** Items of a list follow each other without a blank line, which would space them out. */
const joined = (blocks: readonly string[]): string =>
  blocks.reduce((text, block, index) => {
    const listGoesOn = block.startsWith("- ") && blocks[index - 1]?.startsWith("- ");
    return `${text}${index === 0 ? "" : listGoesOn ? "\n" : "\n\n"}${block}`;
  }, "");

const separated = (block: string): number => block.length + "\n\n".length;

function foldedDiff(diff: readonly string[], room: number, cutNote: string): string[] {
  const fence = fenceFor(diff);
  const opening = `<details><summary>Full diff</summary>\n\n${fence}diff\n`;
  const closing = `${fence}\n\n</details>`;
  const lines = takeWhileFits(diff, room - opening.length - separated(closing), (line) => line.length + 1);
  if (lines.length === 0) return [cutNote];
  const folded = `${opening}${lines.join("\n")}\n${closing}`;
  return lines.length < diff.length ? [folded, cutNote] : [folded];
}

function takeWhileFits(texts: readonly string[], room: number, cost: (text: string) => number): string[] {
  const taken: string[] = [];
  let used = 0;
  for (const text of texts) {
    used += cost(text);
    if (used > room) break;
    taken.push(text);
  }
  return taken;
}
