/** Characters that would move, hide or reorder text: shown by their number instead. Newline is handled by the callers. */
const INVISIBLE = /(?!\n)[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu;
const LONE_SURROGATE = /\p{Surrogate}/gu;

const showNumber = (character: string): string => `\\u${(character.codePointAt(0) ?? 0).toString(16).padStart(4, "0")}`;

/** The text with nothing in it that a reader could not see; newlines stay. */
export const visible = (text: string): string =>
  text
    .replaceAll("\r\n", "\n")
    .replaceAll("\t", "    ")
    .replace(INVISIBLE, showNumber)
    .replace(LONE_SURROGATE, "\ufffd");

/** At most `length` UTF-16 units of a text, never half a character; a cut is marked by `…`. */
export function shorten(text: string, length: number): string {
  if (text.length <= length) return text;
  const cut = text.slice(0, length - 1);
  return `${/[\ud800-\udbff]$/.test(cut) ? cut.slice(0, -1) : cut}…`;
}

const longestRun = (text: string): number => Math.max(0, ...(text.match(/`+/g) ?? []).map((run) => run.length));

/**
 * A text of unknown origin as an inline code span: mentions, links, HTML and formatting mean nothing inside one, and
 * its delimiter is longer than any run of backticks in the text, so the text cannot end it.
 */
export function code(text: string): string {
  const line = visible(text).replaceAll("\n", "\\n");
  if (line.trim() === "") return line === "" ? "(empty)" : "(blank)";
  const delimiter = "`".repeat(longestRun(line) + 1);
  const padding = /^[` ]|[` ]$/.test(line) ? " " : "";
  return `${delimiter}${padding}${line}${padding}${delimiter}`;
}

/** A fence that none of the lines can close. */
export const fenceFor = (lines: readonly string[]): string =>
  "`".repeat(lines.reduce((length, line) => Math.max(length, longestRun(line) + 1), 3));

/** Lines of unknown origin as a fenced block. */
export function fenced(language: string, lines: readonly string[]): string {
  const fence = fenceFor(lines);
  return [`${fence}${language}`, ...lines, fence].join("\n");
}
