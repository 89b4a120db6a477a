import { SERVICE_GROUPS, type ServiceGroup } from "./schema";

/**
 * The groups that a choice of the lab's services names: `all`, or groups with commas between them.
 * @throws when a name is none of them
 */
export function chosenServices(chosen: string): ServiceGroup[] {
  if (chosen === "all") return [...SERVICE_GROUPS];
  return chosen.split(",").map((name) => {
    const group = SERVICE_GROUPS.find((candidate) => candidate === name.trim());
    if (group !== undefined) return group;
    throw new Error(`expected SERVICES to be all, or some of ${SERVICE_GROUPS.join(",")}; found "${chosen}"`);
  });
}
