import type { Action, Change } from "./changes";
import { shorten, visible } from "./markdown";
import { differences } from "./property-changes";
import { changeLines, LONGEST_LINE, valueLines } from "./values";

const SIGNS: Record<Action, string> = { create: "+", import: "+", change: "!", replace: "!", run: "!", delete: "-" };

/** Every change with all its properties, as lines of a `diff` block. */
export const fullDiff = (changes: readonly Change[]): string[] =>
  changes.flatMap((change, index) => [...(index === 0 ? [] : [""]), heading(change), ...details(change)]);

const heading = ({ action, resource }: Change): string =>
  shorten(visible(`${SIGNS[action]} ${action} ${resource.type} ${resource.name}`), LONGEST_LINE);

function details(change: Change): string[] {
  const provider = change.providerCode ? ["!   provider code changed"] : [];
  switch (change.action) {
    case "change":
    case "replace":
    case "run":
      return [...change.properties.flatMap(changeLines), ...provider];
    case "create":
    case "import":
      return leaves(change.new?.inputs).flatMap(([path, value]) => valueLines("+", path, value));
    case "delete":
      return leaves(change.old?.inputs).flatMap(([path, value]) => valueLines("-", path, value));
  }
}

/** The inputs of a resource as paths and values, without what only the SDK reads (`__…`). */
function leaves(inputs: Record<string, unknown> | undefined): [string, unknown][] {
  const shown = Object.entries(inputs ?? {}).filter(([key]) => !key.startsWith("__"));
  return differences("", {}, Object.fromEntries(shown)).map(({ path, to }) => [path, to]);
}
