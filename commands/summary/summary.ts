import type { Outcome } from "./events";

/**
 * What a person is told at the end of a run that failed; empty when the log knows of no failure.
 * @param verbose adds the words of the engine and its providers as they came
 */
export function summaryOf({ failures, left }: Outcome, verbose: boolean): string {
  if (failures.length === 0) return "";
  const what = failures.map(({ cause, raw, names }) =>
    [...(names.length === 0 ? [] : [names.join(", ")]), cause, ...(verbose && raw.trim() !== cause ? [raw.trim()] : [])]
      .map((text, index) => indented(text, index === 0 ? 2 : 4))
      .join("\n"),
  );
  return [
    "",
    "What failed:",
    ...what,
    ...(left.length === 0 ? [] : ["Not reached because of it, and left as they are:", indented(left.join(", "), 2)]),
    ...(verbose ? [] : ["VERBOSE=1 adds what the engine and the hosts said word by word."]),
  ].join("\n");
}

const indented = (text: string, by: number): string => text.replaceAll(/^(?=.)/gm, " ".repeat(by));
