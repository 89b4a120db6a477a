/**
 * The groups that a choice of the lab's services names: `all`, or groups with commas between them.
 * @param groups all that there are
 * @throws when a name is none of them
 */
export function chosenServices(chosen: string, groups: readonly string[]): string[] {
  if (chosen === "all") return [...groups];
  return chosen.split(",").map((name) => {
    const group = groups.find((candidate) => candidate === name.trim());
    if (group !== undefined) return group;
    throw new Error(`expected SERVICES to be all, or some of ${groups.join(",")}; found "${chosen}"`);
  });
}

/**
 * The lab takes its choice of services from the environment, so that trying more of them does not change a file under
 * version control. Every other stack says it in its file.
 * @returns what outranks the config's values
 */
export const labServices = (
  stack: string,
  chosen: string | undefined,
  groups: readonly string[],
): Record<string, string> =>
  stack === "lab" && chosen ? { "vpai:services": JSON.stringify(chosenServices(chosen, groups)) } : {};
