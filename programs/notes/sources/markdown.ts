/** A value as YAML takes it on one line: JSON is YAML. */
const value = (one: unknown): string => JSON.stringify(one);

/** Properties of a note, as Obsidian shows them above it. What is undefined is left out. */
export const properties = (of: Readonly<Record<string, unknown>>): string =>
  [
    "---",
    ...Object.entries(of).flatMap(([name, one]) => (one === undefined ? [] : [`${name}: ${value(one)}`])),
    "---",
    "",
  ].join("\n");

/** A block of text that no line of it can end. */
export function fenced(text: string, language = ""): string {
  const longest = Math.max(0, ...[...text.matchAll(/`+/g)].map(([ticks]) => ticks.length));
  const fence = "`".repeat(Math.max(3, longest + 1));
  return `${fence}${language}\n${text}\n${fence}`;
}

/** A time in seconds, the same in every time zone. */
export const timeOf = (milliseconds: number): string => new Date(milliseconds).toISOString().replace(/\.\d+Z$/, "Z");

/** Text on one line, where Markdown reads nothing into it. */
export const plain = (text: string): string =>
  text
    .replace(/\s+/g, " ")
    .replace(/[\\`*_{}[\]<>|#]/g, "\\$&")
    .trim();
