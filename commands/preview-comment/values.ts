import { isDeepStrictEqual } from "node:util";
import { lineDiff } from "./line-diff";
import { code, shorten, visible } from "./markdown";
import { MASK } from "../../model/masking";
import type { PropertyChange } from "./property-changes";

/** What Pulumi writes for a value that only the update will tell. */
const UNKNOWN = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";
/** Longest value in the summary, in characters. */
const SHORT_VALUE = 60;
/** Longest line of the full diff, in characters. */
export const LONGEST_LINE = 2000;

/** A value in one line: strings bare, all else as JSON. */
function plain(value: unknown): string {
  if (value === undefined) return "(none)";
  if (value === UNKNOWN) return "(known after the update)";
  if (typeof value === "string") return value === "" ? '""' : value;
  return JSON.stringify(value).replaceAll(JSON.stringify(UNKNOWN), "(known after the update)");
}

/** A change of a property in short form, e.g. `memory 1024 → 512`. */
export function shortChange({ path, from, to }: PropertyChange): string {
  if (isSecret(from, to)) return `${code(path)} (secret value)`;
  if (to === UNKNOWN) return `${code(path)} (known after the update)`;
  if (typeof from === "string" && typeof to === "string" && (from + to).includes("\n")) {
    return `${code(path)} (${linesChanged(from, to)})`;
  }
  const [before, after] = [shorten(plain(from), SHORT_VALUE), shorten(plain(to), SHORT_VALUE)];
  return before === after ? `${code(path)} (see the full diff)` : code(`${path} ${before} → ${after}`);
}

/** Two values that differ in what is masked in them. */
const isSecret = (from: unknown, to: unknown): boolean => isDeepStrictEqual(from, to) && plain(to).includes(MASK);

function linesChanged(from: string, to: string): string {
  const diff = lineDiff(from, to);
  const count = (sign: string): number => diff.filter((line) => line.sign === sign).length;
  return `lines: +${count("+")} −${count("-")}`;
}

/** A value as lines of the full diff. */
export const valueLines = (sign: string, path: string, value: unknown): string[] => {
  const lines = visible(plain(value)).split("\n");
  if (lines.length === 1) return [diffLine(sign, `${path}: ${lines[0] ?? ""}`)];
  return [diffLine(sign, `${path}:`), ...lines.map((line) => diffLine(sign, `    ${line}`))];
};

/** A change as lines of the full diff; of a text only the lines that change, with what is around them. */
export function changeLines({ path, from, to }: PropertyChange): string[] {
  if (isSecret(from, to)) return [diffLine("!", `${path}: ${MASK} (another secret value)`)];
  if (typeof from === "string" && typeof to === "string" && (from + to).includes("\n")) {
    const lines = lineDiff(visible(from), visible(to)).map(({ sign, text }) => diffLine(sign, `    ${text}`));
    return [diffLine("!", `${path}:`), ...lines];
  }
  return [
    ...(from === undefined ? [] : valueLines("-", path, from)),
    ...(to === undefined ? [] : valueLines("+", path, to)),
  ];
}

const diffLine = (sign: string, text: string): string => shorten(`${sign}   ${visible(text)}`.trimEnd(), LONGEST_LINE);
