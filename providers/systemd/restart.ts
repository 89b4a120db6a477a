import type { UnitHealth } from "../../model/checks";
import type { ProbedHost } from "./probe";
import { restart } from "./start";
import { becomesHealthy, type Patience } from "./watch";

/** Restarts a unit, and waits for it as an `up` does. @returns what was found instead of a healthy one, in words */
export async function restartUnit(
  host: ProbedHost,
  unit: string,
  { health, ...patience }: Patience & { health: UnitHealth },
): Promise<string | undefined> {
  await restart(host, unit);
  return becomesHealthy(host, unit, health, patience);
}
