import type { Service } from "../../model/service";
import { onEachService } from "./policy";

/** What a service waits for has to be there. */
export const knownNeeds = onEachService(({ needs = [] }, { services }) =>
  needs
    .filter((needed) => !services.some(({ name }) => name === needed))
    .map((needed) => ({
      problem: `needs ${needed}, which this host does not run`,
      mend: `take ${needed} out of needs, or put it on the host, which runs ${services.map(({ name }) => name).join(", ")}`,
    })),
);

/** Services that wait for each other never start. */
export const noCycles = onEachService(({ name }, { services }) => {
  const way = wayBack(name, [name], services);
  return way === undefined
    ? []
    : [{ problem: `a cycle in needs: ${way.join(" needs ")}`, mend: "take one of these needs out" }];
});

/** The shortest of the first ways by `needs` from the last service of `way` to `goal`. */
function wayBack(goal: string, way: readonly string[], services: readonly Service[]): string[] | undefined {
  const needed = services.find(({ name }) => name === way.at(-1))?.needs ?? [];
  if (needed.includes(goal)) return [...way, goal];
  for (const next of needed.filter((name) => !way.includes(name))) {
    const found = wayBack(goal, [...way, next], services);
    if (found !== undefined) return found;
  }
  return undefined;
}
