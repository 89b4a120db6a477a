import type { Resource } from "./resources";

/** What opens when a service is healthy, in a container or as a unit; their types. */
const GATES: readonly string[] = [
  "pulumi-nodejs:dynamic/vpai/docker:HealthGate",
  "pulumi-nodejs:dynamic/vpai/host:SystemdUnit",
];

const isProvider = ({ type }: Resource): boolean => type.startsWith("pulumi:providers:");
const isStack = ({ type }: Resource): boolean => type === "pulumi:pulumi:Stack";

/** What the engine takes part in every run, whatever it is told to leave. */
export const isAlwaysRun = (resource: Resource): boolean => isProvider(resource) || isStack(resource);

/**
 * What has to be left beside `left`: whatever needs one of them that was never made. The engine (3.250) checks nothing of that
 * kind: it would make what needs it, and write a state that it cannot read again.
 */
export function withWhatNeeds(all: readonly Resource[], left: ReadonlySet<string>): Set<string> {
  const leavable = all.filter((resource) => !isAlwaysRun(resource));
  const found = new Set(leavable.filter(({ urn }) => left.has(urn)).map(({ urn }) => urn));
  const missing = new Set(leavable.filter(({ urn, exists }) => left.has(urn) && !exists).map(({ urn }) => urn));
  for (let before = -1; before !== found.size;) {
    before = found.size;
    for (const resource of leavable) {
      if (found.has(resource.urn) || !resource.needs.some((urn) => missing.has(urn))) continue;
      found.add(resource.urn);
      if (!resource.exists) missing.add(resource.urn);
    }
  }
  return found;
}

/**
 * Some resources and what they need. A service that runs already is left as it is, whatever would change about it: its gate
 * is where the way ends.
 */
export function withItsNeeds(all: readonly Resource[], wanted: ReadonlySet<string>): Set<string> {
  const known = new Map(all.map((resource) => [resource.urn, resource]));
  const found = new Set<string>();
  const visit = (urn: string, isNeed: boolean): void => {
    const resource = known.get(urn);
    if (resource === undefined || found.has(urn)) return;
    if (isNeed && resource.exists && GATES.includes(resource.type)) return;
    found.add(urn);
    for (const need of resource.needs) visit(need, true);
  };
  for (const urn of wanted) visit(urn, false);
  // A provider is made in every run, so what it needs has to be there.
  const missing = all
    .filter(isProvider)
    .flatMap(({ needs }) => needs.filter((urn) => known.get(urn)?.exists === false));
  for (const urn of missing) visit(urn, true);
  return found;
}
