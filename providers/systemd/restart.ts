import type { UnitHealth } from "../../model/checks";
import { GATE_PATIENCE } from "../resources/health-gate";
import type { ProbedHost } from "./probe";
import { restart } from "./start";
import { becomesHealthy } from "./watch";

/** Restarts a unit, and waits for it as an `up` does. @returns what was found instead of a healthy one, in words */
export async function restartUnit(host: ProbedHost, unit: string, health: UnitHealth): Promise<string | undefined> {
  await restart(host, unit);
  return becomesHealthy(host, unit, health, { ...GATE_PATIENCE, settle: 0 });
}
