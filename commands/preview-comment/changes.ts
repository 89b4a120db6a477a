import type { PreviewStep, PulumiPreviewJson, ResourceState } from "./preview";
import { compare, propertyChanges, type PropertyChanges } from "./property-changes";
import { isGrouping, type Resource, resourceOf } from "./resource";
import { dataAt, isDataResource } from "./stateful";

/** `run` is a one-shot command that runs again: the engine calls it a replacement, yet nothing is replaced. */
export type Action = "create" | "change" | "replace" | "run" | "delete" | "import";

/** One resource that the stack's next update would touch. */
export interface Change extends PropertyChanges {
  action: Action;
  resource: Resource;
  old: ResourceState | undefined;
  new: ResourceState | undefined;
  /** Why the service will not answer for a while; undefined when it goes on answering. */
  downtime: string | undefined;
  /** Data would go with the resource. */
  dataLoss: boolean;
  /** Folders and volumes that a container writes to; they stay when it is replaced. */
  data: string[];
}

const ACTIONS: Record<string, Action> = {
  create: "create",
  update: "change",
  replace: "replace",
  "create-replacement": "replace",
  "delete-replaced": "replace",
  delete: "delete",
  import: "import",
  "import-replacement": "replace",
};

const CONTAINER = "docker:index/container:Container";
const HEALTH_GATE = "pulumi-nodejs:dynamic/vpai/docker:HealthGate";

/** What the next update would touch, in the order of host, service and name. Groupings (components, providers) are left out unless a provider's settings change. */
export function changesOf(preview: PulumiPreviewJson): Change[] {
  return mergedSteps(preview.steps ?? [])
    .filter(({ step, action }) => !isGrouping(step) || (action === "change" && step.newState?.custom === true))
    .map(toChange)
    .sort(byPlace);
}

interface Merged {
  action: Action;
  step: PreviewStep;
  /** The new resource comes before the old one goes. */
  startFirst: boolean;
}

/** One entry per resource and action: with all steps shown, the engine lists a replacement as three. */
function mergedSteps(steps: readonly PreviewStep[]): Merged[] {
  const merged = new Map<string, Merged>();
  const removed = new Set<string>();
  for (const step of steps) {
    const action = actionOf(step);
    if (action === undefined) continue;
    if (step.op === "delete-replaced") removed.add(step.urn);
    const key = `${action} ${step.urn}`;
    const known = merged.get(key);
    const startFirst = known?.startFirst ?? (step.op === "create-replacement" && !removed.has(step.urn));
    // The `replace` step is the one with both states and all reasons.
    merged.set(key, { action, startFirst, step: known === undefined || step.op === "replace" ? step : known.step });
  }
  return [...merged.values()];
}

function actionOf(step: PreviewStep): Action | undefined {
  if (step.op !== "same") return ACTIONS[step.op];
  const protection = (state: ResourceState | null | undefined): boolean => state?.protect === true;
  return step.oldState && step.newState && protection(step.oldState) !== protection(step.newState)
    ? "change"
    : undefined;
}

function toChange({ action, step, startFirst }: Merged): Change {
  const state = step.oldState ?? step.newState ?? undefined;
  const goes = action === "replace" || action === "delete";
  const changes: PropertyChanges =
    step.oldState && step.newState ? propertyChanges(step) : { properties: [], providerCode: false };
  return {
    action: action === "replace" && isCommand(state) ? "run" : action,
    resource: resourceOf(step),
    old: step.oldState ?? undefined,
    new: step.newState ?? undefined,
    ...changes,
    downtime:
      action === "replace" && !startFirst
        ? downtimeOf(step.newState ?? state)
        : action === "change" && restarts(step.newState ?? state, changes)
          ? "it restarts to read its changed files"
          : undefined,
    dataLoss: goes && state !== undefined && isDataResource(state),
    data: goes && state?.type === CONTAINER ? dataAt(state) : [],
  };
}

const isCommand = (state: ResourceState | undefined): boolean =>
  /^command:(local|remote):Command$/.test(state?.type ?? "");

/** Whether a gate restarts its service to have changed files read. After a reload the program goes on answering. */
const restarts = (state: ResourceState | undefined, { properties }: PropertyChanges): boolean =>
  state?.type === HEALTH_GATE && properties.some(({ path }) => /^restart\b/.test(path));

/** What a replacement stops. */
function downtimeOf(state: ResourceState | undefined): string | undefined {
  if (state?.type === CONTAINER) return "its container is removed before the new one starts";
  return state?.type === "hcloud:index/server:Server" ? "its server is replaced" : undefined;
}

/** What belongs to the stack as a whole comes last. */
function byPlace(one: Change, other: Change): number {
  if ((one.resource.host === undefined) !== (other.resource.host === undefined))
    return one.resource.host === undefined ? 1 : -1;
  return (
    compare(one.resource.host ?? "", other.resource.host ?? "") ||
    compare(one.resource.service ?? "", other.resource.service ?? "") ||
    compare(one.action, other.action) ||
    compare(one.resource.kind, other.resource.kind) ||
    compare(one.resource.name, other.resource.name)
  );
}
