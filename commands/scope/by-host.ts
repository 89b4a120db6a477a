import { nameOf } from "../engine/urn";
import { type Step, stepsIn } from "../summary/events";

/** The engine's words for what happens to a resource, and ours. A replacement's parts are one. */
const ACTIONS: Readonly<Record<string, string>> = {
  create: "create",
  update: "change",
  replace: "replace",
  delete: "delete",
  import: "import",
};

/** The component that stands for a host; its name is the host's. */
const HOST = "vpai:hosts:Host";

/** What a run would change, host by host and there service by service; a host without changes is named, too. */
export function byHost(log: string): string {
  const steps = stepsIn(log);
  const hosts = steps.filter(({ type }) => type === HOST).map(({ urn }) => nameOf(urn));
  if (hosts.length === 0) return "";
  const changes = steps.filter(({ op, type }) => ACTIONS[op] !== undefined && !isGrouping(type));
  const ofStack = changes.filter(({ urn }) => hostIn(nameOf(urn), hosts) === undefined);
  return [
    "",
    "By host:",
    ...hosts.map((host) =>
      lineOf(
        host,
        changes.filter(({ urn }) => hostIn(nameOf(urn), hosts) === host),
      ),
    ),
    ...(ofStack.length === 0 ? [] : [lineOf("the stack as a whole", ofStack)]),
  ].join("\n");
}

const hostIn = (name: string, hosts: readonly string[]): string | undefined =>
  hosts.find((host) => name.startsWith(`${host}/`));

/** Components and providers are on no host. */
const isGrouping = (type: string): boolean => type.startsWith("pulumi:") || type.startsWith("vpai:");

function lineOf(title: string, changes: readonly Step[]): string {
  if (changes.length === 0) return `  ${title}: no changes`;
  const counts = Object.entries(ACTIONS).flatMap(([op, action]) => {
    const count = changes.filter((step) => step.op === op).length;
    return count === 0 ? [] : [`${count} to ${action}`];
  });
  const parts = [...new Set(changes.map(({ urn }) => partOf(nameOf(urn))))].sort();
  return `  ${title}: ${counts.join(", ")} (${parts.join(", ")})`;
}

/** `n8n` of `sese-ai/n8n/image`, and a name without parts itself. */
const partOf = (name: string): string => name.split("/")[1] ?? name;
