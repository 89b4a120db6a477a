import { nameOf, typeOf } from "../engine/urn";
import type { StateResource } from "./inspect";
import { substanceOfResource } from "./substance";

/** How many names a list shows. */
const SHOWN = 20;

/** `sese-ai/redis (docker:index/container:Container)`. */
const shownAs = (urn: string): string => `${nameOf(urn)} (${typeOf(urn)})`;

/**
 * What taking one state in place of another would mean, resource by resource: lines for a person, without values.
 * @param exact whether encrypted values are compared by their bytes
 */
export function compareStates(
  present: readonly StateResource[],
  copy: readonly StateResource[],
  exact: boolean,
): string[] {
  const [now, then] = [byUrn(present, exact), byUrn(copy, exact)];
  const only = (these: Map<string, string>, those: Map<string, string>): string[] =>
    [...these.keys()].filter((urn) => !those.has(urn));
  const differing = [...now].filter(([urn, text]) => then.has(urn) && then.get(urn) !== text).map(([urn]) => urn);
  const lines = [
    ...listed("only in the present state, forgotten with it", only(now, then)),
    ...listed("only in the copy, known again", only(then, now)),
    ...listed("in both, and different", differing),
  ];
  return lines.length > 0 ? lines : ["  both know the same resources, all of them alike"];
}

/** Two with one URN are an old and a new one of a replacement that was interrupted. */
function byUrn(resources: readonly StateResource[], exact: boolean): Map<string, string> {
  const found = new Map<string, string>();
  for (const resource of resources) {
    found.set(resource.urn, `${found.get(resource.urn) ?? ""}${substanceOfResource(resource, exact)}`);
  }
  return found;
}

function listed(title: string, urns: readonly string[]): string[] {
  if (urns.length === 0) return [];
  const names = urns.slice(0, SHOWN).map((urn) => `    ${shownAs(urn)}`);
  const more = urns.length > SHOWN ? [`    … and ${urns.length - SHOWN} more`] : [];
  return [`  ${title}: ${urns.length}`, ...names, ...more];
}
