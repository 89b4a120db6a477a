import type { PulumiPreviewJson, ResourceState } from "../preview-comment/preview";
import type { ExportedState } from "../engine/exported";
import { nameOf } from "../engine/urn";

/** A resource as far as it matters who needs whom. */
export interface Resource {
  urn: string;
  type: string;
  /** The name in the program, e.g. `sese-ai/n8n/image`. */
  name: string;
  /** URNs of all that it needs: dependencies, its parent, its provider. */
  needs: readonly string[];
  /** URNs that its login depends on. */
  login: readonly string[];
  /** The URN of its provider; undefined for components. */
  provider: string | undefined;
  parent: string | undefined;
  /** Whether the state has it. */
  exists: boolean;
  /** What a run would do with it, in the engine's word: `create`, `same`; of the state alone `same`. */
  op: string;
}

/** Every resource of a preview, unchanged ones too where it shows them. One that goes and comes anew is there once. */
export function plannedIn({ steps }: PulumiPreviewJson): Resource[] {
  const found = new Map<string, Resource>();
  for (const { op, oldState, newState } of steps ?? []) {
    const state = newState ?? oldState;
    if (!state || (op === "delete" && found.has(state.urn))) continue;
    found.set(state.urn, resourceOf(state, op, Boolean(oldState) && op !== "create"));
  }
  return [...found.values()];
}

/** Every resource of a stack's state. */
export const resourcesIn = ({ deployment }: ExportedState): Resource[] =>
  (deployment?.resources ?? []).map((state) => resourceOf(state, "same", true));

function resourceOf(state: ResourceState, op: string, exists: boolean): Resource {
  const { urn, type, dependencies, propertyDependencies, parent, deletedWith } = state;
  const byProperty = Object.values(propertyDependencies ?? {}).flatMap((urns) => urns ?? []);
  // A reference to a provider ends with its id.
  const provider = state.provider ? state.provider.slice(0, state.provider.lastIndexOf("::")) : undefined;
  const others = [parent, provider, deletedWith].filter((one) => one !== undefined && one !== "");
  return {
    ...{ urn, type, provider, parent, exists, op, name: nameOf(urn) },
    needs: [...new Set([...(dependencies ?? []), ...byProperty, ...(others as string[])])],
    login: propertyDependencies?.["connection"] ?? [],
  };
}
