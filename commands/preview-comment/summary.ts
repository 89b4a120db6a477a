import type { Action, Change } from "./changes";
import { code } from "./markdown";
import { compare } from "./property-changes";
import { shortChange } from "./values";

/** Most properties of one change in the summary; the full diff has them all. */
const MOST_PROPERTIES = 8;
/** Most lines of one warning. */
const MOST_LINES = 20;

const ACTIONS: readonly Action[] = ["create", "change", "replace", "run", "delete", "import"];

/** How many resources are touched, in one sentence. */
export function countsLine(changes: readonly Change[], unchanged: number): string {
  return changes.length === 0
    ? `**No changes.** ${unchanged} unchanged.`
    : `**${counted(changes)}**; ${unchanged} unchanged.`;
}

/** `2 to create, 1 to change` */
function counted(changes: readonly Change[]): string {
  const counts = ACTIONS.map((action) => ({
    action,
    count: changes.filter((change) => change.action === action).length,
  }));
  const parts = counts.filter(({ count }) => count > 0).map(({ action, count }) => `${count} to ${action}`);
  return parts.join(", ");
}

/** What a reader must not miss: data that would go, protection that would end, services that would stop. */
export function warningBlocks(changes: readonly Change[]): string[] {
  const unprotected = changes.filter((change) => change.old?.protect === true && change.new?.protect !== true);
  return [
    ...warning("CAUTION", "Data would be lost", changes.filter((change) => change.dataLoss).map(lossLine)),
    ...warning(
      "CAUTION",
      "Protection would end",
      unprotected.filter(({ action }) => action === "change").map(({ resource }) => code(resource.name)),
    ),
    ...warning("WARNING", "Expected downtime", downtimeLines(changes)),
  ];
}

function warning(kind: "CAUTION" | "WARNING", title: string, lines: readonly string[]): string[] {
  if (lines.length === 0) return [];
  const more = lines.length > MOST_LINES ? [`… and ${lines.length - MOST_LINES} more`] : [];
  const items = [...lines.slice(0, MOST_LINES), ...more].map((line) => `> - ${line}`);
  return [[`> [!${kind}]`, `> **${title}**`, ...items].join("\n")];
}

const lossLine = ({ action, resource }: Change): string => `${code(resource.name)} (${resource.kind}) is ${action}d`;

/** One line for each service: a container that is replaced anyway is not restarted on top. */
function downtimeLines(changes: readonly Change[]): string[] {
  const stopped = changes.filter((change) => change.downtime !== undefined);
  return [...groupBy(stopped, placeOf).entries()].map(([place, ofService]) => {
    const cause = ofService.find(({ action }) => action === "replace") ?? ofService[0];
    return `${place}: ${cause?.downtime ?? ""}`;
  });
}

/** Part of a name that stands for the host's own computer. */
const MACHINE = "machine";

function placeOf({ resource: { name, host, service } }: Change): string {
  if (host === undefined) return code(name);
  return `${service === undefined || service === MACHINE ? "every service" : code(service)} on ${code(host)}`;
}

/** The changes by host and service, one line each; new and removed resources of a service share a line. */
export function hostBlocks(changes: readonly Change[]): string[] {
  const hosts = groupBy(changes, ({ resource }) => resource.host);
  return [...hosts].flatMap(([host, ofHost]) => [
    `### ${host === undefined ? "The stack as a whole" : code(host)}: ${counted(ofHost)}`,
    ...[...groupBy(ofHost, ({ resource }) => resource.service)].flatMap(([, ofService]) => serviceLines(ofService)),
  ]);
}

function serviceLines(changes: readonly Change[]): string[] {
  const whole: readonly Action[] = ["create", "delete", "import"];
  return [
    ...whole.flatMap((action) =>
      wholeLine(
        action,
        changes.filter((change) => change.action === action),
      ),
    ),
    ...changes.filter(({ action }) => !whole.includes(action)).map(changeLine),
  ];
}

function wholeLine(action: Action, changes: readonly Change[]): string[] {
  const [first] = changes;
  if (first === undefined) return [];
  const kinds = [...groupBy(changes, ({ resource }) => resource.kind)].sort(([one], [other]) => compare(one, other));
  const names = kinds.map(([kind, ofKind]) => (ofKind.length === 1 ? kind : `${kind} × ${ofKind.length}`));
  return [`- **${action}** ${title(first)}: ${names.join(", ")}${marks(changes)}`];
}

function changeLine(change: Change): string {
  const { action, resource, properties, providerCode } = change;
  const part = resource.part === undefined ? "" : ` ${code(resource.part)}`;
  const shown = properties.slice(0, MOST_PROPERTIES).map(shortChange);
  const more = properties.length > MOST_PROPERTIES ? [`and ${properties.length - MOST_PROPERTIES} more`] : [];
  const provider = providerCode && properties.length === 0 ? ["provider code changed"] : [];
  const details = [...shown, ...more, ...provider].join(", ");
  return `- **${action}** ${title(change)} ${resource.kind}${part}${details === "" ? "" : `: ${details}`}${marks([change])}`;
}

const title = ({ resource }: Change): string => code(resource.service ?? resource.name);

function marks(changes: readonly Change[]): string {
  const data = [...new Set(changes.flatMap((change) => change.data))].sort(compare);
  const found = [
    ...(changes.some((change) => change.dataLoss) ? ["**data loss**"] : []),
    ...(changes.some((change) => change.downtime !== undefined) ? ["**downtime**"] : []),
    ...(data.length > 0 ? [`stateful, its data stays in ${data.map(code).join(", ")}`] : []),
  ];
  return found.length === 0 ? "" : ` — ${found.join("; ")}`;
}

/** Groups in the order in which their first element comes. */
function groupBy<Key, Value>(values: readonly Value[], keyOf: (value: Value) => Key): Map<Key, Value[]> {
  const groups = new Map<Key, Value[]>();
  for (const value of values) groups.set(keyOf(value), [...(groups.get(keyOf(value)) ?? []), value]);
  return groups;
}
