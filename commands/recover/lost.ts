import type { ResourceState } from "../preview-comment/preview";
import { hostOf } from "../scope/hosts";
import { type Resource, resourcesIn } from "../scope/resources";
import type { ExportedState } from "../engine/exported";

const KEPT_SECRET = "pulumi-nodejs:dynamic/vpai/host:KeptSecret";

/** What the computers are whose machines a stack makes. */
const COMPUTERS = ["docker:index/container:Container", "hcloud:index/server:Server"];

/** URNs of what a host's machine is made of; none where the stack does not make it. */
export const machineParts = (state: ExportedState, host: string): string[] =>
  partsOf(state, host).map(({ urn }) => urn);

/** Whether the state knows the computer of a host whose machine the stack makes. */
export const knowsComputer = (state: ExportedState, host: string): boolean =>
  partsOf(state, host).some(({ type }) => COMPUTERS.includes(type));

function partsOf({ deployment }: ExportedState, host: string): ResourceState[] {
  const resources = deployment?.resources ?? [];
  const machine = resources.find(({ urn }) => urn.endsWith(`::${host}/machine`))?.urn;
  return resources.filter(
    ({ parent, provider = "" }) => parent === machine && machine !== undefined && provider !== "",
  );
}

/**
 * A state that knows nothing any more of what was on a host's computer, as that is another one now: the next `up` makes it all. Values
 * that the state alone has, as made secrets and keys, stay, and are put on the new one.
 * @param hosts names of the stack's hosts
 * @param isMade whether the stack makes the computer, too, and has yet to
 * @returns undefined for a state that knows nothing at all
 */
export function withoutHost(
  state: ExportedState,
  { host, hosts, isMade }: { host: string; hosts: readonly string[]; isMade: boolean },
): ExportedState | undefined {
  const resources = state.deployment?.resources ?? [];
  if (resources.length === 0) return undefined;
  const described = resourcesIn({ deployment: { resources } });
  const on = (index: number): boolean => {
    const [exported, resource] = [resources[index], described[index]];
    return exported !== undefined && resource !== undefined && isOn(exported, resource, host, hosts);
  };
  const gone = withChildren(resources, new Set(resources.filter((_one, index) => on(index)).map(({ urn }) => urn)));
  const isKept = (one: ResourceState, index: number): boolean => one.type === KEPT_SECRET && on(index);
  return {
    ...state,
    deployment: {
      ...state.deployment,
      resources: resources.flatMap((one, index) => {
        // What it holds may be nowhere else: it is written anew.
        if (isKept(one, index)) return [{ ...freed(one, gone), outputs: { ...one.outputs, kept: false } }];
        if (gone.has(one.urn)) return [];
        return [isMade ? withoutOutput(freed(one, gone), host) : freed(one, gone)];
      }),
    },
  };
}

/** Whether it is something on the host's computer, and not a thing of the stack or of whoever rents the computer out. */
function isOn({ inputs = {} }: ResourceState, resource: Resource, host: string, hosts: readonly string[]): boolean {
  const isLoggedInFor = resource.type.startsWith("pulumi-nodejs:dynamic/") && "connection" in inputs;
  const isOfItsEngine = resource.provider?.endsWith(`::${host}/engine`) === true;
  return (isLoggedInFor || isOfItsEngine) && hostOf(resource, hosts) === host;
}

function withChildren(resources: readonly ResourceState[], urns: ReadonlySet<string>): Set<string> {
  const kept = new Set(resources.filter(({ type }) => type === KEPT_SECRET).map(({ urn }) => urn));
  const found = new Set([...urns].filter((urn) => !kept.has(urn)));
  for (let before = -1; before !== found.size;) {
    before = found.size;
    for (const { urn, parent } of resources) if (parent && found.has(parent) && !kept.has(urn)) found.add(urn);
  }
  return found;
}

/** A resource that needs none of those that go: the engine takes no state in which one is named that is not there. */
function freed(resource: ResourceState, gone: ReadonlySet<string>): ResourceState {
  const { dependencies, propertyDependencies, deletedWith } = resource;
  const left = (urns: readonly string[] | null | undefined): string[] => (urns ?? []).filter((urn) => !gone.has(urn));
  const result: ResourceState = { ...resource };
  if (dependencies) result.dependencies = left(dependencies);
  if (propertyDependencies)
    result.propertyDependencies = Object.fromEntries(
      Object.entries(propertyDependencies).map(([property, urns]) => [property, left(urns)]),
    );
  if (deletedWith && gone.has(deletedWith)) delete result.deletedWith;
  return result;
}

/** The stack's own outputs say how a host is logged in to: nobody can before it is made. */
function withoutOutput(resource: ResourceState, host: string): ResourceState {
  if (resource.type !== "pulumi:pulumi:Stack") return resource;
  const { hosts, ...others } = resource.outputs ?? {};
  const left = Object.fromEntries(Object.entries(hosts ?? {}).filter(([name]) => name !== host));
  return { ...resource, outputs: { ...others, hosts: left } };
}
