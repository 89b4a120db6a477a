/** The summary of a run that changed nothing, as a person sees it. */
export const NO_CHANGES = /^Resources:\n\s+\d+ unchanged\n/m;

/** What a run did, or would do, to each resource: its name and Pulumi's word for it; unchanged ones are left out. */
export type Changes = Record<string, string>;

interface Step {
  op: string;
  urn: string;
}

/** Operations that mean that nothing happened to the resource. */
const NOTHING = new Set(["same", "read", "refresh"]);

/** Parts of a replacement, which counts as one. */
const REPLACEMENT = new Set(["replace", "create-replacement", "delete-replaced"]);

/** The changes of a `pulumi preview --json`: one JSON document. */
export function changesOfPreview(json: string): Changes {
  const { steps = [] } = JSON.parse(json) as { steps?: Step[] };
  return changesOf(steps);
}

/** The changes of a `pulumi up --json` or `refresh --json`: one JSON event per line. */
export function changesOfEvents(lines: string): Changes {
  return changesOf(eventsIn(lines).flatMap(({ resOutputsEvent }) => resOutputsEvent?.metadata ?? []));
}

/** What the events of a failed run say went wrong. */
export function errorsOfEvents(lines: string): string {
  return eventsIn(lines)
    .flatMap(({ diagnosticEvent }) =>
      diagnosticEvent !== undefined && TOLD.has(diagnosticEvent.severity) ? [diagnosticEvent.message] : [],
    )
    .join("");
}

const eventsIn = (lines: string): EngineEvent[] =>
  lines
    .split("\n")
    .filter((line) => line.startsWith("{"))
    .map((line) => JSON.parse(line) as EngineEvent);

/** Severities of messages that a person sees without asking for more. */
const TOLD = new Set(["error", "warning", "info#err"]);

interface EngineEvent {
  diagnosticEvent?: { severity: string; message: string };
  resOutputsEvent?: { metadata: Step };
}

function changesOf(steps: readonly Step[]): Changes {
  const changed = steps.filter(({ op }) => !NOTHING.has(op));
  return Object.fromEntries(changed.map(({ op, urn }) => [nameOf(urn), REPLACEMENT.has(op) ? "replace" : op]));
}

/** The resource's own name: the last part of its URN. */
const nameOf = (urn: string): string => urn.slice(urn.lastIndexOf("::") + 2);
